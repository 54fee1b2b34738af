"""Who is credited with a text: agencies and authors named at its ends."""

from __future__ import annotations

import re

_AGENCY = r"(?:Reuters|AFP|AP|dpa|EFE|ANSA|ТАСС|TASS|新华社|وكالات|رويترز|أ ف ب|د ب أ)"
_LINE = re.compile(
    rf"^\s*[(\[]?\s*(?:Avec |Con |Mit )?({_AGENCY})\s*(?:[–—-]\s*\S+\s*)?[)\]]?\s*:?\s*$"
)
_INLINE = re.compile(rf"^\s*[(\[]({_AGENCY})[)\]]\s*[-–—:]?\s*")


def find_credit(text: str, language: str | None) -> tuple[str | None, str]:
    """The credit that a text opens or ends with, and the text without it."""
    lines = text.split("\n")
    for index in dict.fromkeys((0, 1, len(lines) - 1)):
        if index < len(lines) and (match := _LINE.match(lines[index])):
            return match[1], "\n".join(lines[:index] + lines[index + 1 :])
    if match := _INLINE.match(lines[0]):
        return match[1], text[match.end() :]
    return None, text
