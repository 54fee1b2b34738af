"""Reads files to import: feed documents, JSON Lines, saved article pages."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from aggregator.engine.plain_documents import PlainDocument
from aggregator.model import Document, Entry, Feed
from aggregator.parse import ParseError, parse, parse_page
from aggregator.text.feed_history import ENTRIES
from aggregator.text.identity import feed_id
from aggregator.text.urls import host

CHUNK = ENTRIES  # documents of JSON Lines that are grouped into one document of their source
SIZE_LIMIT = 200_000_000  # bytes per file


@dataclass(frozen=True, slots=True)
class Intake:
    """A document and the feed it belongs to, ready for the engine."""

    feed: Feed
    document: Document
    in_order: bool = False  # the entries are already in processing order


def page(path: Path, *, now: datetime) -> Intake:
    """A saved article page, ``.html`` or plain ``.txt``. Raises ParseError, OSError."""
    document = parse_page(_bytes(path), name=path.name, url=None, now=now)
    entry = document.entries[0]
    name = document.title or host(entry.link or "") or ""
    return Intake(_feed(name or "pages"), document)


def feed_document(path: Path, *, now: datetime, known: Iterable[Feed] = ()) -> Intake:
    """A feed document, assigned to the known feed whose address it declares as its own.

    Raises ParseError, OSError.
    """
    document = parse(_bytes(path), url=None, now=now)
    for feed in known:
        if document.topic and feed.url == document.topic:
            return Intake(feed, document)
    name = document.topic or document.link or document.title or path.name
    return Intake(_feed(name, title=document.title), document)


def lines(documents: Iterable[PlainDocument]) -> Iterator[Intake]:
    """Documents of JSON Lines in file order; consecutive ones of one source are grouped."""
    for source, group in groupby(documents, key=lambda one: one.source or ""):
        entries = [_entry(document) for document in group]
        feed = _feed(source or "documents", title=source)
        for start in range(0, len(entries), CHUNK):
            part = tuple(entries[start : start + CHUNK])
            yield Intake(feed, Document(entries=part, kind="jsonl", title=source), in_order=True)


def _entry(document: PlainDocument) -> Entry:
    return Entry(
        title=document.title,
        link=document.url,
        guid=document.id,
        content=document.body,
        published=document.published,
        language=document.language,
    )


def _feed(name: str, *, title: str = "") -> Feed:
    url = f"import:{name}"
    return Feed(feed_id(url), url, title=title or None)


def _bytes(path: Path) -> bytes:
    size = path.stat().st_size
    if size > SIZE_LIMIT:
        raise ParseError(f"the file has {size} bytes; the limit is {SIZE_LIMIT}")
    if path.suffix == ".gz":
        with gzip.open(path) as file:
            return file.read(SIZE_LIMIT)
    return path.read_bytes()
