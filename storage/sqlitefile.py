"""Checks an SQLite file before opening it, and creates new ones atomically.

SQLite replays any write-ahead log next to a file, and treats an empty file as a
new database. Both can turn an accident into data loss, so they are checked for
before SQLite opens the file.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import struct
import time
from collections.abc import Callable
from pathlib import Path

from storage.errors import ASIDE, StoreDamaged, StoreError
from storage.private_files import FILE, make_folder

_MAGIC = b"SQLite format 3\x00"
_WAL_MAGIC = (0x377F0682, 0x377F0683)
_WAL_HEADER, _FRAME_HEADER = 32, 24
_LOOKS, _PAUSE = 4, 0.05  # attempts, and seconds between them
_USER_VERSION = 60  # offset in page 1: the store's number
_APPLICATION = 68  # offset in page 1: the program that owns the file


def beside(path: Path, suffix: str) -> Path:
    """The path of a companion file, next to the store."""
    return path.with_name(path.name + suffix)


def inspect_file(path: Path, application: int) -> int:
    """Return the store's number; reject empty, truncated or foreign files and foreign logs."""
    where = str(path)
    if path.is_dir():
        raise StoreError("The store is a folder", where, "Use a file instead.")
    try:
        with path.open("rb") as file:
            header = file.read(100)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise StoreError(
            f"The store cannot be read: {error.strerror}", where, "Grant read permission."
        ) from error
    if size == 0:
        raise StoreDamaged("The store is an empty file", where, ASIDE)
    if len(header) < 100 or not header.startswith(_MAGIC):
        raise StoreDamaged(
            "The store is not an SQLite file, or its header is damaged", where, ASIDE
        )
    owner = struct.unpack_from(">I", header, _APPLICATION)[0]
    if owner != application:
        raise StoreError(
            "The file is an SQLite database of another program", where, "Use another file."
        )
    number: int = struct.unpack_from(">I", header, _USER_VERSION)[0]
    log = beside(path, "-wal")
    if not log.exists() and beside(path, "-shm").exists():
        raise StoreDamaged(
            "The store was not closed, and its write-ahead log is gone",
            str(log),
            f"Put the log back. If it is lost, so are the last polls: remove {path.name}-shm to"
            " open the store without them.",
        )
    logged = log.exists() and log.stat().st_size > 0
    if logged and not _surely_belongs(log, number):
        raise StoreDamaged(
            "The write-ahead log belongs to a different database",
            str(log),
            "Put the right log back, or move this one aside to open the store without it.",
        )
    if not logged:
        _whole(where, header, size)
    return number


def _whole(where: str, header: bytes, size: int) -> None:
    page = struct.unpack_from(">H", header, 16)[0]
    page = 65_536 if page == 1 else page
    pages: int = struct.unpack_from(">I", header, 28)[0]
    if page and pages * page > size:
        raise StoreDamaged(f"The store is truncated: {size} of {pages * page} bytes", where, ASIDE)


def _surely_belongs(log: Path, number: int) -> bool:
    """Like ``_belongs``, but retries, in case a writer is changing the log."""
    for _ in range(_LOOKS):
        if _belongs(log, number):
            return True
        time.sleep(_PAUSE)
    return False


def _belongs(log: Path, number: int) -> bool:
    """Whether the part of ``log`` that SQLite would replay belongs to the store ``number``.

    Each of our transactions writes the store's number (see ``sign``), which puts page 1
    into the log. A log whose first committed transaction has no number, or a different
    one, is not ours. Format: https://www.sqlite.org/fileformat2.html#walformat
    """
    with log.open("rb") as file:
        header = file.read(_WAL_HEADER)
        if len(header) < _WAL_HEADER:
            return True  # truncated before anything was committed
        magic, _, page, _, salt1, salt2, _, _ = struct.unpack(">8I", header)
        if magic not in _WAL_MAGIC:
            return False
        signed = False
        while len(frame := file.read(_FRAME_HEADER)) == _FRAME_HEADER:
            place, committed, first, second, _, _ = struct.unpack(">6I", frame)
            if (first, second) != (salt1, salt2):
                return True  # the rest is left over from before the log was restarted
            start = file.read(page)
            if len(start) < page:
                return True
            if place == 1:
                if struct.unpack_from(">I", start, _USER_VERSION)[0] != number:
                    return False
                signed = True
            if committed and not signed:
                return False
    return True


def sign(number: int) -> str:
    """The statement that marks a transaction as belonging to the store ``number``."""
    return f"PRAGMA user_version = {number - (1 << 32) if number >= 1 << 31 else number}"


def build(path: Path, application: int, fill: Callable[[Path], None]) -> bool:
    """Create a new store next to ``path`` and move it there when it is complete.

    ``fill`` gets an empty SQLite file and must close it again. If the process is killed,
    ``path`` has either no file or a complete one. Returns false if another process was
    faster.
    """
    draft = beside(path, ".new")
    try:
        make_folder(path.parent)
        handle = _held(draft)
    except OSError as error:
        raise StoreError(
            f"The store cannot be created: {error.strerror}",
            str(path),
            "Grant write permission on that folder, or choose another.",
        ) from error
    try:
        if path.exists():
            return False
        os.ftruncate(handle, 0)
        _remove_logs(draft)
        try:
            stamp(draft, application)
            fill(draft)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        draft.rename(path)
        flush(path.parent)
    finally:
        os.close(handle)
    return True


def _held(draft: Path) -> int:
    """Open and lock the draft, making sure that no other process has just replaced it."""
    while True:
        handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE)
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            if os.path.samestat(os.fstat(handle), draft.stat()):
                return handle
        except FileNotFoundError:
            pass  # it was completed and renamed, or abandoned: try again
        os.close(handle)


def remove_draft(draft: Path) -> None:
    """Remove an unfinished file and what SQLite left beside it, if they exist."""
    draft.unlink(missing_ok=True)
    _remove_logs(draft)


def _remove_logs(draft: Path) -> None:
    for leftover in ("-journal", "-wal", "-shm"):
        beside(draft, leftover).unlink(missing_ok=True)


def stamp(path: Path, application: int) -> None:
    """Write the application id and a new store number into the file at ``path``."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute(f"PRAGMA application_id = {application}")
        connection.execute(sign(int.from_bytes(os.urandom(4), "big") or 1))
    finally:
        connection.close()


def flush(folder: Path) -> None:
    """Make sure that new names in ``folder`` are on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
