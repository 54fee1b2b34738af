"""Statements that are compiled once and passed directly to the driver.

On a local SQLite file, SQLAlchemy's overhead costs several times the statement
itself (see ``bench/storage.py``). Statements that run for every item are therefore
written in Core, compiled once per database, and executed with the driver's own
cursor inside SQLAlchemy's transaction. Queries built from filters are executed
normally.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import islice
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import Connection, Select, SelectBase, Table, func, insert, select
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.expression import Executable

from storage.codecs import storable

CHUNK = 500  # values listed in one query
V = TypeVar("V")
Row = Any  # a result row with one attribute per column
Fold = Callable[[str], str]


class Cursor(Protocol):
    """The parts of a DB-API cursor used here."""

    rowcount: int

    def execute(self, sql: str, params: Mapping[str, Any], /) -> Any: ...  # noqa: D102
    def executemany(self, sql: str, params: Iterable[Mapping[str, Any]], /) -> Any: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102
    def fetchall(self) -> list[Any]: ...  # noqa: D102
    def fetchone(self) -> Any: ...  # noqa: D102


class Statement:
    """A Core statement and its SQL for each database it has run on."""

    __slots__ = ("_clause", "_texts", "make")

    def __init__(self, clause: Executable) -> None:
        self._clause = clause
        self._texts: dict[str, tuple[str, dict[str, Any]]] = {}
        self.make: Callable[[Iterable[Any]], Row]  # makes named rows; set on compilation

    def text(self, dialect: Dialect) -> tuple[str, dict[str, Any]]:
        """The SQL for ``dialect``, and the values contained in the statement itself."""
        known = self._texts.get(dialect.name)
        if known is None:
            compiled = self._clause.compile(dialect=dialect)  # type: ignore[attr-defined]
            fixed = {name: value for name, value in compiled.params.items() if value is not None}
            known = self._texts[dialect.name] = (str(compiled), fixed)
            if isinstance(self._clause, SelectBase):
                self.make = _rows(tuple(self._clause.selected_columns.keys()))
        return known


class Native:
    """A statement with different SQL for each database; it reads at most one column."""

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
    """A function that turns a driver's row into one with named columns."""
    return partial(tuple.__new__, namedtuple("Row", names))


@cache
def _last(table: Table) -> Statement:
    return Statement(select(func.max(table.c.seq).label("last")))


def adding(table: Table) -> Statement:
    """The statement that inserts a row, with every column of ``table`` as a parameter."""
    return Statement(insert(table))


def chunks(values: Iterable[V]) -> Iterator[list[V]]:
    """``values`` in lists short enough for the parameters of one query."""
    rest = iter(values)
    while some := list(islice(rest, CHUNK)):
        yield some


class Session:
    """One open transaction, used by the groups of records for reading."""

    __slots__ = ("_cursor", "_dialect", "connection", "fold")

    def __init__(self, connection: Connection, fold: Fold) -> None:
        self.connection = connection
        self.fold = fold
        self._dialect = connection.dialect
        self._cursor = cast(Cursor, connection.connection.cursor())

    def close(self) -> None:
        """Close the cursor: one that is open would keep SQLite from closing the file."""
        self._cursor.close()

    @property
    def sqlite(self) -> bool:
        """Whether the store is SQLite (else PostgreSQL)."""
        return self._dialect.name == "sqlite"

    def rows(self, statement: Statement, params: Mapping[str, Any]) -> list[Row]:
        """All rows of a query."""
        found = self.tuples(statement, params)
        return list(map(statement.make, found))

    def row(self, statement: Statement, params: Mapping[str, Any]) -> Row | None:
        """The first row of a query, or None."""
        self._execute(statement, params)
        first = self._cursor.fetchone()
        return None if first is None else statement.make(first)

    def values(self, statement: Statement | Native, params: Mapping[str, Any]) -> list[Any]:
        """All values of a query with one column."""
        return [found for (found,) in self.tuples(statement, params)]

    def value(self, statement: Statement | Native, params: Mapping[str, Any]) -> Any:
        """The first value of a query with one column, or None."""
        self._execute(statement, params)
        first = self._cursor.fetchone()
        return None if first is None else first[0]

    def tuples(
        self, statement: Statement | Native, params: Mapping[str, Any]
    ) -> list[tuple[Any, ...]]:
        """All rows of a query as plain tuples, for pairs or very large results."""
        self._execute(statement, params)
        return self._cursor.fetchall()

    def select(self, query: Select[Any]) -> list[Row]:
        """All rows of a query that was built from filters."""
        result = self.connection.execute(query)
        return list(map(_rows(tuple(result.keys())), result))

    def _execute(self, statement: Statement | Native, params: Mapping[str, Any]) -> None:
        sql, fixed = statement.text(self._dialect)
        values = _storable(params)
        self._cursor.execute(sql, fixed | values if fixed else values)


class WriteSession(Session):
    """One open write transaction."""

    __slots__ = ("_next",)

    def __init__(self, connection: Connection, fold: Fold) -> None:
        super().__init__(connection, fold)
        self._next: dict[str, int] = {}

    def write(self, statement: Statement | Native, params: Mapping[str, Any]) -> int:
        """Run an insert, update or delete; return the number of affected rows."""
        self._execute(statement, params)
        return self._cursor.rowcount

    def change(self, statement: Executable) -> int:
        """Run a statement that was built from filters; return the number of affected rows."""
        options = {"preserve_rowcount": True}  # an insert would not count its rows
        return self.connection.execute(statement, execution_options=options).rowcount

    def write_many(
        self, statement: Statement | Native, params: Sequence[Mapping[str, Any]]
    ) -> None:
        """Run one insert, update or delete for several sets of values."""
        if params:
            sql, _ = statement.text(self._dialect)
            self._cursor.executemany(sql, [_storable(one) for one in params])

    def number(self, table: Table) -> int:
        """The next ``seq`` of ``table``; safe because there is only one writer at a time."""
        following = self._next.get(table.name)
        if following is None:
            following = (self.value(_last(table), {}) or 0) + 1
        self._next[table.name] = following + 1
        return following


class Reader:
    """A group of records in a ``View``."""

    def __init__(self, session: Session) -> None:
        self._session = session


class Writer(Reader):
    """The write methods of a group in a ``Transaction``; a separate class, absent in views."""

    _session: WriteSession

    def __init__(self, session: WriteSession) -> None:
        super().__init__(session)


def _storable(params: Mapping[str, Any]) -> dict[str, Any]:
    """``params`` in a form that both databases accept; only texts are changed."""
    return {
        name: storable(value) if isinstance(value, str) else value for name, value in params.items()
    }
