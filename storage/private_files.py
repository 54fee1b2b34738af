"""Files and folders that only their owner can read, whatever the umask."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

FILE, FOLDER = 0o600, 0o700


def make_folder(path: Path) -> None:
    """Create the folder ``path`` and its missing parents; existing ones are not changed.

    Raises OSError.
    """
    if not path.is_dir():
        make_folder(path.parent)
        with suppress(FileExistsError):  # another process was faster
            path.mkdir(mode=FOLDER)
        if not path.is_dir():
            raise NotADirectoryError(20, "a file is in the place of this folder", str(path))
