"""Copies a store that is in use to a file or to another database."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from storage.backends import Backend, SQLiteBackend
from storage.connections import APPLICATION
from storage.errors import StoreError
from storage.schema import feeds, items, meta, metadata
from storage.search_index import SearchIndex
from storage.sqlitefile import beside, remove_draft, stamp
from storage.statements import Fold, WriteSession

_CHUNK = 500
_TEXTS = select(items.c.seq, items.c.title, items.c.lead, items.c.text, items.c.language).order_by(
    items.c.seq
)


def backup(back: Backend, path: Path, fold: Fold) -> None:
    """Copy a snapshot of ``back`` into a new SQLite store at ``path``.

    The copy appears at ``path`` only when complete, and gets its own number.
    Raises ``StoreError`` if ``path`` exists.
    """
    where = str(path)
    if path.exists():
        raise StoreError("The file for the copy already exists", where, "Choose a new one.")
    if not path.parent.is_dir():
        raise StoreError("The folder for the copy does not exist", where, "Create it first.")
    draft = beside(path, ".part")
    remove_draft(draft)
    try:
        if not back.backup(draft):
            _copy(back, draft, fold)
        stamp(draft, APPLICATION)
        draft.rename(path)
    finally:
        remove_draft(draft)


def transfer(source: Backend, target: Backend, fold: Fold) -> None:
    """Copy a snapshot of ``source`` into the empty ``target``, completely or not at all."""
    writing = target.engine.connect().execution_options(begin="BEGIN IMMEDIATE")
    with source.engine.connect() as origin, origin.begin(), writing as copy, copy.begin():
        source.begin_reading(origin)
        target.begin_writing(copy)
        if copy.execute(select(feeds.c.id).limit(1)).first() is not None:
            raise StoreError(
                "The target store is not empty", target.where, "Use a new one, or empty it."
            )
        _copy_tables(origin, copy)
        index_words(copy, fold)


def _copy(back: Backend, path: Path, fold: Fold) -> None:
    target = SQLiteBackend(path, wait=5.0, create=True)
    try:
        transfer(back, target, fold)
    finally:
        target.engine.dispose()


def _copy_tables(source: Connection, copy: Connection) -> None:
    copy.execute(delete(meta))  # set in the new store by migrations
    for table in metadata.sorted_tables:
        everything = select(table).execution_options(stream_results=True)
        for rows in source.execute(everything).mappings().partitions(_CHUNK):
            copy.execute(insert(table), [dict(row) for row in rows])


def index_words(copy: Connection, fold: Fold) -> None:
    """Index every copied item for search, in chunks."""
    session = WriteSession(copy, fold)
    search = SearchIndex(session)
    last = 0
    while True:
        rows = session.select(_TEXTS.where(items.c.seq > last).limit(_CHUNK))
        for row in rows:
            search.index_texts(row.seq, (row.title, row.lead, row.text), row.language)
        if len(rows) < _CHUNK:
            return
        last = rows[-1].seq
