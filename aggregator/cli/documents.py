"""Reads JSON Lines; every error names the file and line."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from aggregator.cli.context import CommandError
from aggregator.engine.plain_documents import PlainDocument


def objects(path: Path) -> Iterator[tuple[str, dict[str, object]]]:
    """Each line's place (``FILE, line N``) and JSON object. Raises CommandError."""
    try:
        with _open(path) as file:
            for number, line in enumerate(file, start=1):
                if not line.strip():
                    continue
                where = f"{path}, line {number}"
                try:
                    value = json.loads(line)
                except (ValueError, RecursionError) as error:
                    raise CommandError(f"{where}: not a JSON object: {error}") from None
                if not isinstance(value, dict):
                    raise CommandError(f"{where}: not a JSON object")
                yield where, value
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error


def read(path: Path) -> Iterator[PlainDocument]:
    """The documents in a file of JSON Lines. Raises CommandError."""
    for where, value in objects(path):
        yield document(where, value)


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


def _text(where: str, value: dict[str, object], name: str) -> str | None:
    found = value.get(name)
    if found is None or isinstance(found, str):
        return found
    raise CommandError(f'{where}: "{name}" is not a string')


def _time(where: str, text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f'{where}: "published" is not an ISO 8601 time: {text[:40]}') from None
    return time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC)


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")
