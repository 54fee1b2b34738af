"""Titles made clean to read, and made comparable."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from aggregator.text.clean import gate, squeeze, unescape
from aggregator.text.data import table
from aggregator.text.letters import fold
from aggregator.text.numbers import digits, replace_numbers

LIMIT = 1_000
"""Characters of a title that are read; no honest headline is longer."""

_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_NOT_WORD = re.compile(r"[^\w%#.-]+|_+")
_LOOSE_MARK = re.compile(r"(?<!\d)[.-]|[.-](?!\d)")


@dataclass(frozen=True, slots=True)
class CleanTitle:
    """A title fit to read, what was done to it, and an agency found in it."""

    title: str
    flags: tuple[str, ...] = ()
    credit: str | None = None


def normal_form(title: str, language: str | None) -> str:
    """The form in which two spellings of one title are equal; idempotent."""
    text = fold(digits(title[:LIMIT]), language)
    text = _DOTTED.sub(lambda m: m[0].replace(".", ""), text)
    text = replace_numbers(text, language)
    text = _LOOSE_MARK.sub(" ", _NOT_WORD.sub(" ", re.sub(r"['’ʼ](?=s\b)", "", text)))
    return squeeze(text)


@cache
def _front() -> re.Pattern[str]:
    tags = "|".join(
        re.escape(t) for t in sorted(table("tags")["all"]["front"], key=len, reverse=True)
    )
    return re.compile(
        rf"^\s*[\[(【]?\s*(?:{tags})(?:\s?\d{{1,2}})?\s*(?:[\])】]|[:|.…-]+\s)[:|.…-]*\s*",
        re.IGNORECASE,
    )


@cache
def _back() -> re.Pattern[str]:
    tags = "|".join(
        re.escape(t) for t in sorted(table("tags")["all"]["front"], key=len, reverse=True)
    )
    return re.compile(rf"\s*[\[(【（]\s*(?:{tags})\s*[\])】）]\s*$", re.IGNORECASE)


def _without_outlet(title: str, outlets: Sequence[str]) -> str:
    known = {fold(name) for name in (*outlets, *table("outlets")["names"]) if name}
    parts = re.split(r"(\s+[-–—|·]\s+|\s*\|\s*)", title)
    while len(parts) > 2 and fold(parts[-1].strip()) in known:
        del parts[-2:]
    head = re.match(r"([^:|]{2,40})\s*[:|]\s+(?=\S)", title)
    result = "".join(parts)
    if head and fold(head[1].strip()) in known:
        result = result[head.end() :]
    return result or title


def clean_title(
    raw: str, *, outlets: Sequence[str] = (), lead: str = "", language: str | None = None
) -> CleanTitle:
    """``raw`` without tags, outlet names and repeats of itself; idempotent."""
    title = squeeze(gate(unescape(raw[:LIMIT])))
    flags: list[str] = []
    for _ in range(4):
        before = title
        title = _front().sub("", title) or title
        title = _back().sub("", title) or title
        title = _without_outlet(title, outlets)
        if title == before:
            break
        flags.append("cut_title")
    half = re.fullmatch(r"(.{8,}?)[\s|/–—-]*\1", title)
    if half:
        title = half[1].strip()
        flags.append("folded_title")
    return CleanTitle(title, tuple(dict.fromkeys(flags)))
