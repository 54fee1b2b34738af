"""Headlines of other articles inside a text: 'Read also: …', 'أخبار ذات صلة:' and what follows.

A heading on a line of its own takes the lines behind it along as long as they look
like headlines: short, without a full stop. What looks like a sentence ends the list.
"""

from __future__ import annotations

import re
from functools import cache

from aggregator.text.data import table

_LONGEST = 160  # characters of a headline
_MOST = 8  # headlines behind one heading
_SENTENCE = re.compile(r"[.!。।۔؟?…:]['\"”’»)\]]*$")
_SEVERAL = re.compile(r"[.!?؟۔।]\s+\S|[。！？]\S")


@cache
def _heading() -> re.Pattern[str]:
    listed = "|".join(table("credits")["phrases"]["related"])
    return re.compile(rf"[\W_]*(?:{listed})\s*(?P<mark>[:：]?)\W*?(?P<rest>\w.*)?", re.IGNORECASE)


def without_related(text: str) -> str:
    """``text`` without the headlines of other articles; as it is where nothing would be left."""
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
