"""A clean copy of a store while it is in use."""

from __future__ import annotations

from pathlib import Path

from storage.backends import Backend, SQLiteBackend
from storage.errors import StoreError
from storage.statements import Fold


def backup(back: Backend, path: Path, fold: Fold) -> None:
    """Copy what ``back`` holds into a new SQLite store at ``path``."""
    if path.exists():
        raise StoreError("The file for the copy exists", str(path), "Name a new one.")
    if isinstance(back, SQLiteBackend):
        with back.engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None  # noqa: S101
            raw.execute("VACUUM INTO ?", (str(path),))
