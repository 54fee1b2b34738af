"""The store: the only access to persistent data."""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, RootTransaction
from sqlalchemy.exc import SQLAlchemyError

from storage import address, checks, copying, json_lines, repairs
from storage.backends import Backend, backend
from storage.codecs import Unreadable
from storage.errors import StoreBusy, StoreDamaged, StoreError, translate
from storage.locks import DaemonLock
from storage.row_checks import damages
from storage.search_words import searchable
from storage.sizes import TableSize, table_sizes
from storage.statements import Fold, Session, WriteSession
from storage.transaction import Transaction
from storage.turns import Queue
from storage.view import View


def _faults() -> tuple[type[Exception], ...]:
    """Database exceptions; importing psycopg takes 0.1 s, so SQLite stores skip it."""
    psycopg = sys.modules.get("psycopg")
    return (SQLAlchemyError, sqlite3.Error, *((psycopg.Error,) if psycopg else ()))


class Store:
    """An open store, safe to use from several threads; writers take turns."""

    def __init__(self, back: Backend, fold: Fold, wait: float) -> None:
        self._back = back
        self._fold = fold
        self._wait = wait
        self._queue = Queue()
        self._writer: int | None = None
        self._daemon_lock: DaemonLock | None = None

    @classmethod
    def open(
        cls,
        url: str,
        *,
        create: bool = True,
        fold: Fold = searchable,
        wait: float = 30.0,
        trust: bool = False,
    ) -> Store:
        """Open the store at a SQLAlchemy URL, creating or migrating it if needed.

        The URL is ``sqlite:///PATH`` (``sqlite://`` for in-memory) or
        ``postgresql://USER@HOST/NAME``. ``fold`` normalises words for search and must
        not change for a store. ``wait`` is the lock timeout in seconds. With ``trust`` a small
        file is not checked first, so that a damaged one can be examined.
        Raises ``StoreError`` with what is wrong, where, and what to do.
        """
        parsed = address.parse(url)
        try:
            return cls(backend(parsed, wait=wait, create=create, trust=trust), fold, wait)
        except _faults() as error:
            raise translate(error, address.shown(parsed)) from error

    @property
    def where(self) -> str:
        """The file or the server's address, without the password."""
        return self._back.where

    @property
    def notes(self) -> tuple[str, ...]:
        """What there is to tell about how the store was opened: an upgrade and its backup."""
        return self._back.notes

    @property
    def file(self) -> Path | None:
        """The file of an SQLite store; None for a server, or in memory."""
        return getattr(self._back, "path", None)

    def close(self) -> None:
        """Close all connections; SQLite merges its log into the file."""
        self._back.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One write transaction: the whole block is stored, or nothing.

        There is only one writer at a time, across all processes, in order of arrival. Raises
        ``StoreBusy`` if another writer takes too long. If the block raises, it is rolled back.
        """
        with self._writing_alone(), self._faults():
            self._back.still_there()
            writing = self._back.engine.connect().execution_options(begin="BEGIN IMMEDIATE")
            with (
                writing as connection,
                self._begun(connection),
                closing(WriteSession(connection, self._fold)) as session,
            ):
                yield Transaction(session)

    @contextmanager
    def reading(self) -> Iterator[View]:
        """A snapshot of the store, unaffected by later writes."""
        alone = self._back.engine.pool.__class__.__name__ == "StaticPool"
        with self._faults():
            if alone:  # an in-memory store has one connection, so readers take turns too
                with self._writing_alone():
                    yield from self._view()
            else:
                self._back.still_there()
                yield from self._view()

    def _view(self) -> Iterator[View]:
        with self._back.engine.connect() as connection, connection.begin() as view:
            self._back.begin_reading(connection)
            with closing(Session(connection, self._fold)) as session:
                yield View(session)
            view.rollback()

    @contextmanager
    def lock_daemon(self) -> Iterator[None]:
        """Lock this store for one daemon; ``StoreLocked`` if another daemon holds the lock."""
        lock = self._back.lock()
        with self._faults():
            lock.take()
        self._daemon_lock = lock
        try:
            yield
        finally:
            self._daemon_lock = None
            lock.release()

    def keep_daemon_lock(self) -> None:
        """Look whether ``lock_daemon`` still holds, and take the lock again if it was lost.

        A server that is restarted forgets it. Raises ``StoreLocked`` if another daemon was
        faster, and ``StoreAway`` if the server does not answer.
        """
        if self._daemon_lock is not None:
            with self._faults():
                self._back.still_there()
                self._daemon_lock.keep()

    def check(self) -> list[str]:
        """Descriptions of all problems in the stored data; empty if there are none.

        Reads every value of every row, in one snapshot, while others may write.
        """
        found: dict[str, None] = {}
        with self.reading() as view:
            connection = view.session.connection
            for look in (
                lambda: self._back.problems(connection),
                lambda: map(str, damages(connection)),
                lambda: checks.problems(view.session),
            ):
                try:
                    found |= dict.fromkeys(look())
                except _faults() as error:
                    found[translate(error, self.where).what] = None
        return list(found)

    def repair(self) -> list[str]:
        """Repair what can be repaired; descriptions of what was done. ``check`` tells the rest."""
        with self.transaction() as tx:
            session = tx.session
            assert isinstance(session, WriteSession)  # noqa: S101 # that of a transaction
            return list(repairs.repair(session))

    def export_lines(self) -> Iterator[str]:
        """Everything in one snapshot, as lines of JSON (see ``json_lines``)."""
        with self.reading() as view:
            yield from json_lines.dump(view.session.connection)

    def import_lines(self, lines: Iterable[str], source: str) -> int:
        """Fill this empty store with an export, completely or not at all; the number of rows.

        ``source`` names the export in errors. Raises StoreError.
        """
        with self.transaction() as tx:
            if tx.feeds.list() or tx.counts().items:
                raise StoreError("The store is not empty", self.where, "Use a new one.")
            count = json_lines.load(tx.session.connection, lines, source)
            copying.index_words(tx.session.connection, self._fold)
            return count

    def vacuum(self) -> None:
        """Give unused space back to the file system. Raises StoreBusy beside a writer."""
        with self._writing_alone(), self._faults():
            self._back.still_there()
            with self._turn():
                self._back.vacuum()

    def sizes(self) -> list[TableSize]:
        """The tables with their rows and bytes, the largest first."""
        with self.reading() as view:
            return table_sizes(view.session.connection)

    def backup(self, path: Path) -> None:
        """Write a snapshot of the store to a new SQLite file at ``path``.

        Other processes may continue writing. A PostgreSQL store is also copied into
        an SQLite file, which can be opened like any other store.
        """
        with self._faults():
            copying.backup(self._back, path, self._fold)

    def copy_to(self, url: str) -> str:
        """Copy a snapshot of the store into the new or empty store at ``url``.

        Works between SQLite and PostgreSQL, in either direction. Copies records, evidence,
        poll states and the search index, completely or not at all. Returns the target
        address without the password. Raises ``StoreError`` if the target is not empty.
        """
        parsed = address.parse(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
            self.backup(Path(str(parsed.database)))
            return address.shown(parsed)
        with Store.open(url, fold=self._fold, wait=self._wait) as other:
            if other.where == self.where:
                raise StoreError(
                    "A store cannot be copied into itself", self.where, "Use another target."
                )
            with other._faults(), self._faults():
                copying.transfer(self._back, other._back, self._fold)
            return other.where

    @contextmanager
    def _writing_alone(self) -> Iterator[None]:
        me = threading.get_ident()
        if self._writer == me:
            raise StoreError(
                "A transaction was started inside another",
                self.where,
                "Finish the first one before starting another.",
            )
        if not self._queue.enter(self._wait):
            raise self._busy()
        self._writer = me
        try:
            yield
        finally:
            self._writer = None
            self._queue.leave()

    def _begun(self, connection: Connection) -> RootTransaction:
        """Begin to write in ``connection``, after the writers that have waited longer."""
        with self._turn():
            begun = connection.begin()
            try:
                self._back.begin_writing(connection)
            except BaseException:
                begun.close()
                raise
            return begun

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._back.turn(self._wait) as reached:
            if not reached:
                raise self._busy()
            yield

    def _busy(self) -> StoreBusy:
        return StoreBusy("Timed out waiting for the write lock", self.where, "Try again later.")

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except Unreadable as error:
            raise StoreDamaged(
                f"The store is damaged: {error}", self.where, "Restore a backup."
            ) from error
        except _faults() as error:
            raise translate(error, self.where) from error
