"""feeds.toml while the program runs: read again when it changes, edited with its comments kept."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Lock

from aggregator.config.load import load
from aggregator.config.problems import ConfigError
from aggregator.settings import Settings


class SettingsFile:
    """The settings of a file, for several threads."""

    def __init__(self, settings: Settings, *, store: str | None = None) -> None:
        """``settings`` as loaded from ``settings.path``; ``store`` replaces the address in it."""
        self._settings = settings
        self._store = store
        self._stamp = stamp(settings.path)
        self._lock = Lock()

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._settings.path

    def current(self) -> Settings:
        """The settings now; while the file is invalid, those before."""
        with self._lock:
            self._read_again()
            return self._settings

    def change(self, edit: Callable[[str], str]) -> Settings:
        """Write the file as ``edit`` returns its text; returns the new settings.

        Raises ConfigError if it is invalid before or after, OSError if it cannot be written, and
        what ``edit`` raises. Nothing is written then.
        """
        path = self.path
        with self._lock:
            load(path, store=self._store)  # an invalid file is not edited
            self._settings = save(path, edit(text_of(path)), store=self._store)
            self._stamp = stamp(path)
            return self._settings

    def _read_again(self) -> None:
        found = stamp(self.path)
        if found == self._stamp:
            return
        self._stamp = found
        try:
            self._settings = load(self.path, store=self._store)
        except ConfigError:
            return


def text_of(path: Path) -> str:
    """The text of a configuration file."""
    return path.read_text(encoding="utf-8-sig")


def stamp(path: Path) -> tuple[int, int]:
    """Modification time and size of a file, to detect changes; zeros if there is none."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def save(path: Path, text: str, *, store: str | None = None) -> Settings:
    """Replace the configuration at ``path`` by ``text``, unless that is invalid.

    Returns its settings. Raises ConfigError, and OSError if it cannot be written.
    """
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        settings = load(draft, store=store)
        write(path, text)
    finally:
        draft.unlink(missing_ok=True)
    return replace(settings, path=path.resolve())


def write(path: Path, text: str) -> None:
    """Replace the file at ``path`` atomically."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            Path(name).chmod(path.stat().st_mode & 0o777)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
