"""Lists of canonical items as one user has them: the newest arrival first, each once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from storage.codecs import micros, moment
from storage.json_filters import listed
from storage.schema import canonicals, reading_states
from storage.statements import Reader, chunks


@dataclass(frozen=True, slots=True)
class CanonicalFilter:
    """Which canonical items to list; what is left out does not narrow."""

    feeds: tuple[str, ...] | None = None  # of the founding item
    read: bool | None = None
    starred: bool | None = None
    labels: tuple[str, ...] = ()  # it has all of them
    without_labels: tuple[str, ...] = ()  # it has none of them
    changed_since: datetime | None = None  # this moment included
    changed_until: datetime | None = None  # this moment included
    arrived_since: datetime | None = None  # this moment included
    arrived_until: datetime | None = None  # this moment included


@dataclass(frozen=True, slots=True)
class CanonicalNumber:
    """A canonical item by its number, and what to know of it in lists."""

    number: int
    canonical: str
    representative: str  # item
    feed: str  # of the founding item
    founded: datetime
    changed: datetime


@dataclass(frozen=True, slots=True)
class UnreadCount:
    """How much of a feed a user has not read."""

    feed: str
    count: int
    newest: datetime  # arrival of the newest


class CanonicalLists(Reader):
    """Canonical items that stand for themselves and are not hidden, by user."""

    def numbers(
        self,
        user: int,
        narrow: CanonicalFilter,
        *,
        limit: int,
        after: int | None = None,
        oldest_first: bool = False,
    ) -> list[int]:
        """At most ``limit`` numbers, those that follow ``after`` in the order of the list."""
        column = canonicals.c.number
        query = narrowed(select(column), user, narrow, sqlite=self._session.sqlite)
        if after is not None:
            query = query.where(column > after if oldest_first else column < after)
        query = query.order_by(column if oldest_first else column.desc()).limit(limit)
        return [row.number for row in self._session.select(query)]

    def count(self, user: int, narrow: CanonicalFilter) -> int:
        """How many canonical items ``narrow`` selects."""
        query = select(func.count().label("found"))
        rows = self._session.select(narrowed(query, user, narrow, sqlite=self._session.sqlite))
        return sum(row.found for row in rows)

    def unread(self, user: int) -> list[UnreadCount]:
        """Unread canonical items by feed, for feeds that have any."""
        query = narrowed(
            select(
                canonicals.c.feed,
                func.count().label("unread"),
                func.max(canonicals.c.founded).label("newest"),
            ),
            user,
            CanonicalFilter(read=False),
            sqlite=self._session.sqlite,
        ).group_by(canonicals.c.feed)
        rows = self._session.select(query)
        return [UnreadCount(row.feed, row.unread, moment(row.newest)) for row in rows]

    def read_counts(self, user: int) -> dict[str, int]:
        """How many canonical items of each feed a user has read, for feeds that have any."""
        query = narrowed(
            select(canonicals.c.feed, func.count().label("found")),
            user,
            CanonicalFilter(read=True),
            sqlite=self._session.sqlite,
        ).group_by(canonicals.c.feed)
        return {row.feed: row.found for row in self._session.select(query)}

    def standing(self, numbers: Iterable[int]) -> dict[int, int]:
        """The number of what now stands for each number; unknown numbers are left out."""
        kept = canonicals.alias()
        query = select(
            canonicals.c.number, func.coalesce(kept.c.number, canonicals.c.number).label("stands")
        ).select_from(canonicals.join(kept, kept.c.id == canonicals.c.redirect, isouter=True))
        found: dict[int, int] = {}
        for chunk in chunks(dict.fromkeys(numbers)):
            rows = self._session.select(query.where(canonicals.c.number.in_(chunk)))
            found |= {row.number: row.stands for row in rows}
        return found

    def named(self, canonical_ids: Iterable[str]) -> dict[str, int]:
        """The numbers of canonical items; unknown ids are left out."""
        found: dict[str, int] = {}
        for chunk in chunks(canonical_ids):
            query = select(canonicals.c.id, canonicals.c.number).where(canonicals.c.id.in_(chunk))
            found |= {row.id: row.number for row in self._session.select(query)}
        return found

    def get(self, numbers: Iterable[int]) -> dict[int, CanonicalNumber]:
        """The canonical items with these numbers, also those that redirect."""
        found: dict[int, CanonicalNumber] = {}
        for chunk in chunks(numbers):
            query = select(
                canonicals.c.number,
                canonicals.c.id,
                canonicals.c.representative,
                canonicals.c.feed,
                canonicals.c.founded,
                canonicals.c.changed,
            ).where(canonicals.c.number.in_(chunk))
            for row in self._session.select(query):
                found[row.number] = CanonicalNumber(
                    row.number,
                    row.id,
                    row.representative,
                    row.feed,
                    moment(row.founded),
                    moment(row.changed),
                )
        return found


def narrowed(
    query: Select[Any], user: int, narrow: CanonicalFilter, *, sqlite: bool
) -> Select[Any]:
    """``query``, from the canonical items that ``narrow`` selects and the states of ``user``."""
    state = reading_states.c
    mine = and_(state.number == canonicals.c.number, state.user == user)
    # What has been read, starred or labelled has a state: then only states are looked through.
    stated = narrow.read is True or narrow.starred is True or bool(narrow.labels)
    query = query.select_from(canonicals.join(reading_states, mine, isouter=not stated)).where(
        canonicals.c.redirect.is_(None), _is(state.hidden, False)
    )
    if narrow.feeds is not None:
        query = query.where(canonicals.c.feed.in_(narrow.feeds) if narrow.feeds else false())
    for column, value in ((state.read, narrow.read), (state.starred, narrow.starred)):
        if value is not None:
            query = query.where(_is(column, value))
    for label in narrow.labels:
        query = query.where(listed(state.labels, label, sqlite))
    for label in narrow.without_labels:
        has = listed(state.labels, label, sqlite)
        query = query.where(or_(state.labels.is_(None), ~has))
    if narrow.changed_since is not None:
        query = query.where(canonicals.c.changed >= micros(narrow.changed_since))
    if narrow.changed_until is not None:
        query = query.where(canonicals.c.changed <= micros(narrow.changed_until))
    if narrow.arrived_since is not None:
        query = query.where(canonicals.c.founded >= micros(narrow.arrived_since))
    if narrow.arrived_until is not None:
        query = query.where(canonicals.c.founded <= micros(narrow.arrived_until))
    return query


def _is(column: ColumnElement[bool], value: bool) -> ColumnElement[bool]:
    """Whether a state is ``value``; no row is a state in which nothing is set."""
    return column.is_(True) if value else or_(column.is_(None), column.is_(False))
