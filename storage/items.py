"""Items, their keys and their revisions."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, insert, literal, select, update

from aggregator.model import Decision, Item, Keys, KnownTitle, Placed
from storage.codecs import key, micros, moment, pack_record, packed, record
from storage.cross_language_groups import variants_of
from storage.itemrows import (
    KEYS,
    PLACED,
    item_values,
    key_values,
    keys_of,
    placed,
)
from storage.json_filters import listed
from storage.records import ItemFilter, Revision
from storage.schema import band_keys, items, revisions, story_members, url_keys
from storage.search import Search
from storage.sketches import add_sketch, first_since, replace_sketch, titles_since
from storage.statements import Session, Statement, adding

_CHUNK = 500  # rows read at once when going through the archive

_ADD = adding(items)
_ADD_URL = adding(url_keys)
_ADD_BAND = Statement(insert(band_keys))
_DROP_URLS = Statement(delete(url_keys).where(url_keys.c.item == bindparam("number")))
_DROP_BAND = Statement(
    delete(band_keys).where(
        band_keys.c.band == bindparam("band_key"), band_keys.c.item == bindparam("number")
    )
)
_GET = Statement(select(*PLACED, items.c.seq).where(items.c.id == bindparam("key")))
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
_TEXT_COLUMNS = (
    items.c.time,
    items.c.published,
    items.c.updated,
    items.c.language,
    items.c.revision,
    items.c.priority,
    items.c.weight,
    items.c.tags,
    items.c.targets,
    items.c.flags,
    items.c.source,
    items.c.credit,
    items.c.content_hash,
    items.c.title,
    items.c.url,
    items.c.link,
    items.c.title_raw,
    items.c.lead,
    items.c.text,
    items.c.url_keys,
    items.c.title_key,
    items.c.title_hash,
    items.c.bands,
)
_REVISE = Statement(
    update(items)
    .where(items.c.id == bindparam("key"))
    .values({column.name: bindparam(column.name) for column in _TEXT_COLUMNS})
)
_ADD_REVISION = adding(revisions)
_REVISIONS = Statement(
    select(revisions.c.snapshot, revisions.c.replaced)
    .where(revisions.c.item == bindparam("key"))
    .order_by(revisions.c.revision)
)
_TOUCH = Statement(
    update(items).where(items.c.id == bindparam("key")).values(touched=bindparam("now"))
)
_SET_FLAGS = Statement(
    update(items).where(items.c.id == bindparam("key")).values(flags=bindparam("new_flags"))
)
_MOVE = Statement(
    update(items).where(items.c.id == bindparam("key")).values(canonical=bindparam("target"))
)
_LAST_SEEN = Statement(select(items.c.seen).order_by(items.c.seq.desc()).limit(1))
_FROM = Statement(
    select(items.c.seq, *KEYS, *PLACED)
    .where(items.c.seq >= bindparam("start"))
    .order_by(items.c.seq)
    .limit(bindparam("most"))
)


class Items:
    """The items of all feeds in their order of arrival."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._search = Search(session)

    def get(self, item: str) -> Placed | None:
        """The item with the id ``item`` and its canonical item."""
        row = self._session.row(_GET, {"key": item})
        return None if row is None else placed(row[:-1])

    def keys(self, item: str) -> Keys | None:
        """What the item is looked up by."""
        row = self._session.row(_KEYS, {"key": item})
        return None if row is None else keys_of(row)

    def by_identity(self, feed: str, identity: str) -> Placed | None:
        """What ``feed`` calls ``identity``."""
        wanted = {"fingerprint": key(feed, identity), "feed_id": feed, "called": identity}
        row = self._session.row(_BY_IDENTITY, wanted)
        return None if row is None else placed(row)

    def add(self, item: Item, decision: Decision, keys: Keys | None = None) -> int:
        """Store a new item behind ``decision.canonical``; its number in the order of arrival.

        The decision's flags are added to the item's. The canonical item and the
        record of the decision are stored apart, before or after, in the same transaction.
        """
        keys = decision.keys if keys is None else keys
        number = self._session.number(items)
        item = replace(item, flags=_with_flags(item.flags, decision.flags))
        values = item_values(item) | key_values(keys)
        values |= {
            "seq": number,
            "id": item.id,
            "feed": item.feed,
            "canonical": decision.canonical,
            "rule": decision.evidence.rule,
            "seen": micros(item.seen),
            "touched": micros(item.seen),
            "identity": item.identity,
            "identity_key": key(item.feed, item.identity),
        }
        self._session.write(_ADD, values)
        self._index(number, keys)
        add_sketch(self._session, number, keys)
        self._search.index(number, item)
        return number

    def revise(self, item: Item, keys: Keys | None = None, *, at: datetime | None = None) -> int:
        """Replace the text of a stored item; the old one stays readable as a revision.

        ``seen`` and the place in the order of arrival stay. Without ``keys`` the
        old ones stay. ``at`` is when (``item.seen`` if left out). Gives the new
        revision's number; ``KeyError`` for an item that was never stored.
        """
        row = self._session.row(_GET, {"key": item.id})
        if row is None:
            raise KeyError(item.id)
        number, old = row[-1], placed(row[:-1]).item
        old_keys = self.keys(item.id) or Keys()
        revision = old.revision + 1
        new = replace(item, seen=old.seen, revision=revision)
        self._session.write(
            _ADD_REVISION,
            {
                "item": item.id,
                "revision": old.revision,
                "replaced": micros(at or item.seen),
                "snapshot": pack_record(old),
            },
        )
        if keys is not None and keys != old_keys:
            self._unindex(number, old_keys)
            self._index(number, keys)
        if keys is not None:
            replace_sketch(self._session, number, keys)
        values = item_values(new) | key_values(old_keys if keys is None else keys)
        self._session.write(_REVISE, {"key": item.id, **values})
        self._search.replace(number, new)
        return revision

    def revisions(self, item: str) -> builtins.list[Revision]:
        """Earlier texts of an item, oldest first."""
        rows = self._session.rows(_REVISIONS, {"key": item})
        return [Revision(record(Item, stored), moment(replaced)) for stored, replaced in rows]

    def move(self, item: str, canonical: str) -> None:
        """Put an item behind another canonical item."""
        self._session.write(_MOVE, {"key": item, "target": canonical})

    def touch(self, item: str, at: datetime) -> None:
        """Note that the feed still carried the item at ``at``."""
        self._session.write(_TOUCH, {"key": item, "now": micros(at)})

    def set_flags(self, item: str, flags: tuple[str, ...]) -> None:
        """Replace the flags of an item."""
        self._session.write(_SET_FLAGS, {"key": item, "new_flags": packed(flags)})

    def list(
        self,
        narrow: ItemFilter | None = None,
        *,
        limit: int = 50,
        offset: int = 0,
        newest_first: bool = True,
    ) -> builtins.list[Placed]:
        """Items by ``Item.time``, those of one moment by arrival."""
        query = _narrowed(select(*PLACED), narrow or ItemFilter(), self._session.sqlite)
        order = (items.c.time, items.c.seq)
        query = query.order_by(*(column.desc() if newest_first else column for column in order))
        return [placed(row) for row in self._session.select(query.limit(limit).offset(offset))]

    def last_seen(self) -> datetime | None:
        """``seen`` of the latest item."""
        row = self._session.row(_LAST_SEEN, {})
        return None if row is None else moment(row[0])

    def placed_since(self, seen: datetime) -> Iterator[tuple[Placed, Keys]]:
        """Items first seen at ``seen`` or later, in order of arrival."""
        start = first_since(self._session, seen)
        while start is not None:
            rows = self._session.rows(_FROM, {"start": start, "most": _CHUNK})
            for row in rows:
                yield placed(row[4:]), keys_of(row[1:4])
            start = rows[-1][0] + 1 if len(rows) == _CHUNK else None

    def titles_since(self, seen: datetime) -> Iterator[KnownTitle]:
        """The titles of the items first seen at ``seen`` or later, in order of arrival."""
        return titles_since(self._session, seen)

    def _index(self, number: int, keys: Keys) -> None:
        urls = sorted({key(url) for url in keys.urls})
        self._session.write_many(_ADD_URL, [{"url": url, "item": number} for url in urls])
        bands = sorted(set(keys.bands))
        self._session.write_many(_ADD_BAND, [{"band": band, "item": number} for band in bands])

    def _unindex(self, number: int, keys: Keys) -> None:
        self._session.write(_DROP_URLS, {"number": number})
        for band in set(keys.bands):
            self._session.write(_DROP_BAND, {"band_key": band, "number": number})


def _with_flags(flags: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return (*flags, *(flag for flag in more if flag not in flags))


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
