"""Backups as files: named by time, rotated, made before an upgrade, put back.

A backup of an SQLite store is a store; one of a PostgreSQL store is a compressed export.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from storage.errors import StoreError
from storage.private_files import FILE, make_folder
from storage.sqlitefile import beside, build, flush, remove_draft

_STAMP = "%Y-%m-%dT%H%M%SZ"
_STAMPED = r"-(\d{4}-\d\d-\d\dT\d{6}Z)(?:-\d+)?"
ROOM = 1.1
"""The free space that a backup needs, as a multiple of the store."""


def backup_path(folder: Path, name: str, suffix: str, at: datetime) -> Path:
    """A new path in ``folder`` for a backup of the store ``name`` made at ``at``."""
    stem = f"{name}-{at.astimezone(UTC):{_STAMP}}"
    path, number = folder / f"{stem}{suffix}", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}{suffix}", number + 1
    return path


def rotate(folder: Path, name: str, suffix: str, keep: int) -> list[Path]:
    """Remove all but the newest ``keep`` backups of the store ``name``; returns what was removed.

    Only files with names made by ``backup_path`` are looked at.
    """
    pattern = re.compile(re.escape(name) + _STAMPED + re.escape(suffix))
    found = sorted(
        (
            (path.stat().st_mtime_ns, path)
            for path in folder.iterdir()
            if pattern.fullmatch(path.name)
        ),
        reverse=True,
    )
    removed = [path for _, path in found[keep:]]
    for path in removed:
        path.unlink(missing_ok=True)
    return removed


def before_upgrade(path: Path, found: str) -> str:
    """Copy the SQLite store at ``path``, of schema ``found``, beside itself; what to tell of it.

    Without room for it nothing is copied, and the message says so.
    """
    target = beside(path, f".before-upgrade-from-{found}")
    if target.exists():
        return f"The store is upgraded from schema {found}; its backup {target} is there already"
    size = path.stat().st_size + _size(beside(path, "-wal"))
    free = shutil.disk_usage(path.parent).free
    if free < size * ROOM:
        return (
            f"The store is upgraded from schema {found} without a backup: that needs"
            f" {size * ROOM / 1e6:,.0f} MB in {path.parent}, and {free / 1e6:,.0f} MB are free"
        )
    draft = beside(target, ".part")
    remove_draft(draft)
    try:
        draft.touch(mode=FILE)
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as source:
            source.execute("VACUUM INTO ?", (str(draft),))
        draft.rename(target)
        flush(target.parent)
    finally:
        draft.unlink(missing_ok=True)
    return f"The store is upgraded from schema {found}; a backup was made: {target}"


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write lines to a new private file that appears when it is complete; ``.gz`` compresses.

    Raises StoreError if ``path`` exists, and OSError.
    """
    if path.exists():
        raise StoreError("The file already exists", str(path), "Choose a new one.")
    make_folder(path.parent)
    draft = beside(path, ".part")
    draft.unlink(missing_ok=True)
    try:
        draft.touch(mode=FILE)
        with draft.open("wb") as file:
            with _compressed(file, path) as text:
                text.writelines(f"{line}\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        flush(path.parent)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _compressed(file: BinaryIO, path: Path) -> Iterator[TextIOWrapper]:
    if path.suffix == ".gz":
        with (
            gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed,
            TextIOWrapper(packed, encoding="utf-8", newline="\n") as text,
        ):
            yield text
    else:
        plain = TextIOWrapper(file, encoding="utf-8", newline="\n")
        yield plain
        plain.detach()


def read_lines(path: Path) -> Iterator[str]:
    """The lines of a file written by ``write_lines``. Raises StoreError if it cannot be read."""
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8", newline="\n")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8", newline="\n")
        ) as file:
            yield from file
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise StoreError(
            f"The file cannot be read: {error}", str(path), "Use another one."
        ) from error


def put_back(source: Path, path: Path, application: int, at: datetime) -> Path | None:
    """Put a copy of the SQLite store ``source`` at ``path``; nothing may use that store.

    A store that is there is kept under another name, never deleted, and ``path`` always has a
    store: the old one until the new one is complete. Returns the new path of the old one. Raises
    StoreError.
    """
    draft = beside(path, ".restored")
    remove_draft(draft)
    build(draft, application, lambda new: _fill(source, new))
    aside = _kept_aside(path, at) if path.exists() else None
    draft.replace(path)
    flush(path.parent)
    return aside


def _kept_aside(path: Path, at: datetime) -> Path:
    """Give the store at ``path`` a second name, and its log to that."""
    aside = backup_path(path.parent, f"{path.name}.replaced", "", at)
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # as a rule no log is left then
    os.link(path, aside)
    for suffix in ("-wal", "-shm"):
        if beside(path, suffix).exists():
            beside(path, suffix).rename(beside(aside, suffix))
    return aside


def _fill(source: Path, draft: Path) -> None:
    number = _user_version(draft)
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
        closing(sqlite3.connect(draft, isolation_level=None)) as new,
    ):
        old.backup(new)
        new.execute(f"PRAGMA user_version = {number}")


def _user_version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
