"""Writes items, their keys and their revisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from aggregator.model import Decision, Item, Keys
from storage.codecs import key, micros, pack_record, packed
from storage.item_reading import ItemReader
from storage.itemrows import PLACED, item_values, key_values, placed
from storage.schema import band_keys, items, revisions, url_keys
from storage.search_index import SearchIndex
from storage.sketches import add_sketch, replace_sketch
from storage.statements import Statement, Writer, WriteSession, adding

_ADD = adding(items)
_ADD_URL = adding(url_keys)
_ADD_BAND = Statement(insert(band_keys))
_DROP_URLS = Statement(delete(url_keys).where(url_keys.c.item == bindparam("number")))
_DROP_BAND = Statement(
    delete(band_keys).where(
        band_keys.c.band == bindparam("band_key"), band_keys.c.item == bindparam("number")
    )
)
_OLD = Statement(select(items.c.seq, *PLACED).where(items.c.id == bindparam("key")))
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
_TOUCH = Statement(
    update(items).where(items.c.id == bindparam("key")).values(touched=bindparam("now"))
)
_SET_FLAGS = Statement(
    update(items).where(items.c.id == bindparam("key")).values(flags=bindparam("new_flags"))
)
_MOVE = Statement(
    update(items).where(items.c.id == bindparam("key")).values(canonical=bindparam("target"))
)


class Items(ItemReader, Writer):
    """The items of all feeds in order of arrival."""

    def __init__(self, session: WriteSession) -> None:
        super().__init__(session)
        self._search = SearchIndex(session)

    def add(self, item: Item, decision: Decision, keys: Keys | None = None) -> int:
        """Store a new item under ``decision.canonical``; return its arrival number.

        The decision's flags are added to the item's. The canonical item and the
        decision are stored separately, before or after, in the same transaction.
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
        """Replace the text of a stored item; the old text is kept as a revision.

        ``seen`` and the arrival number do not change, nor do the keys if ``keys`` is None.
        ``at`` is the time of the change (default: ``item.seen``). Returns the number of
        the new revision. Raises ``KeyError`` for an unknown item.
        """
        row = self._session.row(_OLD, {"key": item.id})
        if row is None:
            raise KeyError(item.id)
        number, old = row.seq, placed(row).item
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
        self._search.replace(number, old, new)
        return revision

    def move(self, item: str, canonical: str) -> None:
        """Move an item to another canonical item."""
        self._session.write(_MOVE, {"key": item, "target": canonical})

    def touch(self, item: str, at: datetime) -> None:
        """Record that the feed still listed the item at ``at``."""
        self._session.write(_TOUCH, {"key": item, "now": micros(at)})

    def set_flags(self, item: str, flags: tuple[str, ...]) -> None:
        """Replace the flags of an item."""
        self._session.write(_SET_FLAGS, {"key": item, "new_flags": packed(flags)})

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
