"""Tracking parameters: they record how a reader arrived, not which page it is.

Only exactly known names count: parameters that look similar ('ref', 'source', 'cid') are the
article number on many sites.
"""

from __future__ import annotations

import re
from functools import cache

from aggregator.text.data import table


def is_tracker(name: str, value: str, host: str) -> bool:
    """Whether a parameter of an address on ``host`` is a tracker."""
    name = name.lower()
    listed = _names()
    if name in listed or name.startswith(_families()):
        return True
    if name in _of_value() and value.lower() in _words():
        return True
    if name in _sessions() and _token().fullmatch(value):
        return True
    return any(name in names and _within(host, site) for site, names in _sites())


def _within(host: str, site: str) -> bool:
    return host == site or host.endswith(f".{site}")


@cache
def _names() -> frozenset[str]:
    return frozenset(table("trackers")["names"].split())


@cache
def _families() -> tuple[str, ...]:
    return tuple(table("trackers")["families"])


@cache
def _of_value() -> frozenset[str]:
    return frozenset(table("trackers")["values"]["names"].split())


@cache
def _words() -> frozenset[str]:
    return frozenset(table("trackers")["values"]["words"].split())


@cache
def _sessions() -> frozenset[str]:
    return frozenset(table("trackers")["sessions"]["names"].split())


@cache
def _token() -> re.Pattern[str]:
    return re.compile(rf"[0-9a-fA-F]{{{table('trackers')['sessions']['digits']}}}")


@cache
def _sites() -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((row["host"], frozenset(row["names"])) for row in table("trackers")["site"])
