"""Repairs what can be repaired in a store without guessing.

What is derived is made again (indexes, the word index), what points nowhere is removed or led to
where it went, and a value that cannot be read is replaced by what is left of it. Nothing else is
deleted. Everything happens in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, and_, delete, select, text, update

from aggregator.model import PollState
from storage.checks import endless
from storage.codecs import bands, key, pack_record, strings
from storage.itemrows import PLACED, placed
from storage.row_checks import Damage, damages
from storage.schema import band_keys, items, metadata, url_keys
from storage.search_index import SearchIndex
from storage.statements import WriteSession

_DISPOSABLE = ("polls", "feed_histories", "revisions", "title_sketches", "story_vectors")
"""Tables whose rows are a log, or are learned again: an unreadable row is removed."""
_LED_ON = (
    (
        "items",
        "canonical",
        "canonicals",
        "{n} items were moved to where their canonical item went.",
    ),
    (
        "story_members",
        "story",
        "stories",
        "{n} canonical items were moved to where their story went.",
    ),
    ("canonicals", "redirect", "canonicals", "{n} redirects of canonical items were shortened."),
    ("stories", "redirect", "stories", "{n} redirects of stories were shortened."),
)
_REMOVED = (
    (
        "DELETE FROM reading_states WHERE NOT EXISTS"
        " (SELECT 1 FROM canonicals c WHERE c.number = reading_states.number)",
        "{n} reading states of canonical items that do not exist were removed.",
    ),
    (
        "DELETE FROM story_members WHERE EXISTS (SELECT 1 FROM canonicals c"
        " WHERE c.id = story_members.canonical AND c.redirect IS NOT NULL)",
        "{n} canonical items that redirect were taken out of their stories.",
    ),
    (
        "DELETE FROM counterparts WHERE EXISTS (SELECT 1 FROM stories s WHERE s.redirect IS NOT"
        " NULL AND s.id IN (counterparts.story, counterparts.leader))"
        " OR leader IN (SELECT c.story FROM counterparts c)",
        "{n} links between stories that redirect were removed.",
    ),
    (
        "DELETE FROM followed_stories WHERE EXISTS (SELECT 1 FROM stories s"
        " WHERE s.id = followed_stories.story AND s.redirect IS NOT NULL)",
        "{n} follows of stories that redirect were removed.",
    ),
    (
        "UPDATE canonicals SET representative = (SELECT i.id FROM items i"
        " WHERE i.canonical = canonicals.id ORDER BY i.seq LIMIT 1)"
        " WHERE redirect IS NULL"
        " AND EXISTS (SELECT 1 FROM items i WHERE i.canonical = canonicals.id)"
        " AND NOT EXISTS (SELECT 1 FROM items i"
        " WHERE i.id = canonicals.representative AND i.canonical = canonicals.id)",
        "{n} canonical items are represented by their first item again.",
    ),
    (
        "UPDATE items SET revision = (SELECT count(*) FROM revisions r WHERE r.item = items.id)"
        " WHERE revision <> (SELECT count(*) FROM revisions r WHERE r.item = items.id)",
        "The revisions of {n} items were counted again.",
    ),
)
_CHUNK = 500


def repair(session: WriteSession) -> Iterator[str]:
    """Repair the store; yields a description of each repair."""
    connection = session.connection
    if session.sqlite:
        connection.exec_driver_sql("REINDEX")
    for one in list(damages(connection)):
        done = _mend(session, one)
        if done:
            yield f"{one}: {done}"
    for table, column, through, told in _LED_ON:
        count = _lead_on(session, metadata.tables[table], column, metadata.tables[through])
        if count:
            yield told.format(n=count)
    for statement, told in _REMOVED:
        count = connection.execute(text(statement)).rowcount
        if count:
            yield told.format(n=count)
    yield from _derive(session)


def _lead_on(session: WriteSession, table: Table, column: str, through: Table) -> int:
    """Replace ids that redirect by where they lead; returns how many rows were changed."""
    rows = session.connection.execute(
        select(through.c.id, through.c.redirect).where(through.c.redirect.is_not(None))
    )
    leads: dict[str, str] = {row.id: row.redirect for row in rows}
    changed = 0
    for one in leads.keys() - set(endless(leads)):
        end = leads[one]
        while end in leads:
            end = leads[end]
        wrong = table.c[column] == one
        if table is through:  # a redirect is right if it is the last one
            if leads[one] == end:
                continue
            wrong = table.c.id == one
        changed += session.connection.execute(
            update(table).where(wrong).values({column: end})
        ).rowcount
    return changed


def _mend(session: WriteSession, damage: Damage) -> str:
    """Replace one unreadable value, or remove its row; what was done, or empty."""
    if not damage.key:
        return ""
    table = metadata.tables[damage.table]
    this = and_(*(c == v for c, v in zip(table.primary_key, damage.key, strict=True)))
    connection = session.connection
    if damage.table in _DISPOSABLE:
        connection.execute(delete(table).where(this))
        return "the row was removed"
    column = table.c[damage.column]
    if column.primary_key or column.unique:
        return ""
    if damage.table == "poll_states" and damage.column == "record":
        state = PollState(str(damage.key[0]))
        connection.execute(update(table).where(this).values(record=pack_record(state)))
        return "the poll state was reset"
    empty: Any
    if column.nullable:
        empty = None
    elif column.info.get("list") or damage.column == "refused":
        empty = "[]"
    elif column.name == "bands":
        empty = b""
    elif session.sqlite and "UTF-8" in damage.what:
        found = f"CAST({column.name} AS BLOB)"
        raw = connection.execute(select(text(found)).select_from(table).where(this)).scalar()
        empty = bytes(raw or b"").decode("utf-8", "replace")
    elif column.name == "evidence":
        empty = '["unknown",null,null,null,"the evidence was damaged",[]]'
    else:
        return ""
    connection.execute(update(table).where(this).values({column.name: empty}))
    return "replaced by what can be read of it"


def _derive(session: WriteSession) -> Iterator[str]:
    """Make the indexes of addresses, texts and words again from the items."""
    connection = session.connection
    for table in (url_keys, band_keys):
        connection.execute(delete(table))
    search = SearchIndex(session)
    search.clear()
    last = count = 0
    while True:
        chunk = (
            select(items.c.seq, items.c.url_keys, items.c.bands, *PLACED)
            .where(items.c.seq > last)
            .order_by(items.c.seq)
            .limit(_CHUNK)
        )
        rows = session.select(chunk)
        for row in rows:
            search.index(row.seq, placed(row).item)
            urls = sorted({key(url) for url in strings(row.url_keys)})
            _insert(session, url_keys, [{"url": url, "item": row.seq} for url in urls])
            marks = sorted(set(bands(row.bands)))
            _insert(session, band_keys, [{"band": band, "item": row.seq} for band in marks])
        count += len(rows)
        if len(rows) < _CHUNK:
            break
        last = rows[-1].seq
    yield f"The indexes of addresses, texts and words of {count} items were made again."


def _insert(session: WriteSession, table: Table, rows: list[dict[str, int]]) -> None:
    if rows:
        session.connection.execute(table.insert(), rows)
