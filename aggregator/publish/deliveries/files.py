"""Editions as files: written atomically, and only in the digest's directory.

A digest is stored in ``DIRECTORY/NAME/``: a dated file per format, and ``latest.*``.
Everything happens relative to one open directory, without following links, under a
lock: a second process waits, and any temporary file that exists while the lock is
held was left by a process that died.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import structlog

from aggregator.digest import (
    INDEX,
    Edition,
    Place,
    UserTemplates,
    dated,
    dated_name,
    file_name,
    format_named,
    render_index,
    with_next,
)
from aggregator.model.errors import UserError
from aggregator.publish.deliveries.delivery import Delivery, PartlyDeliveredError
from aggregator.settings import DigestSettings

log = structlog.get_logger()

_TEMP_PREFIX, _TEMP_SUFFIX = ".digest-", ".tmp"
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER_MODE, _FILE_MODE = 0o700, 0o600  # what one reads is private
_READ_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FULL = {errno.ENOSPC, errno.EDQUOT}


class DigestError(UserError):
    """A digest could not be written; the message says what, where, and what to do."""


def deliver(
    edition: Edition,
    settings: DigestSettings,
    *,
    formats: Sequence[str] | None = None,
    latest: bool = True,
) -> tuple[Path, ...]:
    """Write the edition and return the files: the dated ones, then ``latest.*``.

    ``formats`` defaults to those of ``settings``. Without ``latest`` only the dated files
    are written, for editions of the past. All files are written and flushed under
    temporary names before the first one replaces its predecessor, so a full disk leaves
    the old digest intact. The same edition again writes the same bytes.
    Raises DigestError; PartlyDeliveredError, after writing the rest, where some formats fail.
    """
    wanted = tuple(dict.fromkeys(settings.formats if formats is None else formats))
    name = dated_name(edition.name, edition.until, edition.timezone)
    folder = settings.directory / file_name(edition.name)
    with _explained(edition.name, folder), _opened(settings.directory, folder.name) as at:
        _sweep(at)
        past = () if settings.rolling else tuple(dated(edition, os.listdir(at)))  # noqa: PTH208 - an open folder
        if "html" in wanted and latest and not settings.rolling:
            previous = max((one for one in past if one < name), default=None)
            edition = replace(edition, place=Place(name, previous, INDEX))
        texts, failed = _rendered(edition, wanted)
        if failed and texts:  # the others say so at their end
            edition = replace(edition, gaps=replace(edition.gaps, failed=tuple(failed)))
            texts, _ = _rendered(edition, [one for one in wanted if one not in failed])
        told = "; ".join(failed.values())
        problem = f'the digest "{edition.name}" has no file in some formats: {told}'
        if failed and not texts:
            raise DigestError(problem)
        files: dict[str, bytes] = {}
        if not settings.rolling:
            files |= {f"{name}{suffix}": text for suffix, text in texts.items()}
        if latest or settings.rolling:
            files |= {f"latest{suffix}": text for suffix, text in texts.items()}
        _replace_all(at, files | (_around(at, edition, past) if ".html" in texts else {}))
    written = tuple(folder / name for name in files)
    if failed:
        raise PartlyDeliveredError(f"{problem}. The others were written", written)
    return written


def _around(at: int, edition: Edition, past: Sequence[str]) -> dict[str, bytes]:
    """The list of editions, and the edition before this one with its link to it."""
    place = edition.place
    if place is None:
        return {}
    names = sorted({place.name, *past}, reverse=True)
    files = {f"{INDEX}.html": _index(edition, names).encode("utf-8")}
    if place.previous:
        page = _read(at, f"{place.previous}.html")
        if page is not None:
            files[f"{place.previous}.html"] = with_next(page, place.name).encode("utf-8")
    return files


def _index(edition: Edition, names: Sequence[str]) -> str:
    """The list of editions; in the built-in layout if the user's has a mistake."""
    try:
        return render_index(edition, names)
    except UserError as error:
        log.error("the list of digests is written in the built-in layout", why=str(error))
        return render_index(replace(edition, templates=UserTemplates()), names)


def _read(at: int, name: str) -> str | None:
    """The text of a file; None if it is no regular file of ours."""
    try:
        with os.fdopen(os.open(name, _READ_FLAGS, dir_fd=at), "rb") as file:
            regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            return file.read().decode("utf-8") if regular else None
    except (OSError, UnicodeDecodeError):
        return None


def _rendered(edition: Edition, formats: Sequence[str]) -> tuple[dict[str, bytes], dict[str, str]]:
    """The content by suffix, and what went wrong with each format that failed, by its name."""
    texts: dict[str, bytes] = {}
    failed: dict[str, str] = {}
    for name in formats:
        try:
            one = format_named(name)
            texts[one.suffix] = one.content(edition)
        except UserError as error:
            failed[name] = f"{name}: {error}"
        except Exception as error:  # noqa: BLE001 - a format of a package may raise anything
            failed[name] = f"{name}: {type(error).__name__}: {error}"
    return texts, failed


@contextmanager
def _opened(directory: Path, name: str) -> Iterator[int]:
    """The folder ``name`` in ``directory``, created if missing, open and locked."""
    _make_folder(directory)
    outer = os.open(directory, _FOLDER_FLAGS)
    try:
        with suppress(FileExistsError):
            os.mkdir(name, _FOLDER_MODE, dir_fd=outer)
        inner = os.open(name, _FOLDER_FLAGS, dir_fd=outer)
    finally:
        os.close(outer)
    try:
        fcntl.flock(inner, fcntl.LOCK_EX)
        yield inner
    finally:
        os.close(inner)  # releases the lock


def _make_folder(path: Path) -> None:
    """Create ``path`` and its missing parents for their owner only."""
    if not path.is_dir():
        _make_folder(path.parent)
        path.mkdir(_FOLDER_MODE, exist_ok=True)


def _sweep(at: int) -> None:
    """Remove temporary files of processes that died."""
    for name in os.listdir(at):
        if name.startswith(_TEMP_PREFIX) and name.endswith(_TEMP_SUFFIX):
            os.unlink(name, dir_fd=at)


def _replace_all(at: int, files: dict[str, bytes]) -> None:
    """Put every file in place, each atomically, after all are on disk."""
    _refuse_folders(at, files)
    try:
        for name, content in files.items():
            _write(at, _temporary(name), content)
        for name in files:
            os.replace(_temporary(name), name, src_dir_fd=at, dst_dir_fd=at)
        os.fsync(at)
    except BaseException:
        for name in files:
            with suppress(OSError):
                os.unlink(_temporary(name), dir_fd=at)
        raise


def _refuse_folders(at: int, files: dict[str, bytes]) -> None:
    """Raise IsADirectoryError before anything is replaced if a target is a directory."""
    for name in files:
        with suppress(FileNotFoundError):
            if stat.S_ISDIR(os.stat(name, dir_fd=at, follow_symlinks=False).st_mode):
                raise IsADirectoryError(errno.EISDIR, "a directory has this file's name", name)


def _write(at: int, name: str, content: bytes) -> None:
    with os.fdopen(os.open(name, _FILE_FLAGS, _FILE_MODE, dir_fd=at), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _temporary(name: str) -> str:
    return f"{_TEMP_PREFIX}{name}{_TEMP_SUFFIX}"


@contextmanager
def _explained(name: str, folder: Path) -> Iterator[None]:
    """Turn system errors into messages that users can act on."""
    try:
        yield
    except OSError as error:
        raise DigestError(
            f'the digest "{name}" could not be written to {folder}: {_reason(error, folder)}'
        ) from error


def _reason(error: OSError, folder: Path) -> str:
    if error.errno in _FULL:
        return "the disk is full. The earlier digest is intact; free some space and run it again."
    for place in (folder.parent, folder):
        if place.is_symlink():
            return (
                f"{place} is a symbolic link, and links are not followed. "
                "Use the path it points to in feeds.toml, or remove the link."
            )
    for place in (folder, *folder.parents):
        if place.exists() and not place.is_dir():
            return f"{place} is a file, not a directory. Move it away or choose another directory."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{error.strerror}. Grant this user write permission there."
    if error.errno == errno.EISDIR:
        return f"{error.filename} in it is a directory. Move it away."
    return f"{error.strerror or error}. Check the directory and run it again."


DELIVERY = Delivery("files", deliver)
