"""SQLite and PostgreSQL behind one interface: opening, locking, checking, copying."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import URL

from storage import sqlitefile
from storage.address import shown
from storage.backups import before_upgrade
from storage.connections import APPLICATION, postgresql_engine, sqlite_engine
from storage.errors import ASIDE, StoreDamaged, StoreError, StoreMissing
from storage.locks import WRITER, AdvisoryLock, DaemonLock, FileLock, NoLock
from storage.migrate import HEAD, KNOWN, migrate, version
from storage.private_files import FILE
from storage.schema import metadata
from storage.sizes import WORDS
from storage.turns import next_turn

LOOKED_THROUGH = 32_000_000
"""Maximum size in bytes of SQLite files that are checked on every open (about 50 ms)."""


class Backend(Protocol):
    """One kind of database."""

    engine: Engine
    where: str
    notes: tuple[str, ...]
    """What there is to tell about how the store was opened."""

    def turn(self, seconds: float) -> AbstractContextManager[bool]:
        """Wait behind other writers until the block ends; gives false after ``seconds``."""

    def begin_writing(self, connection: Connection) -> None:
        """Block other writers until the transaction ends."""

    def begin_reading(self, connection: Connection) -> None:
        """Fix the snapshot that the transaction sees."""

    def still_there(self) -> None:
        """Raise ``StoreError`` if the database was removed while in use."""

    def lock(self) -> DaemonLock:
        """The lock of the one daemon, not taken yet."""

    def problems(self, connection: Connection) -> list[str]:
        """Descriptions of the problems that the database itself finds."""

    def backup(self, path: Path) -> bool:
        """Copy the database file to ``path``. Returns False for a server, which has none."""

    def vacuum(self) -> None:
        """Give unused space back to the file system."""


class SQLiteBackend:
    """An SQLite file, or an in-memory database if ``path`` is None."""

    def __init__(
        self, path: Path | None, *, wait: float, create: bool, trust: bool = False
    ) -> None:
        self.path = path
        self.notes: tuple[str, ...] = ()
        self._trust = trust
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
                raise StoreMissing(
                    "There is no store", self.where, "Check the address, or poll once to create it."
                )
            log = sqlitefile.beside(path, "-wal")
            if log.exists() and log.stat().st_size > 0:
                raise StoreDamaged(
                    "The store is missing, but its write-ahead log still exists",
                    self.where,
                    f"Put the store back, or move {log.name} aside to start afresh.",
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
            raise StoreDamaged("The store has no tables", self.where, ASIDE)
        if self.path is not None and found in KNOWN[:-1]:
            self.notes = (before_upgrade(self.path, found),)
        if found != HEAD:  # usually not needed, so that opening need not wait for a writer
            writing = self.engine.connect().execution_options(begin="BEGIN IMMEDIATE")
            with writing as connection, connection.begin():
                self.begin_writing(connection)
                migrate(connection, self.where)

    def _look_through(self, raw: sqlite3.Connection) -> None:
        """Check every page of a small store; large ones are checked only by ``problems``."""
        assert self.path is not None  # noqa: S101
        if not self._trust and self.path.stat().st_size <= LOOKED_THROUGH:
            wrong = raw.execute("PRAGMA quick_check(1)").fetchone()[0]
            if wrong != "ok":
                raise StoreDamaged(f"The store is damaged: {wrong}", self.where, ASIDE)

    def turn(self, seconds: float) -> AbstractContextManager[bool]:
        """A lock file next to the store (see ``turns``)."""
        if self.path is None:
            return nullcontext(True)
        return next_turn(sqlitefile.beside(self.path, ".turn"), seconds)

    def begin_writing(self, connection: Connection) -> None:
        """Sign the log (see ``sqlitefile``); ``BEGIN IMMEDIATE`` already holds the lock."""
        if self.path is not None:
            connection.exec_driver_sql(sqlitefile.sign(self._number))

    def begin_reading(self, connection: Connection) -> None:
        """The first read fixes the snapshot."""
        connection.exec_driver_sql("SELECT 1 FROM meta LIMIT 1")

    def still_there(self) -> None:
        """Check that the open file was not deleted or replaced."""
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

    def lock(self) -> DaemonLock:
        """A lock file next to the store."""
        if self.path is None:
            return NoLock()
        return FileLock(sqlitefile.beside(self.path, ".lock"), self.where)

    def problems(self, connection: Connection) -> list[str]:
        """SQLite's own checks of pages, indexes, references and the word index."""
        raw = _raw(connection)
        found = [row[0] for row in raw.execute("PRAGMA integrity_check(20)")]
        wrong = [f"The file is damaged: {line}" for line in found if line != "ok"]
        for table, row, parent, _ in raw.execute("PRAGMA foreign_key_check").fetchmany(20):
            wrong.append(f"Row {row} of {table} refers to a missing row in {parent}.")
        return wrong

    def backup(self, path: Path) -> bool:
        """``VACUUM INTO`` copies a snapshot of the store while others write."""
        path.touch(mode=FILE)  # SQLite fills an empty file, and keeps its permissions
        with self.engine.connect() as connection:
            _raw(connection).execute("VACUUM INTO ?", (str(path),))
        return True

    def vacuum(self) -> None:
        """``VACUUM``, then the log is merged into the file."""
        with self.engine.connect() as connection:
            raw = _raw(connection)
            raw.execute("VACUUM")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


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
    """A PostgreSQL server; the tables are in the first schema of the search path."""

    def __init__(self, url: URL, *, wait: float, create: bool) -> None:
        self.where = shown(url)
        self.notes: tuple[str, ...] = ()
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
            raise StoreMissing(
                "There is no store", self.where, "Check the address, or poll once to create it."
            )
        if found != HEAD:
            with self.engine.begin() as connection:
                self.begin_writing(connection)
                migrate(connection, self.where)

    def turn(self, seconds: float) -> AbstractContextManager[bool]:
        """Nothing to wait for: the server keeps a queue of its own for the writers' lock."""
        return nullcontext(True)

    def begin_writing(self, connection: Connection) -> None:
        """One writer at a time, as in SQLite, so arrival numbers have no gaps or races."""
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:lock, hashtext(current_schema()))"),
            {"lock": WRITER},
        )

    def begin_reading(self, connection: Connection) -> None:
        """All reads see the same snapshot."""
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def still_there(self) -> None:
        """The pool tests each connection before handing it out."""

    def lock(self) -> DaemonLock:
        """A lock that the server ties to one connection."""
        return AdvisoryLock(self.engine, self.where)

    def problems(self, connection: Connection) -> list[str]:
        """None: PostgreSQL checks pages as it reads them."""
        return []

    def backup(self, path: Path) -> bool:
        """Always false: the server owns the files, so the records are copied instead."""
        return False

    def vacuum(self) -> None:
        """``VACUUM`` of our tables; the server may use the space for new rows."""
        names = ", ".join((*metadata.tables, WORDS))
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"VACUUM (ANALYZE) {names}")


def backend(url: URL, *, wait: float, create: bool, trust: bool = False) -> Backend:
    """The backend for a SQLAlchemy URL; ``StoreError`` for an unknown database."""
    kind = url.get_backend_name()
    if kind == "sqlite":
        memory = url.database in (None, "", ":memory:")
        path = None if memory or url.database is None else Path(url.database).resolve()
        return SQLiteBackend(path, wait=wait, create=create, trust=trust)
    if kind == "postgresql":
        return PostgreSQLBackend(url, wait=wait, create=create)
    raise StoreError(
        f"Unknown kind of store: {kind}",
        shown(url),
        "Use sqlite:///PATH or postgresql://USER@HOST/NAME.",
    )
