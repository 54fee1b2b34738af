"""A clean copy of a store while it is in use."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, insert, select

from storage.backends import Backend, SQLiteBackend
from storage.engine import APPLICATION
from storage.errors import StoreError
from storage.itemrows import PLACED, placed
from storage.schema import items, metadata
from storage.search import Search
from storage.sqlitefile import beside, stamp
from storage.statements import Fold, Session

_CHUNK = 500


def backup(back: Backend, path: Path, fold: Fold) -> None:
    """Copy what ``back`` holds at this moment into a new SQLite store at ``path``.

    The copy appears at ``path`` when it is whole, and gets a number of its own.
    ``StoreError`` where something lies there already.
    """
    where = str(path)
    if path.exists():
        raise StoreError("The file for the copy exists", where, "Name a new one.")
    if not path.parent.is_dir():
        raise StoreError("The folder for the copy is missing", where, "Make it first.")
    draft = beside(path, ".part")
    draft.unlink(missing_ok=True)
    try:
        if not back.backup(draft):
            _copy(back, draft, fold)
        stamp(draft, APPLICATION)
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)


def _copy(back: Backend, path: Path, fold: Fold) -> None:
    target = SQLiteBackend(path, wait=5.0, create=True)
    try:
        writing = target.engine.connect().execution_options(begin="BEGIN IMMEDIATE")
        reading = back.engine.connect().execution_options(stream_results=True)
        with reading as source, source.begin(), writing as copy, copy.begin():
            back.begin_reading(source)
            target.begin_writing(copy)
            _copy_tables(source, copy)
            _index_words(copy, fold)
    finally:
        target.engine.dispose()


def _copy_tables(source: Connection, copy: Connection) -> None:
    for table in metadata.sorted_tables:
        for rows in source.execute(select(table)).mappings().partitions(_CHUNK):
            copy.execute(insert(table), [dict(row) for row in rows])


def _index_words(copy: Connection, fold: Fold) -> None:
    search = Search(Session(copy, fold))
    for row in copy.execute(select(items.c.seq, *PLACED).order_by(items.c.seq)):
        search.index(row[0], placed(tuple(row[1:])).item)
