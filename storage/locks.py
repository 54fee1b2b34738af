"""One daemon per store.

The lock belongs to the operating system or the database session, so it ends with
its process in any case: even kill -9 leaves no stale lock.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from storage.errors import StoreError, StoreLocked
from storage.private_files import FILE

DAEMON = 0x45534F01  # advisory lock numbers on PostgreSQL
WRITER = 0x45534F02


class DaemonLock(Protocol):
    """The lock of the one daemon of a store."""

    def take(self) -> None:
        """Take the lock; ``StoreLocked`` if another daemon holds it."""

    def keep(self) -> None:
        """Take the lock again if it was lost; ``StoreLocked`` if another daemon has it now."""

    def release(self) -> None:
        """Give it up."""


class NoLock:
    """The lock of a store in memory, which nobody else can open."""

    def take(self) -> None:
        """Nothing to do."""

    def keep(self) -> None:
        """Nothing to do."""

    def release(self) -> None:
        """Nothing to do."""


class FileLock:
    """A locked file beside an SQLite store. It is lost if somebody removes the file."""

    def __init__(self, path: Path, where: str) -> None:
        self._path, self._where = path, where
        self._handle: int | None = None

    def take(self) -> None:
        """See ``DaemonLock``."""
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE)
        except OSError as error:
            raise StoreError(
                f"The lock file cannot be written: {error.strerror}",
                str(self._path),
                "Grant write permission on that folder.",
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            process = os.pread(handle, 32, 0).decode("ascii", "replace")
            os.close(handle)
            raise _locked(self._where, process) from None
        with suppress(OSError):  # the number is optional: the lock works without it
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode("ascii"), 0)
        self._handle = handle

    def keep(self) -> None:
        """See ``DaemonLock``."""
        if self._handle is None:
            return
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(self._handle), self._path.stat()):
                return
        self.release()
        self.take()

    def release(self) -> None:
        """See ``DaemonLock``."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class AdvisoryLock:
    """A lock that a PostgreSQL server ties to one connection. It is lost with the connection."""

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine, self._where = engine, where
        self._connection: Connection | None = None

    def take(self) -> None:
        """See ``DaemonLock``."""
        connection = self._engine.connect()
        if not _asked(connection, "pg_try_advisory_lock"):
            connection.close()
            raise _locked(self._where, "")
        self._connection = connection

    def keep(self) -> None:
        """See ``DaemonLock``."""
        if self._connection is None:
            self.take()
            return
        try:
            self._connection.execute(text("SELECT 1"))
            self._connection.rollback()
        except DBAPIError:
            self._forget()
            self.take()

    def release(self) -> None:
        """See ``DaemonLock``."""
        if self._connection is not None:
            with suppress(DBAPIError):  # a lost connection has already released the lock
                _asked(self._connection, "pg_advisory_unlock")
            self._forget()

    def _forget(self) -> None:
        if self._connection is not None:
            with suppress(DBAPIError):
                self._connection.invalidate()
                self._connection.close()
            self._connection = None


def _asked(connection: Connection, function: str) -> bool:
    """The answer of a function of the server about our lock."""
    query = text(f"SELECT {function}(:lock, hashtext(current_schema()))")  # ours
    found = connection.execute(query, {"lock": DAEMON}).scalar()
    connection.commit()
    return bool(found)


@contextmanager
def file_lock(path: Path, where: str) -> Iterator[None]:
    """Hold the lock file ``path`` while the block runs; ``StoreLocked`` if it is taken."""
    lock = FileLock(path, where)
    lock.take()
    try:
        yield
    finally:
        lock.release()


def _locked(where: str, process: str) -> StoreLocked:
    who = f"Another daemon (process {process})" if process.strip() else "Another daemon"
    return StoreLocked(f"{who} is using this store", where, "Stop it first, or use another store.")
