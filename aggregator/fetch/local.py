"""Feeds that are local files. Only feeds.toml can name one."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import stat
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from aggregator.fetch.body import Body
from aggregator.fetch.guard import Refused
from aggregator.model import Outcome, PollOutcome, PollState

OURS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})
"""Errors that are a lack of this machine's, not a fault of what is read."""
_CHUNK = 1_000_000  # bytes read at a time


def local_path(url: str) -> Path | None:
    """The file for ``url`` (a path, or a ``file:`` address without a host), or None.

    None means that it is a web address.
    """
    if url.startswith("file:"):
        parts = urlsplit(url)
        return Path(unquote(parts.path)) if parts.netloc in ("", "localhost") else None
    return None if "://" in url else Path(url)


def read_file(path: Path, most_bytes: int) -> tuple[bytes, bool]:
    """The content of a regular file, and whether its compressed data ends early.

    Compressed files are unpacked. Raises Refused if the content is longer than ``most_bytes``,
    ValueError if its compression is broken, OSError.
    """
    with _opened(path) as file:
        packed = Body("", most_bytes)
        while chunk := file.read(_CHUNK):
            packed.feed(chunk)
    return packed.finish()


def _opened(path: Path) -> BinaryIO:
    """An open regular file. Raises OSError."""
    # Non-blocking: a pipe in place of a file must not block a thread forever.
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise OSError(errno.EINVAL, "not a regular file", str(path))


async def read_local(
    path: Path, state: PollState, *, now: datetime, most_bytes: int, deadline: float
) -> PollOutcome:
    """Poll a file; its size and modification time serve as Last-Modified.

    Never raises on file system errors. ``deadline`` is in seconds, because a network
    file system can hang.
    """
    blank = PollOutcome(state.feed, Outcome.FAILED, now, str(path))
    try:
        async with asyncio.timeout(deadline):
            return await asyncio.to_thread(_read, path, state, blank, most_bytes)
    except TimeoutError:
        return replace(blank, error="the file could not be read in time")
    except Refused as error:
        return replace(blank, outcome=Outcome.REFUSED, error=str(error))
    except (OSError, ValueError) as error:
        ours = isinstance(error, OSError) and error.errno in OURS
        return replace(blank, error=_reason(error), offline=ours)


def _read(path: Path, state: PollState, blank: PollOutcome, most_bytes: int) -> PollOutcome:
    with _opened(path) as file:
        about = os.fstat(file.fileno())
        if about.st_size > most_bytes:
            return replace(
                blank,
                outcome=Outcome.REFUSED,
                error=f"the file is longer than {most_bytes:,} bytes",
            )
        stamp = f"{about.st_mtime_ns}-{about.st_size}"
        found = replace(blank, outcome=Outcome.NOT_MODIFIED, last_modified=stamp)
        if stamp == state.last_modified:
            return replace(found, body_hash=state.body_hash)
        packed = Body("", most_bytes)
        packed.feed(file.read(most_bytes))
    body, partial = packed.finish()
    if not body:
        return replace(blank, error="the file is empty")
    digest = hashlib.sha256(body).hexdigest()
    found = replace(found, body_hash=digest, wire_bytes=len(body))
    if digest == state.body_hash:
        return found
    return replace(found, outcome=Outcome.CONTENT, body=body, partial=partial)


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
