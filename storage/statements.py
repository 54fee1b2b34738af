"""Statements that are compiled once and go straight to the driver.

SQLAlchemy's execution costs several times the statement itself on a local
SQLite file (see ``bench/storage.py``). The statements that run for every item are
therefore written in Core, compiled once per database, and handed to the driver's
own cursor within SQLAlchemy's transaction. Lists put together from filters take
the ordinary way.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any, Protocol, cast

from sqlalchemy import Connection, Select, SelectBase, Table, func, insert, select
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.expression import Executable

from storage.codecs import storable

Row = Any  # what was read, with a column of the query in each attribute
Fold = Callable[[str], str]


class Cursor(Protocol):
    """The part of a DB-API cursor that is used."""

    rowcount: int

    def execute(self, sql: str, params: Mapping[str, Any], /) -> Any: ...  # noqa: D102
    def executemany(self, sql: str, params: Iterable[Mapping[str, Any]], /) -> Any: ...  # noqa: D102
    def fetchall(self) -> list[Any]: ...  # noqa: D102
    def fetchone(self) -> Any: ...  # noqa: D102


class Statement:
    """A Core statement and its text in each database it has run on."""

    __slots__ = ("_clause", "_texts", "make")

    def __init__(self, clause: Executable) -> None:
        self._clause = clause
        self._texts: dict[str, tuple[str, dict[str, Any]]] = {}
        self.make: Callable[[Iterable[Any]], Row]  # a row by name; known once the query has a text

    def text(self, dialect: Dialect) -> tuple[str, dict[str, Any]]:
        """The SQL for ``dialect`` and the values that stand in the statement itself."""
        known = self._texts.get(dialect.name)
        if known is None:
            compiled = self._clause.compile(dialect=dialect)  # type: ignore[attr-defined]
            fixed = {name: value for name, value in compiled.params.items() if value is not None}
            known = self._texts[dialect.name] = (str(compiled), fixed)
            if isinstance(self._clause, SelectBase):
                self.make = _rows(tuple(self._clause.selected_columns.keys()))
        return known


class Native:
    """A statement that each database writes in its own way; it reads one column or none."""

    __slots__ = ("_texts",)

    def __init__(self, *, sqlite: str, postgresql: str) -> None:
        self._texts: dict[str, tuple[str, dict[str, Any]]] = {
            "sqlite": (sqlite, {}),
            "postgresql": (postgresql, {}),
        }

    def text(self, dialect: Dialect) -> tuple[str, dict[str, Any]]:
        """The SQL for ``dialect``."""
        return self._texts[dialect.name]


@cache
def _rows(names: tuple[str, ...]) -> Callable[[Iterable[Any]], Row]:
    """What makes a row whose columns are found by name out of what a driver gives."""
    return partial(tuple.__new__, namedtuple("Row", names))


@cache
def _last(table: Table) -> Statement:
    return Statement(select(func.max(table.c.seq).label("last")))


def adding(table: Table) -> Statement:
    """The statement that adds a row with every column of ``table`` given by name."""
    return Statement(insert(table))


class Session:
    """One open transaction, as the groups of records read it."""

    __slots__ = ("_cursor", "_dialect", "connection", "fold")

    def __init__(self, connection: Connection, fold: Fold) -> None:
        self.connection = connection
        self.fold = fold
        self._dialect = connection.dialect
        self._cursor = cast(Cursor, connection.connection.cursor())

    @property
    def sqlite(self) -> bool:
        """Whether the store is SQLite (else PostgreSQL)."""
        return self._dialect.name == "sqlite"

    def rows(self, statement: Statement, params: Mapping[str, Any]) -> list[Row]:
        """All rows of a query."""
        found = self.tuples(statement, params)
        return list(map(statement.make, found))

    def row(self, statement: Statement, params: Mapping[str, Any]) -> Row | None:
        """The first row of a query; None where there is none."""
        self._execute(statement, params)
        first = self._cursor.fetchone()
        return None if first is None else statement.make(first)

    def values(self, statement: Statement | Native, params: Mapping[str, Any]) -> list[Any]:
        """All that a query of one column finds."""
        return [found for (found,) in self.tuples(statement, params)]

    def value(self, statement: Statement | Native, params: Mapping[str, Any]) -> Any:
        """The first that a query of one column finds; None where there is none."""
        self._execute(statement, params)
        first = self._cursor.fetchone()
        return None if first is None else first[0]

    def tuples(
        self, statement: Statement | Native, params: Mapping[str, Any]
    ) -> list[tuple[Any, ...]]:
        """All rows of a query as the driver gives them: pairs, or rows by the hundred thousand."""
        self._execute(statement, params)
        return self._cursor.fetchall()

    def select(self, query: Select[Any]) -> list[Row]:
        """All rows of a query that was put together from filters."""
        result = self.connection.execute(query)
        return list(map(_rows(tuple(result.keys())), result))

    def _execute(self, statement: Statement | Native, params: Mapping[str, Any]) -> None:
        sql, fixed = statement.text(self._dialect)
        values = _storable(params)
        self._cursor.execute(sql, fixed | values if fixed else values)


class WriteSession(Session):
    """One open transaction of the one writer."""

    __slots__ = ("_next",)

    def __init__(self, connection: Connection, fold: Fold) -> None:
        super().__init__(connection, fold)
        self._next: dict[str, int] = {}

    def write(self, statement: Statement | Native, params: Mapping[str, Any]) -> int:
        """How many rows an insert, update or delete touched."""
        self._execute(statement, params)
        return self._cursor.rowcount

    def write_many(
        self, statement: Statement | Native, params: Sequence[Mapping[str, Any]]
    ) -> None:
        """One insert, update or delete for several sets of values."""
        if params:
            sql, _ = statement.text(self._dialect)
            self._cursor.executemany(sql, [_storable(one) for one in params])

    def number(self, table: Table) -> int:
        """The next ``seq`` of ``table``: safe because there is one writer at a time."""
        following = self._next.get(table.name)
        if following is None:
            following = (self.value(_last(table), {}) or 0) + 1
        self._next[table.name] = following + 1
        return following


class Reader:
    """A group of records, as a ``View`` has it."""

    def __init__(self, session: Session) -> None:
        self._session = session


class Writer(Reader):
    """What a group adds in a ``Transaction``; a class of its own, so that views lack it."""

    _session: WriteSession

    def __init__(self, session: WriteSession) -> None:
        super().__init__(session)


def _storable(params: Mapping[str, Any]) -> dict[str, Any]:
    """``params`` as both databases take them; texts are looked at, the rest passes."""
    return {
        name: storable(value) if isinstance(value, str) else value for name, value in params.items()
    }
