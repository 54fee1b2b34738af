"""Store errors, with messages that users can act on."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

from aggregator.model.errors import UserError


class StoreError(UserError):
    """A store operation failed; the message says what, where and what to do.

    ``passing`` is true if the same call may succeed later (locked, disk full, server
    unreachable): the daemon skips this poll and continues.
    """

    passing = False

    def __init__(self, what: str, where: str, todo: str) -> None:
        super().__init__(f"{what} ({where}). {todo}")
        self.what, self.where, self.todo = what, where, todo


class StoreBusy(StoreError):  # noqa: N818 (named for what happened)
    """Timed out waiting for a lock held by another process."""

    passing = True


class StoreFull(StoreError):  # noqa: N818 (named for what happened)
    """The disk is full."""

    passing = True


class StoreAway(StoreError):  # noqa: N818 (named for what happened)
    """The database server cannot be reached or closed the connection."""

    passing = True


class StoreDamaged(StoreError):  # noqa: N818 (named for what happened)
    """The stored data is damaged; nothing was changed."""


class StoreMissing(StoreError):  # noqa: N818 (named for what happened)
    """There is no store at this address, and none was to be created."""


class StoreNewer(StoreError):  # noqa: N818 (named for what happened)
    """The store was written by a newer version of this program."""


class StoreLocked(StoreError):  # noqa: N818 (named for what happened)
    """Another daemon is using this store."""


ASIDE = "Restore a backup, or move the file aside to start afresh; it was not changed."
"""What to do about a damaged file."""


def translate(error: BaseException, where: str) -> StoreError:
    """Convert an error from a database driver or SQLAlchemy to a ``StoreError``."""
    origin = error.orig if isinstance(error, DBAPIError) and error.orig else error
    if isinstance(origin, sqlite3.Error):
        return _from_sqlite(origin, where)
    return _from_postgresql(origin, where)


def _from_sqlite(error: sqlite3.Error, where: str) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code is the low byte
    text = str(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(
            "The store is locked by another process",
            where,
            "Wait for it to finish, or stop it, and try again.",
        )
    if code == sqlite3.SQLITE_FULL:
        return StoreFull("The disk is full", where, "Free some space; no partial write was kept.")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or "Could not decode" in text:
        return StoreDamaged(f"The store is damaged: {text}", where, ASIDE)
    if code == sqlite3.SQLITE_READONLY:
        return StoreError(
            "The store cannot be written to",
            where,
            "Grant write permission on the file and its folder.",
        )
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StoreError(
            "The store cannot be opened",
            where,
            "Check that the folder exists and that you can read and write it.",
        )
    if code == sqlite3.SQLITE_IOERR:
        return StoreError(
            f"The disk failed: {text}",
            where,
            "Check for a full disk and the system log, then try again.",
        )
    return StoreError(f"The database failed: {text}", where, "This is a bug; please report it.")


def _from_postgresql(error: BaseException, where: str) -> StoreError:
    state = getattr(error, "sqlstate", None) or ""
    text = " ".join(str(error).split())
    if state == "55P03":  # lock_not_available
        return StoreBusy(
            "The store is locked by another process",
            where,
            "Wait for it to finish, or stop it, and try again.",
        )
    if state == "53100":  # disk_full
        return StoreFull(
            "The server's disk is full", where, "Free some space; no partial write was kept."
        )
    if state.startswith("XX"):
        return StoreDamaged(f"The store is damaged: {text}", where, "Restore a backup.")
    if state.startswith("25006"):
        return StoreError(
            "The store cannot be written to", where, "Connect to a server that accepts writes."
        )
    if state.startswith(("28", "3D", "42501")):
        return StoreError(
            f"Access refused: {text}",
            where,
            "Check user, password, database and permissions.",
        )
    if not state and type(error).__name__ == "ProgrammingError":
        return StoreError(f"The store address is not usable: {text}", where, "Correct the address.")
    if state.startswith(("08", "57", "53")) or not state:
        return StoreAway(
            f"The server does not answer: {text}",
            where,
            "Check that it is running, then try again.",
        )
    return StoreError(f"The database failed: {text}", where, "This is a bug; please report it.")
