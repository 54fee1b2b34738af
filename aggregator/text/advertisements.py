"""Whether an entry is a paid article, by the label that its publisher gives it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from urllib.parse import urlsplit

from aggregator.text.data import table
from aggregator.text.labels import beginnings, key

LONGEST = 40
"""Characters at the end of a title in which a label is looked for."""

_END = re.compile(
    r"(?:[\[(【（《〈［｛{<〔]\s*([^\[\]()【】（）［］]{1,40}?)\s*[\])】）》〉］｝}>〕]"
    r"|(?:[|｜»]|\s[-–—•·/]+\s)\s*([^|｜»]{1,40}?))\s*$"
)
_PATHS = frozenset(
    {
        *("advertisement", "advertorial", "advertorials", "brand-studio", "brandstudio"),
        *("brand-voices", "brandvoice", "branded-content", "paid-content", "paidcontent"),
        *("paid-post", "paidpost", "partner-content", "sponsored", "sponsored-content"),
        *("contenido-patrocinado", "publireportage", "publi-reportage", "publicidad"),
        *("anzeige", "sonderveroeffentlichung", "annonsorinnhold", "advertentie"),
    }
)
"""Directories of a site under which all articles are paid."""


@cache
def _labels() -> frozenset[str]:
    lists = table("advertisements").values()
    return frozenset(key(label) for one in lists for label in one["labels"])


def is_advertisement(
    title: str, *, categories: Iterable[str] = (), link: str | None = None
) -> bool:
    """Whether a label says that the article is paid: in its title, a category, or its address.

    ``title`` as published: cleaning it may cut the label. A label alone is no headline, and
    makes nothing an advertisement: 'Publicité' may be the name of a section about the trade.
    """
    if any(key(text) in _labels() for text in _ends(title)):
        return True
    if any(key(name) in _labels() for name in categories):
        return True
    return not _PATHS.isdisjoint(_directories(link))


def _ends(title: str) -> Iterator[str]:
    """What stands before or behind the headline, set off from it."""
    front = (text for text, rest in beginnings(title) if any(map(str.isalnum, rest)))
    found = _END.search(title, max(0, len(title) - LONGEST))
    back = (
        (found[1] or found[2],) if found and any(map(str.isalnum, title[: found.start()])) else ()
    )
    return chain(front, back)


def _directories(link: str | None) -> list[str]:
    if not link:
        return []
    try:
        path = urlsplit(link).path
    except ValueError:
        return []
    return path.lower().split("/")[:-1]
