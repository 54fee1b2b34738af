"""Reads every value of every row, as its readers would, and names what cannot be read.

SQLite's own check does not look at values: text that is no UTF-8, a time outside the calendar or
half a record of JSON pass it, and fail only when somebody reads them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Table, select
from sqlalchemy.exc import DBAPIError

from aggregator.model import FeedState, Item, Outcome, PollState
from aggregator.model.kinds import ChangeKind, CorrectionKind, Level, LinkKind
from storage.codecs import Unreadable, bands, evidence, evidences, moment, named, record, strings
from storage.events import effect_of
from storage.feed_histories import history_of
from storage.schema import metadata

Reads = Callable[[Any], object]
_CHUNK = 500  # rows held in memory
_RECORDS: dict[str, Reads] = {
    "polls.outcome": partial(named, Outcome),
    "poll_states.state": partial(named, FeedState),
    "poll_states.record": partial(record, PollState),
    "feed_histories.record": history_of,
    "revisions.snapshot": partial(record, Item),
    "items.bands": bands,
    "decisions.refused": evidences,
    "story_changes.kind": partial(named, ChangeKind),
    "story_links.kind": partial(named, LinkKind),
    "corrections.kind": partial(named, CorrectionKind),
    "corrections.level": partial(named, Level),
}


@dataclass(frozen=True, slots=True)
class Damage:
    """One value, or one row if there is no ``column``, that cannot be read."""

    table: str
    key: tuple[Any, ...]  # of the primary key; empty if the table cannot be read further
    what: str
    column: str = ""
    name: str = ""  # the row's id, where it has one that can be read

    def __str__(self) -> str:
        """``items i7 (row 3): title is not valid UTF-8``."""
        key = ", ".join(map(str, self.key))
        row = f"{self.name} (row {key})" if self.name and self.name != key else f"row {key}"
        return f"{self.table} {row if key else 'table'}: {self.column} {self.what}".replace(
            ":  ", ": "
        )


def damages(connection: Connection) -> Iterator[Damage]:
    """Every value of every table that cannot be read, in the order of the schema."""
    for table in metadata.sorted_tables:
        yield from _table(connection, table)


def _table(connection: Connection, table: Table) -> Iterator[Damage]:
    last: tuple[Any, ...] = ()
    try:
        for row in _raw_rows(connection, table):
            values = dict(zip(table.c.keys(), row, strict=True))
            last = tuple(_shown(values[one.name]) for one in table.primary_key)
            yield from _row(table, values, last)
    except (sqlite3.Error, DBAPIError) as error:
        after = f" after row {', '.join(map(str, last))}" if last else ""
        told = str(getattr(error, "orig", None) or error).splitlines()[0]
        yield Damage(table.name, (), f"cannot be read{after}: {told}")


def _raw_rows(connection: Connection, table: Table) -> Iterator[tuple[Any, ...]]:
    """All rows; from SQLite with texts as bytes, because one bad text would hide its chunk."""
    query = select(table).order_by(*table.primary_key)
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        streamed = query.execution_options(stream_results=True, yield_per=_CHUNK)
        yield from (tuple(row) for row in connection.execute(streamed))
        return
    before = raw.text_factory
    cursor = raw.cursor()
    raw.text_factory = _Bytes
    try:
        cursor.execute(str(query.compile(dialect=connection.dialect)))
        yield from cursor
    finally:
        raw.text_factory = before
        cursor.close()


class _Bytes(bytes):
    """A text of SQLite as it is stored, told apart from a binary value."""

    __slots__ = ()


def _shown(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _row(table: Table, values: Mapping[str, Any], key: tuple[Any, ...]) -> Iterator[Damage]:
    name = str(_shown(values.get("id", "")))
    for column in table.c:
        wrong = _wrong(table, column, values[column.name])
        if wrong:
            yield Damage(table.name, key, wrong, column.name, name)
    if table.name == "events":
        kind, payload = _shown(values["kind"]), _shown(values["payload"])
        wrong = _unreadable(lambda stored: effect_of(str(kind), stored), payload)
        if wrong:
            yield Damage(table.name, key, wrong, "payload", name)


def _wrong(table: Table, column: Column[Any], value: Any) -> str:
    """What is wrong with a value; empty if nothing is."""
    if value is None:
        return "" if column.nullable else "is missing"
    if isinstance(value, _Bytes):
        try:
            value = value.decode("utf-8")
        except UnicodeDecodeError as error:
            return f"is not valid UTF-8 (byte {error.start} of {len(error.object)})"
    if not isinstance(value, _kinds(column)):
        return f"is of the wrong kind: {type(value).__name__}"
    read = _reader(table.name, column.name, bool(column.info.get("time")))
    return _unreadable(read, value) if read else ""


def _unreadable(read: Reads, value: Any) -> str:
    try:
        read(value)
    except Unreadable as error:
        return f"cannot be read: {error}"
    return ""


@cache
def _kinds(column: Column[Any]) -> tuple[type, ...]:
    if isinstance(column.type, LargeBinary):
        return (bytes, memoryview)
    kind = column.type.python_type
    return {int: (int,), bool: (int, bool), float: (float, int)}.get(kind, (kind,))


@cache
def _reader(table: str, column: str, is_time: bool) -> Reads | None:
    if is_time:
        return moment
    if found := _RECORDS.get(f"{table}.{column}"):
        return found
    if column == "evidence":
        return evidence
    if metadata.tables[table].c[column].info.get("list"):
        return strings
    return None
