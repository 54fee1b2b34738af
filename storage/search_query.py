"""What is searched for: words, phrases, prefixes, exclusions and filters, as people type them.

    flood "river bank" -dam elect* feed:"The Meridian" tag:weather lang:en since:7d story:s12…

A word also finds its inflections. Words side by side must all occur; those in quotes in that
order. ``-`` excludes, ``*`` at the end of a word stands for any ending. Whatever looks like a
filter and is none is searched for as words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

_PART = re.compile(r'(-?)(?:([A-Za-z]+):)?(?:"([^"]*)"|(\S+))')
_SPAN = re.compile(r"(\d{1,6})([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 168}
_FILTERS = ("feed", "tag", "lang", "since", "until", "story")
_MOST = 64  # parts of a query; the rest is ignored


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must, or must not, occur."""

    text: str
    phrase: bool = False  # in quotes: exactly these words, in this order
    prefix: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A search; filters left out do not filter."""

    terms: tuple[Term, ...] = ()
    feed: str | None = None  # an id, or part of a title or an address
    tag: str | None = None
    language: str | None = None
    story: str | None = None
    since: datetime | None = None  # by when an item was first seen, inclusive
    until: datetime | None = None  # exclusive


@dataclass(slots=True)
class _Found:
    terms: list[Term] = field(default_factory=list)
    filters: dict[str, str] = field(default_factory=dict)
    times: dict[str, datetime] = field(default_factory=dict)


def parse_query(text: str, *, now: datetime | None = None) -> Query:
    """The query that ``text`` asks for; nothing in it is an error.

    ``now`` (default: the clock) is where spans such as ``since:7d`` end.
    """
    found = _Found()
    for part in list(_PART.finditer(text))[:_MOST]:
        _take(found, part, now or datetime.now(UTC))
    filters = {"language" if key == "lang" else key: one for key, one in found.filters.items()}
    return Query(tuple(found.terms), **filters, **found.times)  # type: ignore[arg-type]


def _take(found: _Found, part: re.Match[str], now: datetime) -> None:
    minus, name, quoted, bare = part.groups()
    value = bare if quoted is None else quoted
    key = (name or "").lower()
    if not minus and key in _FILTERS and value:
        if key not in ("since", "until"):
            found.filters[key] = value.lower() if key == "lang" else value
            return
        if at := _moment(value, now):
            found.times[key] = at
            return
    said = f"{name}:{value}" if name else value
    prefix = quoted is None and said.endswith("*") and len(said) > 1
    found.terms.append(
        Term(said.rstrip("*") if prefix else said, quoted is not None, prefix, bool(minus))
    )


def _moment(text: str, now: datetime) -> datetime | None:
    """``7d`` back from ``now``, or an ISO 8601 date or time (UTC where it names no zone)."""
    try:
        if span := _SPAN.fullmatch(text):
            return now - timedelta(hours=int(span[1]) * _HOURS[span[2]])
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except (OverflowError, ValueError):
        return None
