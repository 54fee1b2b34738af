"""Everything stored as JSON Lines: one object per row, the same text from either database.

The first line names the format and the schema, the last one says how many rows there are, so a
file that was cut off is recognised. Bytes are Base64; the word index is made again on import.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Table,
    Text,
    collate,
    delete,
    insert,
    select,
)

from storage.codecs import storable
from storage.errors import StoreError
from storage.migrate import HEAD
from storage.schema import meta, metadata

FORMAT = "every-story-once"
_CHUNK = 500  # rows per statement
_TABLES = {table.name: table for table in metadata.sorted_tables}


def dump(connection: Connection) -> Iterator[str]:
    """All rows as lines of JSON without line ends, in the order of the schema and its keys."""
    yield _line({"format": FORMAT, "schema": HEAD})
    count = 0
    for table in metadata.sorted_tables:
        order = [_ordered(connection, column) for column in table.primary_key]
        query = select(table).order_by(*order)
        streamed = query.execution_options(stream_results=True, yield_per=_CHUNK)
        for row in connection.execute(streamed).mappings():
            count += 1
            yield _line({"table": table.name, "row": {k: _plain(v) for k, v in row.items()}})
    yield _line({"rows": count})


def load(connection: Connection, lines: Iterable[str], where: str) -> int:
    """Insert all rows of a dump into empty tables; returns how many.

    Raises StoreError, naming the line, for anything that ``dump`` does not write.
    """
    reading = _Reading(where)
    connection.execute(delete(meta))  # set in a new store
    held: list[dict[str, Any]] = []
    table: Table | None = None
    count = 0
    for line in lines:
        named, row = reading.take(line)
        if held and (named is not table or len(held) == _CHUNK):
            _insert(connection, table, held)
            held = []
        table = named
        if row is not None:
            held.append(row)
            count += 1
    _insert(connection, table, held)
    reading.finish(count)
    return count


class _Reading:
    """What has been read of a dump so far."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._number = 0
        self._ended: int | None = None

    def take(self, line: str) -> tuple[Table | None, dict[str, Any] | None]:
        """The table and the row of a line; None for the first and the last one."""
        self._number += 1
        try:
            found = json.loads(line)
            if self._number == 1:
                self._begin(found)
                return None, None
            if self._ended is not None:
                raise ValueError("there is something after the last line")
            if "rows" in found:
                self._ended = int(found["rows"])
                return None, None
            table = _TABLES[found["table"]]
            return table, _values(table, found["row"])
        except (AttributeError, KeyError, TypeError, ValueError, Base64Error) as error:
            raise self._refused(str(error)) from None

    def _begin(self, found: dict[str, Any]) -> None:
        if found.get("format") != FORMAT:
            raise ValueError("this is no export of a store")
        if found.get("schema") != HEAD:
            raise ValueError(
                f"it has schema {found.get('schema')}, this program {HEAD}:"
                " import it with the version that wrote it, then upgrade that store"
            )

    def finish(self, count: int) -> None:
        """Check that nothing is missing at the end."""
        if self._ended is None:
            raise self._refused("the file was cut off: its last line is missing")
        if self._ended != count:
            raise self._refused(f"{count} rows were read, but it has {self._ended}")

    def _refused(self, why: str) -> StoreError:
        return StoreError(
            f"The export cannot be read: line {self._number}: {why}",
            self._where,
            "Nothing was imported.",
        )


def _insert(connection: Connection, table: Table | None, rows: list[dict[str, Any]]) -> None:
    if table is not None and rows:
        connection.execute(insert(table), rows)


def _ordered(connection: Connection, column: Any) -> ColumnElement[Any]:
    """A key in the same order in both databases: that of its code points."""
    if isinstance(column.type, Text) and connection.dialect.name == "postgresql":
        return collate(column, "C")
    return column  # type: ignore[no-any-return]


def _line(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    return b64encode(value).decode("ascii") if isinstance(value, bytes) else value


def _values(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    unknown = row.keys() ^ table.c.keys()
    if unknown:
        raise ValueError(f"{table.name} and the row differ in {', '.join(sorted(unknown))}")
    return {name: _value(table, name, value) for name, value in row.items()}


def _value(table: Table, name: str, value: Any) -> Any:
    column = table.c[name]
    if value is None and column.nullable:
        return None
    if isinstance(column.type, LargeBinary):
        return b64decode(value, validate=True)
    kind = column.type.python_type
    if kind is float and type(value) in (int, float):
        return float(value)
    if type(value) is not kind:
        raise ValueError(f"{table.name}.{name} is {type(value).__name__}, not {kind.__name__}")
    return storable(value) if kind is str else value
