"""Recognises unlisted agencies by the form of the dateline.

'PORT LAVRIN (Meridian) - The council …', 'هالفر (الأفق) - اجتمع …', 'Avec Meridian – Le
conseil …', '… said. (mdn)'. A place in capitals, or in a script without them, then a
short name in brackets, a dash, and a sentence. Anything that could be a party, a
share, a year, or the meaning of an abbreviation is not an agency.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from aggregator.text.datewords import is_month_or_day
from aggregator.text.letters import fold
from aggregator.text.tags import without_front_tag

_LEAST = 30  # minimum characters after a dateline
_DATELINE = re.compile(
    r"(?P<place>[^\W\d_][^()\d\n:;!?؟.,،]{1,30}?)(?:[,،] [^()\n:;!?؟]{3,18}?)?\s*"
    r"\((?P<agency>[^\W\d_][^()\d\n,;:./]{1,24})\)\s*\.?\s*[-–—]{1,2}\s+(?=(?P<next>\S))"
)
_WITH = re.compile(
    r"(?:avec|with|mit|con|com|مع)\s+(?P<agency>[^\W\d_][^()\d\n,;:.!?–—-]{2,24}?)"
    r"\s*[-–—]\s+(?=(?P<next>\S))",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"(?<=[.!?”\"»…])\s*\((?P<agency>[a-zäöü]{2,5}(?:/[a-zäöü]{2,5}){0,2})\)\s*\.?$"
)
_NO_AGENCY = frozenset(("sic", "etc", "aka", "km", "kg", "mm", "cm", "usw"))


@dataclass(frozen=True, slots=True)
class Unlisted:
    """An agency and the position of its dateline or signature."""

    agency: str
    start: int
    end: int


def unlisted_dateline(head: str) -> Unlisted | None:
    """The dateline of an unlisted agency at the beginning of a text, or None."""
    found = _DATELINE.match(head)
    if found and _is_place(found["place"]) and _is_agency(found["agency"], found["place"]):
        return _followed(found, head)
    found = _WITH.match(head)
    if found and _capitalised(found["agency"]) and _is_agency(found["agency"], ""):
        return _followed(found, head)
    return None


def unlisted_signature(tail: str) -> Unlisted | None:
    """An agency's initials in brackets after the last sentence: '… said. (mdn)'."""
    found = _SIGNED.search(tail)
    if not found or found["agency"] in _NO_AGENCY:
        return None
    return Unlisted(found["agency"], found.start(), found.end())


def _followed(found: re.Match[str], head: str) -> Unlisted | None:
    """``found`` as an agency if a sentence follows: with a capital, and long enough."""
    first = found["next"]
    if first.islower() or len(head) - found.end() < min(_LEAST, 12):
        return None
    return Unlisted(found["agency"].strip(), found.start(), found.end())


def _is_place(place: str) -> bool:
    words = place.split()
    letters = sum(map(str.isalpha, place))
    if without_front_tag(f"{place}: x y z") != f"{place}: x y z":
        return False  # 'UPDATE (Monday) - '
    if place.lower() != place.upper():
        return place == place.upper() and letters >= 5 and len(words) <= 4
    return len(words) <= 2 and letters >= 3


def _is_agency(name: str, place: str) -> bool:
    words = name.split()
    if not 1 <= len(words) <= 3 or any(is_month_or_day(word) for word in words):
        return False
    initials = "".join(word[0] for word in words)
    if len(words) > 1 and fold(place).startswith(fold(initials)):
        return False  # the meaning of an abbreviation
    return _capitalised(name)


def _capitalised(name: str) -> bool:
    return not any(word[0].islower() for word in name.split())
