"""Reads items, their keys and their revisions."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, literal, select

from aggregator.model import Item, Keys, KnownTitle, Placed
from storage.codecs import key, micros, moment, moment_or_none, record
from storage.cross_language_groups import variants_of
from storage.itemrows import KEYS, PLACED, keys_of, placed
from storage.json_filters import behind, listed
from storage.records import ItemFilter, Revision
from storage.schema import items, revisions, story_members
from storage.sketches import first_since, titles_since
from storage.statements import Reader, Statement

_CHUNK = 500  # rows per query when reading the archive

_GET = Statement(select(*PLACED).where(items.c.id == bindparam("key")))
_KEYS = Statement(select(*KEYS).where(items.c.id == bindparam("key")))
_BY_IDENTITY = Statement(
    select(*PLACED)
    .where(
        items.c.identity_key == bindparam("fingerprint"),
        items.c.feed == bindparam("feed_id"),
        items.c.identity == bindparam("called"),
    )
    .order_by(items.c.seq)
)
_REVISIONS = Statement(
    select(revisions.c.snapshot, revisions.c.replaced)
    .where(revisions.c.item == bindparam("key"))
    .order_by(revisions.c.revision)
)
_LAST_SEEN = Statement(select(items.c.seen).order_by(items.c.seq.desc()).limit(1))
_FROM = Statement(
    select(items.c.seq, *KEYS, *PLACED)
    .where(items.c.seq >= bindparam("start"))
    .order_by(items.c.seq)
    .limit(bindparam("most"))
)


class ItemReader(Reader):
    """The items of all feeds in order of arrival."""

    def get(self, item: str) -> Placed | None:
        """The item with the id ``item`` and its canonical item."""
        row = self._session.row(_GET, {"key": item})
        return None if row is None else placed(row)

    def keys(self, item: str) -> Keys | None:
        """The lookup keys of the item."""
        row = self._session.row(_KEYS, {"key": item})
        return None if row is None else keys_of(row)

    def by_identity(self, feed: str, identity: str) -> Placed | None:
        """The item of ``feed`` with this identity."""
        wanted = {"fingerprint": key(feed, identity), "feed_id": feed, "called": identity}
        row = self._session.row(_BY_IDENTITY, wanted)
        return None if row is None else placed(row)

    def revisions(self, item: str) -> builtins.list[Revision]:
        """Earlier texts of an item, oldest first."""
        rows = self._session.rows(_REVISIONS, {"key": item})
        return [Revision(record(Item, row.snapshot), moment(row.replaced)) for row in rows]

    def list(
        self,
        narrow: ItemFilter | None = None,
        *,
        limit: int = 50,
        offset: int = 0,
        newest_first: bool = True,
        after: tuple[datetime, str] | None = None,
    ) -> builtins.list[Placed]:
        """Items by ``Item.time``, then by arrival.

        ``after``: only those that follow the item with this time and id in the list.
        """
        query = _narrowed(select(*PLACED), narrow or ItemFilter(), self._session.sqlite)
        if after is not None:
            place = behind(items.c.time, items.c.seq, items.c.id, after, newest_first)
            query = query.where(place)
        order = (items.c.time, items.c.seq)
        query = query.order_by(*(column.desc() if newest_first else column for column in order))
        return [placed(row) for row in self._session.select(query.limit(limit).offset(offset))]

    def last_seen(self) -> datetime | None:
        """The ``seen`` time of the latest item."""
        return moment_or_none(self._session.value(_LAST_SEEN, {}))

    def placed_since(self, seen: datetime) -> Iterator[tuple[Placed, Keys]]:
        """Items first seen at ``seen`` or later, in order of arrival."""
        start = first_since(self._session, seen)
        while start is not None:
            rows = self._session.rows(_FROM, {"start": start, "most": _CHUNK})
            for row in rows:
                yield placed(row), keys_of(row)
            start = rows[-1].seq + 1 if len(rows) == _CHUNK else None

    def titles_since(self, seen: datetime) -> Iterator[KnownTitle]:
        """The titles of the items first seen at ``seen`` or later, in order of arrival."""
        return titles_since(self._session, seen)


def _narrowed(query: Select[Any], narrow: ItemFilter, sqlite: bool) -> Select[Any]:
    if narrow.since is not None:
        query = query.where(items.c.time >= micros(narrow.since))
    if narrow.until is not None:
        query = query.where(items.c.time < micros(narrow.until))
    for column, value in (
        (items.c.feed, narrow.feed),
        (items.c.language, narrow.language),
        (items.c.canonical, narrow.canonical),
        (items.c.rule, narrow.rule),
    ):
        if value is not None:
            query = query.where(column == value)
    if narrow.tag is not None:
        query = query.where(listed(items.c.tags, narrow.tag, sqlite))
    if narrow.flag is not None:
        query = query.where(listed(items.c.flags, narrow.flag, sqlite))
    if narrow.story is not None:
        variants = variants_of(literal(narrow.story))
        members = select(story_members.c.canonical).where(
            (story_members.c.story == narrow.story) | story_members.c.story.in_(variants)
        )
        query = query.where(items.c.canonical.in_(members))
    return query
