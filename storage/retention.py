"""Removes what is older than it is to be kept, in small steps.

What belongs together goes together: a story with its variants in other languages and all its
canonical items, or a canonical item without a story. It goes when every item in it has expired and
none of it is kept for another reason. Ids of removed items are remembered, so that a feed that
still lists one does not bring it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import (
    Column,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    insert,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from storage.codecs import bands, micros
from storage.itemrows import PLACED, placed
from storage.schema import (
    band_keys,
    canonicals,
    corrections,
    counterparts,
    decisions,
    digest_items,
    digest_stories,
    digests,
    followed_stories,
    forgotten_items,
    items,
    polls,
    reading_states,
    representatives,
    revisions,
    stories,
    story_changes,
    story_decisions,
    story_links,
    story_members,
    story_vectors,
    title_sketches,
    url_keys,
)
from storage.search_index import SearchIndex
from storage.statements import Reader, Statement, Writer, WriteSession, chunks

_NEVER = -(1 << 62)  # microseconds: before any item
_HAS = Statement(select(forgotten_items.c.id).where(forgotten_items.c.id == bindparam("key")))
_ANY = Statement(select(forgotten_items.c.id).limit(1))


@dataclass(frozen=True, slots=True)
class Policy:
    """What is kept: ``feeds`` has the time before which items of a feed have expired.

    Items of other feeds never expire. Items listed in a digest written at ``digests`` or later are
    kept (None: in any digest).
    """

    feeds: Mapping[str, datetime]
    digests: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """What goes together: ids, and the arrival numbers of the items."""

    items: Mapping[str, int]
    canonicals: frozenset[str]
    stories: frozenset[str]


@dataclass(slots=True)
class Step:
    """One step through the items in order of arrival."""

    after: int  # where the next step begins; the same as before if there is nothing left
    expired: list[Unit] = field(default_factory=list)
    kept: int = 0  # units that have expired but are kept for another reason


class RetentionReader(Reader):
    """What has expired, and what was removed."""

    def any_forgotten(self) -> bool:
        """Whether any item was ever removed."""
        return self._session.value(_ANY, {}) is not None

    def forgotten(self, item: str) -> bool:
        """Whether the item with this id was removed."""
        return self._session.value(_HAS, {"key": item}) is not None

    def step(self, policy: Policy, after: int, most: int = 200) -> Step:
        """Look at the next ``most`` old items above the arrival number ``after``."""
        found = Step(after)
        if not policy.feeds:
            return found
        latest = micros(max(policy.feeds.values()))
        query = (
            select(items.c.seq, items.c.canonical)
            .where(items.c.seq > after, items.c.seen < latest)
            .order_by(items.c.seq)
            .limit(most)
        )
        seen: set[str] = set()
        for row in self._session.select(query):
            found.after = row.seq
            if row.canonical in seen:
                continue
            unit = self._unit(row.canonical)
            seen |= unit.canonicals
            if not self._expired(unit, policy):
                continue
            if self._wanted(unit, policy):
                found.kept += 1
            else:
                found.expired.append(unit)
        return found

    def _unit(self, canonical: str) -> Unit:
        told = self._ids(
            select(story_members.c.story).where(story_members.c.canonical == canonical)
        )
        if told:
            leaders = self._ids(_where(select(counterparts.c.leader), counterparts.c.story, told))
            told |= leaders
            told |= self._ids(_where(select(counterparts.c.story), counterparts.c.leader, told))
            told |= self._leading(stories, told)
        members = {canonical} | self._ids(
            _where(select(story_members.c.canonical), story_members.c.story, told)
        )
        members |= self._leading(canonicals, members)
        rows = [
            row
            for chunk in chunks(members)
            for row in self._session.select(
                select(items.c.id, items.c.seq).where(items.c.canonical.in_(chunk))
            )
        ]
        return Unit({row.id: row.seq for row in rows}, frozenset(members), frozenset(told))

    def _leading(self, table: Table, ids: set[str]) -> set[str]:
        """What redirects to these ids, directly or not."""
        found: set[str] = set()
        new = ids
        while new:
            new = self._ids(_where(select(table.c.id), table.c.redirect, new)) - found - ids
            found |= new
        return found

    def _expired(self, unit: Unit, policy: Policy) -> bool:
        for chunk in chunks(unit.items):
            query = select(items.c.feed, items.c.seen).where(items.c.id.in_(chunk))
            for row in self._session.select(query):
                limit = policy.feeds.get(row.feed)
                if row.seen >= (_NEVER if limit is None else micros(limit)):
                    return False
        return True

    def _wanted(self, unit: Unit, policy: Policy) -> bool:
        """Whether something of it is starred, labelled, followed, corrected or in a kept digest.

        Or whether a decision about an item that stays names one of its canonical items.
        """
        kept = micros(policy.digests) if policy.digests else _NEVER
        numbers = select(canonicals.c.number)
        marked = or_(reading_states.c.starred, reading_states.c.labels != "[]")
        listed = select(digests.c.seq).where(digests.c.at >= kept)
        ids = {*unit.items, *unit.canonicals, *unit.stories}
        return (
            any(
                self._some(
                    reading_states,
                    and_(
                        marked, reading_states.c.number.in_(_where(numbers, canonicals.c.id, part))
                    ),
                )
                for part in chunks(unit.canonicals)
            )
            or self._among(followed_stories.c.story, unit.stories)
            or self._among(corrections.c.a, ids, corrections.c.undone.is_(None))
            or self._among(corrections.c.b, ids, corrections.c.undone.is_(None))
            or self._among(digest_items.c.item, unit.items, digest_items.c.digest.in_(listed))
            or self._among(
                digest_stories.c.story, unit.stories, digest_stories.c.digest.in_(listed)
            )
            or any(
                not self._ids(_where(select(decisions.c.item), decisions.c.canonical, {one}))
                <= unit.items.keys()
                for one in unit.canonicals
            )
        )

    def _among(self, column: Column[str], ids: Iterable[str], *more: ColumnElement[bool]) -> bool:
        table = column.table
        assert isinstance(table, Table)  # noqa: S101 # of the schema
        return any(self._some(table, and_(column.in_(part), *more)) for part in chunks(ids))

    def _some(self, table: Table, where: ColumnElement[bool]) -> bool:
        query = select(table.c[0]).where(where).limit(1)
        return bool(self._session.select(query))

    def _ids(self, query: Select[tuple[str]]) -> set[str]:
        return {row[0] for row in self._session.select(query)}


def _where(
    query: Select[tuple[str]], column: Column[str], ids: Iterable[str]
) -> Select[tuple[str]]:
    return query.where(column.in_(list(ids)))


class Retention(RetentionReader, Writer):
    """What has expired, and what was removed."""

    def __init__(self, session: WriteSession) -> None:
        super().__init__(session)
        self._search = SearchIndex(session)

    def remove(self, unit: Unit, at: datetime) -> None:
        """Remove everything of ``unit``; its items are remembered as forgotten."""
        for part in chunks(unit.items):
            self._remove_items(part, [unit.items[one] for one in part], at)
        for part in chunks(unit.canonicals):
            self._remove_canonicals(part)
        for part in chunks(unit.stories):
            self._remove_stories(part)

    def prune_polls(self, before: datetime, most: int = 1_000) -> int:
        """Delete at most ``most`` polls before a given time; return how many."""
        old = select(polls.c.seq).where(polls.c.at < micros(before)).limit(most)
        return self._session.connection.execute(delete(polls).where(polls.c.seq.in_(old))).rowcount

    def _remove_items(self, ids: list[str], numbers: list[int], at: datetime) -> None:
        query = select(items.c.seq, items.c.bands, *PLACED).where(items.c.id.in_(ids))
        for row in self._session.select(query):
            self._search.remove(row.seq, placed(row).item)
            for band in set(bands(row.bands)):
                self._delete(band_keys, band_keys.c.band == band, band_keys.c.item == row.seq)
        self._delete(url_keys, url_keys.c.item.in_(numbers))
        self._delete(title_sketches, title_sketches.c.item.in_(numbers))
        for column in (
            revisions.c.item,
            representatives.c.item,
            decisions.c.item,
            digest_items.c.item,
            items.c.id,
        ):
            table = column.table
            assert isinstance(table, Table)  # noqa: S101 # of the schema
            self._delete(table, column.in_(ids))
        rows = [{"id": one, "at": micros(at)} for one in ids]
        self._session.connection.execute(insert(forgotten_items), rows)

    def _remove_canonicals(self, ids: list[str]) -> None:
        numbers = select(canonicals.c.number).where(canonicals.c.id.in_(ids))
        self._delete(reading_states, reading_states.c.number.in_(numbers))
        for table in (story_vectors, story_members, story_decisions, representatives):
            self._delete(table, table.c.canonical.in_(ids))
        self._delete(canonicals, canonicals.c.id.in_(ids))

    def _remove_stories(self, ids: list[str]) -> None:
        for table in (story_changes, story_links):
            self._delete(table, or_(table.c.story.in_(ids), table.c.into.in_(ids)))
        for table in (story_decisions, digest_stories):
            self._delete(table, table.c.story.in_(ids))
        self._delete(
            counterparts, or_(counterparts.c.story.in_(ids), counterparts.c.leader.in_(ids))
        )
        connection = self._session.connection
        follows = update(stories).where(stories.c.follows.in_(ids)).values(follows=null())
        connection.execute(follows)
        self._delete(stories, stories.c.id.in_(ids))

    def _delete(self, table: Table, *where: ColumnElement[bool]) -> None:
        self._session.connection.execute(delete(table).where(*where))
