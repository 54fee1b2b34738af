"""Reads JSON Lines; every error names the file and line."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from aggregator.cli.context import CommandError
from aggregator.engine.plain_documents import PlainDocument

LINE = 10_000_000
"""Maximum bytes per line."""
_REST = 200_000_000  # bytes of a longer line that are skipped; then the file is given up
_UNREADABLE = (OSError, EOFError, zlib.error)

Lost = Callable[[str], None]
"""What is told of each line that is left out: its place and what is wrong with it."""


def stop(message: str) -> None:
    """The ``Lost`` for those who need every line. Raises CommandError."""
    raise CommandError(message)


def objects(path: Path, *, lost: Lost = stop) -> Iterator[tuple[str, dict[str, object]]]:
    """Each line's place (``FILE, line N``) and JSON object.

    Lines that are none, and the rest of a file that cannot be read, are passed to ``lost``.
    """
    number = 0
    try:
        with _open(path) as file:
            while raw := file.readline(LINE + 1):
                number += 1
                where = f"{path}, line {number}"
                if len(raw) > LINE:
                    lost(f"{where}: longer than {LINE:,} bytes")
                    if not _skipped(file):
                        lost(f"{where}: the rest of the file was not read")
                        return
                    continue
                value = _object(where, raw, lost)
                if value is not None:
                    yield where, value
    except _UNREADABLE as error:
        what = f"could not be read after line {number}" if number else "cannot be read"
        lost(f"{path} {what}: {error}")


def read(path: Path, *, lost: Lost = stop) -> Iterator[PlainDocument]:
    """The documents in a file of JSON Lines; other lines are passed to ``lost``."""
    for where, value in objects(path, lost=lost):
        try:
            found = document(where, value)
        except CommandError as error:
            lost(str(error))
        else:
            yield found


def document(where: str, value: dict[str, object]) -> PlainDocument:
    """One document, its fields checked. Raises CommandError naming ``where``."""
    ident = value.get("id")
    if not isinstance(ident, str | int) or isinstance(ident, bool) or ident == "":
        raise CommandError(f'{where}: "id" is missing')
    published = _text(where, value, "published")
    return PlainDocument(
        id=str(ident),
        title=_text(where, value, "title") or "",
        body=_text(where, value, "body") or "",
        language=_text(where, value, "lang"),
        published=_time(where, published) if published else None,
        source=_text(where, value, "source"),
        url=_text(where, value, "url"),
    )


def _object(where: str, raw: bytes, lost: Lost) -> dict[str, object] | None:
    """The object on a line; None for an empty line, and for one passed to ``lost``."""
    try:
        line = raw.decode("utf-8-sig")
        value = json.loads(line) if line.strip() else None
    except (ValueError, RecursionError) as error:
        lost(f"{where}: not a JSON object: {error}")
        return None
    if isinstance(value, dict):
        return value
    if line.strip():
        lost(f"{where}: not a JSON object")
    return None


def _skipped(file: BinaryIO) -> bool:
    """Whether the end of the current line was found within a reasonable length."""
    for _ in range(_REST // LINE):
        rest = file.readline(LINE)
        if not rest or rest.endswith(b"\n"):
            return True
    return False


def _text(where: str, value: dict[str, object], name: str) -> str | None:
    found = value.get(name)
    if found is None or isinstance(found, str):
        return found
    raise CommandError(f'{where}: "{name}" is not a string')


def _time(where: str, text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise CommandError(f'{where}: "published" is not an ISO 8601 time: {text[:40]}') from None


def _open(path: Path) -> BinaryIO:
    open_file = gzip.open if path.suffix == ".gz" else open
    return cast("BinaryIO", open_file(path, "rb"))
