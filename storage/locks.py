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

from sqlalchemy import Connection, text

from storage.errors import StoreError, StoreLocked
from storage.private_files import FILE

DAEMON = 0x45534F01  # advisory lock numbers on PostgreSQL
WRITER = 0x45534F02


@contextmanager
def file_lock(path: Path, where: str) -> Iterator[None]:
    """Hold the lock file ``path`` while the block runs; ``StoreLocked`` if it is taken."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE)
    except OSError as error:
        raise StoreError(
            f"The lock file cannot be written: {error.strerror}",
            str(path),
            "Grant write permission on that folder.",
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise _locked(where, os.pread(handle, 32, 0).decode("ascii", "replace")) from None
        with suppress(OSError):  # the number is optional: the lock works without it
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode("ascii"), 0)
        yield
    finally:
        os.close(handle)


@contextmanager
def advisory_lock(connection: Connection, where: str) -> Iterator[None]:
    """The same on a PostgreSQL server, with a dedicated connection."""
    taken = connection.execute(
        text("SELECT pg_try_advisory_lock(:lock, hashtext(current_schema()))"), {"lock": DAEMON}
    ).scalar()
    connection.commit()
    if not taken:
        raise _locked(where, "")
    try:
        yield
    finally:
        with suppress(Exception):  # a lost connection has already released the lock
            connection.execute(
                text("SELECT pg_advisory_unlock(:lock, hashtext(current_schema()))"),
                {"lock": DAEMON},
            )
            connection.commit()


def _locked(where: str, process: str) -> StoreLocked:
    who = f"Another daemon (process {process})" if process.strip() else "Another daemon"
    return StoreLocked(f"{who} is using this store", where, "Stop it first, or use another store.")
