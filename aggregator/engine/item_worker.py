"""Worker processes that parse documents and make their items.

A worker does what parsing workers do, and goes on to what can be made of a document without
the store (``prepared``). Both sides are here: ``main`` runs in the worker, ``ItemPool`` asks.
"""

from __future__ import annotations

import struct
import time
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Final, Self

import msgspec

from aggregator.engine.prepared import Prepared, check_made, prepare
from aggregator.model import Document, Feed, FeedHistory
from aggregator.parse import (
    BROKEN,
    JOBS,
    ParseError,
    ParserCrashed,
    ParserMissing,
    ParserPool,
    pack_document,
    parse,
    serve,
    surviving,
    unpack_document,
)

_MODULE: Final = "aggregator.engine.item_worker"
_SHARE: Final = 0.5  # of the time for a document, after which the rest is left to the caller


@dataclass(frozen=True, slots=True)
class Request:
    """A document, or the bytes of one, with what preparing it needs."""

    feed: Feed
    before: FeedHistory
    seconds: float  # after which no further item is made
    in_order: bool = False
    document: Document | None = None  # None: to be parsed
    body: bytes = b""
    content_type: str | None = None
    url: str | None = None
    max_entries: int = 1_000


_ENCODER: Final = msgspec.msgpack.Encoder()
_REQUESTS: Final = msgspec.msgpack.Decoder(Request)
_PREPARED: Final = msgspec.msgpack.Decoder(Prepared)
_SIZE: Final = struct.Struct("<I")
"""Length of the document that follows in an answer; what was made of it comes after it."""


def main(descriptor: int, seconds: float, memory: int) -> None:
    """Serve the socket with this file descriptor until its other end is closed."""
    serve(descriptor, seconds, memory, {**JOBS, "items": _items})


def _items(body: bytes, *, now: datetime) -> bytes:
    until = time.monotonic()
    asked = _REQUESTS.decode(body)
    until += asked.seconds
    document = asked.document
    if document is None:
        document = parse(
            asked.body,
            content_type=asked.content_type,
            url=asked.url,
            now=now,
            max_entries=asked.max_entries,
        )
    prepared = prepare(
        asked.feed,
        document,
        asked.before,
        seen=now,
        in_order=asked.in_order,
        enough=lambda: time.monotonic() > until,
    )
    prepared = replace(prepared, before=FeedHistory())  # which the other side has
    sent = document if asked.document is None else Document(())
    try:
        packed = _ENCODER.encode(sent)
        return _SIZE.pack(len(packed)) + packed + _ENCODER.encode(prepared)
    except UnicodeEncodeError:  # the document arrives changed, so nothing made of it would fit
        packed = pack_document(sent)
        return _SIZE.pack(len(packed)) + packed


class ItemPool:
    """A pool of such workers, with the limits of a ``ParserPool``; use it as a context manager."""

    def __init__(self, workers: int = 1, *, seconds: float, memory: int) -> None:
        self._seconds = seconds * _SHARE
        self.parsers = ParserPool(workers, seconds=seconds, memory=memory, module=_MODULE)
        """The same workers, for documents whose items are made later."""

    def __enter__(self) -> Self:
        self.parsers.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.parsers.close()

    async def read(
        self,
        body: bytes,
        feed: Feed,
        before: FeedHistory,
        *,
        content_type: str | None = None,
        url: str | None = None,
        now: datetime,
        max_entries: int = 1_000,
    ) -> tuple[Document, Prepared | None]:
        """The document in ``body``, and what was made of it.

        If it kills its worker, the document without the entries that cause it, of which
        nothing is made yet. Raises ParseError and ParserCrashed.
        """

        async def answer(part: bytes) -> tuple[Document, Prepared | None]:
            asked = Request(
                feed,
                before,
                self._seconds,
                body=part,
                content_type=content_type,
                url=url,
                max_entries=max_entries,
            )
            return _read(await self.parsers.arun("items", _ENCODER.encode(asked), now=now), before)

        async def document(part: bytes) -> Document:
            return (await answer(part))[0]

        try:
            return await answer(body)
        except ParserCrashed:
            found = await surviving(document, body)
            if found is None:
                raise
            return found, None

    def prepare(
        self,
        feed: Feed,
        document: Document,
        before: FeedHistory,
        *,
        now: datetime,
        in_order: bool = False,
    ) -> Prepared | None:
        """What was made of ``document``; None if its worker failed."""
        asked = Request(feed, before, self._seconds, in_order, document)
        try:
            answer = self.parsers.run("items", _ENCODER.encode(asked), now=now)
            return _read(answer, before)[1]
        except (ParseError, ParserCrashed, ParserMissing, UnicodeEncodeError):
            return None


def _read(payload: bytes, before: FeedHistory) -> tuple[Document, Prepared | None]:
    """The parts of an answer, checked: it comes from a process that reads hostile documents."""
    try:
        end = _SIZE.size + _SIZE.unpack_from(payload)[0]
        document = unpack_document(payload[_SIZE.size : end])
        if end == len(payload):
            return document, None
        prepared = _PREPARED.decode(payload[end:])
        for made in prepared.made:
            if made is not None:
                check_made(made)
        return document, replace(prepared, before=before)
    except BROKEN as problem:
        raise ParserCrashed(f"the parser's answer cannot be read: {problem}") from None
