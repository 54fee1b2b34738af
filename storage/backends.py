"""SQLite and PostgreSQL behind one interface: opening, locking, checking, copying."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import URL

from storage import sqlitefile
from storage.address import shown
from storage.connections import APPLICATION, postgresql_engine, sqlite_engine
from storage.errors import ASIDE, StoreDamaged, StoreError
from storage.locks import WRITER, advisory_lock, file_lock
from storage.migrate import HEAD, migrate, version

LOOKED_THROUGH = 32_000_000
"""Bytes up to which a SQLite file is looked through whenever it is opened (some 50 ms)."""


class Backend(Protocol):
    """One kind of database."""

    engine: Engine
    where: str

    def begin_writing(self, connection: Connection) -> None:
        """Make sure that nobody else writes until the transaction ends."""

    def begin_reading(self, connection: Connection) -> None:
        """Fix what the transaction sees."""

    def still_there(self) -> None:
        """Raise ``StoreError`` where the database was taken away while in use."""

    def lock(self) -> AbstractContextManager[None]:
        """Hold the place of the one daemon."""

    def problems(self, connection: Connection) -> list[str]:
        """What the database itself finds wrong, in plain words."""

    def backup(self, path: Path) -> bool:
        """Copy the database file to ``path``; false where there is no file to copy."""


class SQLiteBackend:
    """A file, or memory where ``path`` is none."""

    def __init__(self, path: Path | None, *, wait: float, create: bool) -> None:
        self.path = path
        self.where = "memory" if path is None else str(path)
        self._number = 0
        self._file: tuple[int, int] | None = None
        if path is not None:
            self._prepare(path, create)
        self.engine = sqlite_engine(path, wait)
        try:
            self._bring_up()
        except BaseException:
            self.engine.dispose()
            raise

    def _prepare(self, path: Path, create: bool) -> None:
        if not path.exists():
            if not create:
                raise StoreError(
                    "There is no store", self.where, "Check the address, or run a first poll."
                )
            log = sqlitefile.beside(path, "-wal")
            if log.exists() and log.stat().st_size > 0:
                raise StoreDamaged(
                    "The store is gone, but its write-ahead log is there",
                    self.where,
                    f"Put the store back, or move {log.name} aside to begin anew.",
                )
            sqlitefile.build(path, APPLICATION, _fill)
        self._number = sqlitefile.inspect_file(path, APPLICATION)
        stat = path.stat()
        self._file = (stat.st_dev, stat.st_ino)

    def _bring_up(self) -> None:
        with self.engine.connect() as connection:
            raw = _raw(connection)
            if self.path is not None:
                raw.execute("PRAGMA journal_mode = WAL")
                self._look_through(raw)
            found = version(connection)
        if self.path is not None and found is None:
            raise StoreDamaged("The store has lost its tables", self.where, ASIDE)
        if found != HEAD:  # most starts need not wait for a writer
            writing = self.engine.connect().execution_options(begin="BEGIN IMMEDIATE")
            with writing as connection, connection.begin():
                self.begin_writing(connection)
                migrate(connection, self.where)

    def _look_through(self, raw: sqlite3.Connection) -> None:
        """Look at every page of a small store; a large one is looked through by ``problems``."""
        assert self.path is not None  # noqa: S101
        if self.path.stat().st_size <= LOOKED_THROUGH:
            wrong = raw.execute("PRAGMA quick_check(1)").fetchone()[0]
            if wrong != "ok":
                raise StoreDamaged(f"The store is damaged: {wrong}", self.where, ASIDE)

    def begin_writing(self, connection: Connection) -> None:
        """``BEGIN IMMEDIATE`` holds the lock already; sign the log (see ``sqlitefile``)."""
        if self.path is not None:
            connection.exec_driver_sql(sqlitefile.sign(self._number))

    def begin_reading(self, connection: Connection) -> None:
        """The first read fixes the snapshot."""
        connection.exec_driver_sql("SELECT 1 FROM meta LIMIT 1")

    def still_there(self) -> None:
        """A file that was deleted or replaced is not the one that we have open."""
        if self.path is None:
            return
        try:
            stat = self.path.stat()
        except OSError:
            stat = None
        if stat is None or (stat.st_dev, stat.st_ino) != self._file:
            raise StoreDamaged(
                "The store was deleted or replaced while it was in use",
                self.where,
                "Put it back and start again; nothing was written to the new place.",
            )

    def lock(self) -> AbstractContextManager[None]:
        """A lock file beside the store."""
        if self.path is None:
            return nullcontext()
        return file_lock(sqlitefile.beside(self.path, ".lock"), self.where)

    def problems(self, connection: Connection) -> list[str]:
        """SQLite's own checks of pages, indexes and references, and of the word index."""
        raw = _raw(connection)
        found = [row[0] for row in raw.execute("PRAGMA integrity_check(20)")]
        wrong = [f"The file is damaged: {line}" for line in found if line != "ok"]
        for table, row, parent, _ in raw.execute("PRAGMA foreign_key_check").fetchmany(20):
            wrong.append(f"Row {row} of {table} points to nothing in {parent}.")
        return wrong

    def backup(self, path: Path) -> bool:
        """``VACUUM INTO`` copies one moment of the store while others write."""
        with self.engine.connect() as connection:
            _raw(connection).execute("VACUUM INTO ?", (str(path),))
        return True


def _raw(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)  # noqa: S101
    return raw


def _fill(draft: Path) -> None:
    engine = sqlite_engine(draft, 5.0)
    try:
        writing = engine.connect().execution_options(begin="BEGIN IMMEDIATE")
        with writing as connection, connection.begin():
            migrate(connection, str(draft))
    finally:
        engine.dispose()


class PostgreSQLBackend:
    """A server; the tables lie in the first schema of the search path."""

    def __init__(self, url: URL, *, wait: float, create: bool) -> None:
        self.where = shown(url)
        self.engine = postgresql_engine(url, wait)
        try:
            self._bring_up(create)
        except BaseException:
            self.engine.dispose()
            raise

    def _bring_up(self, create: bool) -> None:
        with self.engine.connect() as connection:
            found = version(connection)
        if found is None and not create:
            raise StoreError(
                "There is no store", self.where, "Check the address, or run a first poll."
            )
        if found != HEAD:
            with self.engine.begin() as connection:
                self.begin_writing(connection)
                migrate(connection, self.where)

    def begin_writing(self, connection: Connection) -> None:
        """One writer at a time, as in SQLite: numbers of arrival then have no gaps or races."""
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:lock, hashtext(current_schema()))"),
            {"lock": WRITER},
        )

    def begin_reading(self, connection: Connection) -> None:
        """Everything is read as of one moment."""
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def still_there(self) -> None:
        """The pool tests each connection before it hands it out."""

    @contextmanager
    def lock(self) -> Iterator[None]:
        """A lock that the server holds for one connection."""
        with self.engine.connect() as connection, advisory_lock(connection, self.where):
            yield

    def problems(self, connection: Connection) -> list[str]:
        """PostgreSQL checks pages as it reads them; nothing more is asked of it."""
        return []

    def backup(self, path: Path) -> bool:
        """The files are the server's; the records are copied one by one instead."""
        return False


def backend(url: URL, *, wait: float, create: bool) -> Backend:
    """The back end for a SQLAlchemy URL; ``StoreError`` for a database that is not known."""
    kind = url.get_backend_name()
    if kind == "sqlite":
        memory = url.database in (None, "", ":memory:")
        path = None if memory or url.database is None else Path(url.database).resolve()
        return SQLiteBackend(path, wait=wait, create=create)
    if kind == "postgresql":
        return PostgreSQLBackend(url, wait=wait, create=create)
    raise StoreError(
        f"No such kind of store: {kind}",
        shown(url),
        "Use sqlite:///PATH or postgresql://USER@HOST/NAME.",
    )
