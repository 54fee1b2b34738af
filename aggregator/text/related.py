"""Removes headlines of other articles from a text: 'Read also: …', 'أخبار ذات صلة:'.

A heading on a separate line includes the following lines as long as they look like
headlines: short, without a full stop. A line that looks like a sentence ends the list.
"""

from __future__ import annotations

import re
from functools import cache

from aggregator.text.data import table

_LONGEST = 160  # characters of a headline
_MOST = 8  # headlines after one heading
_SENTENCE = re.compile(r"[.!。।۔؟?…:]['\"”’»)\]]*$")
_SEVERAL = re.compile(r"[.!?؟۔।]\s+\S|[。！？]\S")


@cache
def _heading() -> re.Pattern[str]:
    listed = "|".join(table("credits")["phrases"]["related"])
    return re.compile(rf"[\W_]*(?:{listed})\s*(?P<mark>[:：]?)\W*?(?P<rest>\w.*)?", re.IGNORECASE)


def without_related(text: str) -> str:
    """``text`` without headlines of other articles; unchanged if nothing would be left."""
    lines = text.split("\n")
    if len(lines) < 2:
        return text
    kept: list[str] = []
    left = 0  # headlines that may still follow the last heading
    for line in lines:
        bare = line.strip()
        found = _heading().fullmatch(bare) if len(bare) <= _LONGEST + 40 else None
        if found and not found["rest"]:
            left = _MOST
        elif found and found["mark"] and _is_headline(found["rest"]):
            left = 0
        elif left and (not bare or _is_headline(bare)):
            left -= bool(bare)
        else:
            left = 0
            kept.append(line)
    if len(kept) == len(lines) or not any(line.strip() for line in kept):
        return text
    return "\n".join(kept).strip()


def _is_headline(line: str) -> bool:
    return len(line) <= _LONGEST and not _SENTENCE.search(line) and not _SEVERAL.search(line)
