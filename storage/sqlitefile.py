"""A SQLite file before it is opened and while it is made: is it ours, is it whole.

SQLite replays any write-ahead log that lies beside a file and makes an empty
file into a new database. Both can turn an accident into a loss, so they are
looked for before SQLite sees the file.
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

_MAGIC = b"SQLite format 3\x00"
_WAL_MAGIC = (0x377F0682, 0x377F0683)
_WAL_HEADER, _FRAME_HEADER = 32, 24
_LOOKS, _PAUSE = 4, 0.05  # how often, and seconds between
_USER_VERSION = 60  # offset in page 1: the store's own number
_APPLICATION = 68  # offset in page 1: whose file it is


def beside(path: Path, suffix: str) -> Path:
    """The file that SQLite, or we, keep beside the store."""
    return path.with_name(path.name + suffix)


def inspect_file(path: Path, application: int) -> int:
    """Refuse a file that is empty, cut off, foreign, or has a foreign log; gives its own number."""
    where = str(path)
    if path.is_dir():
        raise StoreError("The store is a folder", where, "Name a file instead.")
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
            "The file is an SQLite database of another program", where, "Name another file."
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
    """As ``_belongs``, looked at again where a writer was perhaps just at it."""
    for _ in range(_LOOKS):
        if _belongs(log, number):
            return True
        time.sleep(_PAUSE)
    return False


def _belongs(log: Path, number: int) -> bool:
    """Whether what SQLite would replay from ``log`` was written to the store ``number``.

    Each of our transactions writes the store's number (see ``sign``) and so puts
    page 1 into the log. A log whose first committed transaction lacks it, or has
    another number, is not ours. Format: https://www.sqlite.org/fileformat2.html#walformat
    """
    with log.open("rb") as file:
        header = file.read(_WAL_HEADER)
        if len(header) < _WAL_HEADER:
            return True  # cut off before anything could be committed
        magic, _, page, _, salt1, salt2, _, _ = struct.unpack(">8I", header)
        if magic not in _WAL_MAGIC:
            return False
        signed = False
        while len(frame := file.read(_FRAME_HEADER)) == _FRAME_HEADER:
            place, committed, first, second, _, _ = struct.unpack(">6I", frame)
            if (first, second) != (salt1, salt2):
                return True  # what follows is left over from before the log was begun anew
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
    """The statement that makes a transaction recognisable as one of the store ``number``."""
    return f"PRAGMA user_version = {number - (1 << 32) if number >= 1 << 31 else number}"


def build(path: Path, application: int, fill: Callable[[Path], None]) -> bool:
    """Make a new store beside ``path`` and put it there once it is whole.

    ``fill`` gets an empty SQLite file and closes it again. Killed at any point,
    either no file or a whole one stands at ``path``. Gives false where another
    process was faster.
    """
    draft = beside(path, ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
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
        for leftover in ("-journal", "-wal", "-shm"):
            beside(draft, leftover).unlink(missing_ok=True)
        try:
            stamp(draft, application)
            fill(draft)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        draft.rename(path)
        _flush(path.parent)
    finally:
        os.close(handle)
    return True


def _held(draft: Path) -> int:
    """The draft, open and locked by us; not one that another process just put in its place."""
    while True:
        handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            if os.path.samestat(os.fstat(handle), draft.stat()):
                return handle
        except FileNotFoundError:
            pass  # it was whole and got its name, or was given up: look again
        os.close(handle)


def stamp(path: Path, application: int) -> None:
    """Write into the file at ``path`` whose it is, and a number of its own."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute(f"PRAGMA application_id = {application}")
        connection.execute(sign(int.from_bytes(os.urandom(4), "big") or 1))
    finally:
        connection.close()


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
