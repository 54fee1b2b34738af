"""The store: the one door to everything that is kept."""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from storage import address, checks, copying
from storage.backends import Backend, backend
from storage.codecs import Unreadable
from storage.errors import StoreBusy, StoreDamaged, StoreError, translate
from storage.search_words import searchable
from storage.statements import Fold, Session, WriteSession
from storage.transaction import Transaction
from storage.view import View


def _faults() -> tuple[type[Exception], ...]:
    """What databases raise; psycopg is a tenth of a second that a SQLite store can save."""
    psycopg = sys.modules.get("psycopg")
    return (SQLAlchemyError, sqlite3.Error, *((psycopg.Error,) if psycopg else ()))


class Store:
    """An open store, safe to use from several threads; writers take turns."""

    def __init__(self, back: Backend, fold: Fold, wait: float) -> None:
        self._back = back
        self._fold = fold
        self._wait = wait
        self._write_lock = threading.Lock()
        self._writer: int | None = None

    @classmethod
    def open(
        cls, url: str, *, create: bool = True, fold: Fold = searchable, wait: float = 30.0
    ) -> Store:
        """Open the store at a SQLAlchemy URL, made or brought to the present schema as needed.

        ``sqlite:///PATH`` (``sqlite://`` for one in memory) or
        ``postgresql://USER@HOST/NAME``. ``fold`` makes words comparable for search;
        a store keeps to one. ``wait`` is how many seconds a lock is waited for.
        Raises ``StoreError`` with what is wrong, where, and what to do.
        """
        parsed = address.parse(url)
        try:
            return cls(backend(parsed, wait=wait, create=create), fold, wait)
        except _faults() as error:
            raise translate(error, address.shown(parsed)) from error

    @property
    def where(self) -> str:
        """The file or the server's address, without password."""
        return self._back.where

    def close(self) -> None:
        """Close every connection; SQLite folds its log into the file."""
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
        """One write transaction: all of the block is stored, or nothing.

        The one writer at a time, in this process and in others. ``StoreBusy`` where
        another kept its turn too long; a block that raises is rolled back.
        """
        with self._writing_alone(), self._faults():
            self._back.still_there()
            writing = self._back.engine.connect().execution_options(begin="BEGIN IMMEDIATE")
            with writing as connection, connection.begin():
                self._back.begin_writing(connection)
                yield Transaction(WriteSession(connection, self._fold))

    @contextmanager
    def reading(self) -> Iterator[View]:
        """A view of the store as it is at this moment, whatever is written meanwhile."""
        alone = self._back.engine.pool.__class__.__name__ == "StaticPool"
        with self._faults():
            if alone:  # a store in memory has one connection: readers take turns too
                with self._writing_alone():
                    yield from self._view()
            else:
                self._back.still_there()
                yield from self._view()

    def _view(self) -> Iterator[View]:
        with self._back.engine.connect() as connection, connection.begin() as view:
            self._back.begin_reading(connection)
            yield View(Session(connection, self._fold))
            view.rollback()

    def lock_daemon(self) -> AbstractContextManager[None]:
        """Hold the place of the one daemon on this store; ``StoreLocked`` where it is taken."""
        return self._back.lock()

    def check(self) -> list[str]:
        """What is wrong with what is stored, in plain words; nothing when all is well."""
        with self._faults():
            with self._back.engine.connect() as connection:
                found = self._back.problems(connection)
            if found:
                return found
            with self.reading() as view:
                return checks.problems(view.session)

    def backup(self, path: Path) -> None:
        """Write a copy of the store as it is at this moment to a new SQLite file at ``path``.

        Other processes may go on writing. A PostgreSQL store is copied into a
        SQLite file too, which can be opened like any other store.
        """
        with self._faults():
            copying.backup(self._back, path, self._fold)

    def copy_to(self, url: str) -> str:
        """Copy the store as it is at this moment into the new or empty one at ``url``.

        From SQLite to PostgreSQL or back: records, evidence, poll states and what can
        be searched, whole or not at all. Gives where it went, without password.
        ``StoreError`` where ``url`` holds something already.
        """
        parsed = address.parse(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
            self.backup(Path(str(parsed.database)))
            return address.shown(parsed)
        with Store.open(url, fold=self._fold, wait=self._wait) as other:
            if other.where == self.where:
                raise StoreError(
                    "A store cannot be copied into itself", self.where, "Name another."
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
                "Finish the first one before.",
            )
        if not self._write_lock.acquire(timeout=self._wait):
            raise StoreBusy("Timed out waiting for the write lock", self.where, "Try again later.")
        self._writer = me
        try:
            yield
        finally:
            self._writer = None
            self._write_lock.release()

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
