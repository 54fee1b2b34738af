"""Makes dated backups, and puts one in the place of a store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage import address
from storage.backups import backup_path, put_back, read_lines, rotate, write_lines
from storage.connections import APPLICATION
from storage.errors import StoreError
from storage.locks import file_lock
from storage.private_files import make_folder
from storage.sqlitefile import beside, remove_draft
from storage.store import Store

EXPORT = ".jsonl.gz"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made, and older ones that were removed for it."""

    path: Path
    removed: tuple[Path, ...] = ()


def write_backup(store: Store, path: Path) -> Path:
    """Write one snapshot of ``store`` to the new file ``path``, also while others write.

    Of a server's store it is an export (see ``json_lines``). Raises StoreError.
    """
    with _explained(path):
        if store.file is None:
            write_lines(path, store.export_lines())
        else:
            make_folder(path.parent)
            store.backup(path)
    return path


def dated_backup(store: Store, folder: Path | None, *, at: datetime, keep: int | None) -> Backup:
    """Write a backup with the time in its name, and keep only the newest ``keep`` of them.

    ``folder`` is by default ``backups`` beside an SQLite file. Raises StoreError.
    """
    file = store.file
    if folder is None:
        if file is None:
            raise StoreError(
                "There is no folder for backups", store.where, "Set backup.directory in [store]."
            )
        folder = file.parent / "backups"
    name, suffix = ("store", EXPORT) if file is None else (file.stem, file.suffix)
    with _explained(folder):
        path = write_backup(store, backup_path(folder, name, suffix, at))
        removed = rotate(folder, name, suffix, keep) if keep else []
    return Backup(path, tuple(removed))


def restore_store(source: Path, url: str, *, at: datetime) -> Path | None:
    """Put the backup or export ``source`` in the place of the store at ``url``.

    A file that is there is moved aside; returns its new path. On a server the tables must be
    empty. The backup is checked first, and refused if it is damaged. Raises StoreError.
    """
    if not source.is_file():
        raise StoreError("There is no such backup", str(source), "Check the path.")
    parsed = address.parse(url)
    if parsed.get_backend_name() != "sqlite":
        _into_server(source, url)
        return None
    path = Path(str(parsed.database)).resolve()
    if path == source.resolve():
        raise StoreError("A store cannot be restored from itself", str(path), "Use another file.")
    with _explained(path):
        make_folder(path.parent)
        with file_lock(beside(path, ".lock"), str(path)):
            if not _is_export(source):
                _checked(source)
                return put_back(source, path, APPLICATION, at)
            draft = beside(path, ".import")
            remove_draft(draft)
            try:
                _import(source, f"sqlite:///{draft}")
                return put_back(draft, path, APPLICATION, at)
            finally:
                remove_draft(draft)


def _is_export(path: Path) -> bool:
    return path.name.endswith((".jsonl", ".jsonl.gz"))


def _checked(source: Path) -> None:
    with Store.open(f"sqlite:///{source}", create=False) as store:
        if problems := store.check():
            raise StoreError(
                f"The backup is damaged: {problems[0]}", str(source), "Use an older one."
            )


def _import(source: Path, url: str) -> None:
    with Store.open(url) as store:
        store.import_lines(read_lines(source), str(source))


def _into_server(source: Path, url: str) -> None:
    if _is_export(source):
        _import(source, url)
        return
    with Store.open(f"sqlite:///{source}", create=False) as store:
        store.copy_to(url)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"The backup cannot be written: {error.strerror or error}",
            str(error.filename or path),
            "Check the folder, its permissions and the free space.",
        ) from error
