"""Reads files to import: feed documents, JSON Lines, saved article pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import groupby, islice
from pathlib import Path

from aggregator.engine.plain_documents import PlainDocument
from aggregator.fetch import read_file
from aggregator.model import Document, Entry, Feed
from aggregator.parse import parse, parse_page
from aggregator.text.clean import gate, squeeze
from aggregator.text.feed_history import ENTRIES
from aggregator.text.identity import feed_id
from aggregator.text.urls import host

CHUNK = ENTRIES  # documents of JSON Lines that are grouped into one document of their source
SIZE_LIMIT = 200_000_000  # bytes per file, unpacked
_NAME = 200  # characters of a source's name


@dataclass(frozen=True, slots=True)
class Intake:
    """A document and the feed it belongs to, ready for the engine."""

    feed: Feed
    document: Document
    in_order: bool = False  # the entries are already in processing order


def page(
    path: Path,
    *,
    now: datetime,
    most_bytes: int = SIZE_LIMIT,
    read: Callable[..., Document] = parse_page,
) -> Intake:
    """A saved article page, ``.html`` or plain ``.txt``, compressed or not.

    ``read`` is ``parse_page`` or the same in a worker; raises what it raises, and Refused for
    a file of more than ``most_bytes``, ValueError for broken compression, OSError.
    """
    body, cut = read_file(path, most_bytes)
    document = _marked(read(body, name=path.name, url=None, now=now), cut)
    entry = document.entries[0]
    name = document.title or host(entry.link or "") or ""
    return Intake(_feed(name or "pages"), document)


def feed_document(
    path: Path,
    *,
    now: datetime,
    known: Iterable[Feed] = (),
    most_bytes: int = SIZE_LIMIT,
    read: Callable[..., Document] = parse,
) -> Intake:
    """A feed document, assigned to the known feed whose address it declares as its own.

    ``read`` is ``parse`` or the same in a worker. Raises like ``page``.
    """
    body, cut = read_file(path, most_bytes)
    document = _marked(read(body, url=None, now=now), cut)
    for feed in known:
        if document.topic and feed.url == document.topic:
            return Intake(feed, document)
    name = document.topic or document.link or document.title or path.name
    return Intake(_feed(name, title=document.title), document)


def _marked(document: Document, cut: bool) -> Document:
    """``document`` as a partial one if its file ended early."""
    if not cut:
        return document
    problems = (*document.problems, "the compressed file ends early")
    return replace(document, partial=True, problems=problems)


def lines(documents: Iterable[PlainDocument]) -> Iterator[Intake]:
    """Documents of JSON Lines in file order; consecutive ones of one source are grouped."""
    for source, group in groupby(documents, key=_source):
        feed = _feed(source or "documents", title=source)
        for part in iter(partial(_some, group), ()):
            yield Intake(feed, Document(entries=part, kind="jsonl", title=source), in_order=True)


def _source(document: PlainDocument) -> str:
    return squeeze(gate(document.source or "", _NAME))


def _some(documents: Iterator[PlainDocument]) -> tuple[Entry, ...]:
    """The next CHUNK documents at most: a file need not fit into memory."""
    return tuple(_entry(document) for document in islice(documents, CHUNK))


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
    url = f"import:{squeeze(gate(name, 2_000))}"
    return Feed(feed_id(url), url, title=title or None)
