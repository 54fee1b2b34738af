"""How large a store is, by table."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from storage.schema import metadata

WORDS = "item_words"
"""The word index, which each database keeps in its own way."""
_SQLITE = """
    SELECT coalesce(m.tbl_name, s.name), sum(s.pgsize) FROM dbstat s
    LEFT JOIN sqlite_master m ON m.name = s.name GROUP BY 1
"""
_POSTGRESQL = """
    SELECT c.relname, pg_total_relation_size(c.oid) FROM pg_class c
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
"""


@dataclass(frozen=True, slots=True)
class TableSize:
    """A table: its rows, and its bytes with those of its indexes (None if not known)."""

    name: str
    rows: int
    bytes: int | None


def table_sizes(connection: Connection) -> list[TableSize]:
    """All tables, the largest first."""
    known = _bytes(connection)
    found = [
        TableSize(
            table.name,
            connection.execute(select(func.count()).select_from(table)).scalar_one(),
            known.get(table.name),
        )
        for table in metadata.sorted_tables
    ]
    if WORDS in known:
        items = next(one.rows for one in found if one.name == "items")
        found.append(TableSize(WORDS, items, known[WORDS]))
    return sorted(found, key=lambda one: (-(one.bytes or 0), one.name))


def _bytes(connection: Connection) -> dict[str, int]:
    """Bytes by table; empty if this SQLite was built without its statistics."""
    sqlite = connection.dialect.name == "sqlite"
    try:
        rows = connection.execute(text(_SQLITE if sqlite else _POSTGRESQL)).all()
    except DBAPIError:
        if not sqlite:
            raise
        return {}
    found: dict[str, int] = {}
    for name, size in rows:
        table = WORDS if name.startswith(WORDS) else name
        found[table] = found.get(table, 0) + int(size)
    return found
