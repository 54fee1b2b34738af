"""Salvages a document that killed its parser, without the entries that cause it."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from aggregator.model import Document
from aggregator.parse.errors import ParseError, ParserCrashed

MOST_CRASHES = 12
"""Parsers that one document may kill: enough to bisect to one entry of a thousand."""
_SECONDS = 60.0  # maximum duration of the search
_START = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_END = re.compile(rb"</(?:[\w.-]{1,40}:)?(?:item|entry)\s*>", re.IGNORECASE)

Parse = Callable[[bytes], Awaitable[Document]]


async def whole_or_surviving(parse: Parse, body: bytes) -> Document:
    """The document that ``parse`` reads; if it kills its parser, without the entries that do.

    Raises ParseError, and ParserCrashed if nothing survives.
    """
    try:
        return await parse(body)
    except ParserCrashed:
        found = await surviving(parse, body)
        if found is None:
            raise
        return found


async def surviving(parse: Parse, body: bytes) -> Document | None:
    """The document without the entries that kill ``parse``, which raised ParserCrashed for it.

    Halves are parsed separately and split again if they crash, within MOST_CRASHES and a
    minute. None if the document cannot be split or nothing is left.
    """
    head, entries, tail = _pieces(body)
    if len(entries) < 2:
        return None
    half = len(entries) // 2
    waiting = [entries[half:], entries[:half]]  # the last one is processed next
    found: list[Document] = []
    crashes, lost, until = 1, 0, time.monotonic() + _SECONDS
    while waiting:
        part = waiting.pop()
        if crashes >= MOST_CRASHES or time.monotonic() > until:
            lost += len(part)
            continue
        try:
            found.append(await parse(head + b"".join(part) + tail))
        except ParserCrashed:
            crashes += 1
            if len(part) == 1:
                lost += 1
                continue
            half = len(part) // 2
            waiting += [part[half:], part[:half]]
        except ParseError:
            lost += len(part)
    return _joined(found, lost)


def _pieces(body: bytes) -> tuple[bytes, list[bytes], bytes]:
    """The part before the entries of an XML document, each entry, and the part after them."""
    starts = [match.start() for match in _START.finditer(body)]
    last = None
    for last in _END.finditer(body, starts[-1] if starts else len(body)):  # noqa: B007 - the last
        pass
    if last is None:
        return body, [], b""
    ends = [*starts[1:], last.end()]
    entries = [body[start:end] for start, end in zip(starts, ends, strict=True)]
    return body[: starts[0]], entries, body[last.end() :]


def _joined(found: list[Document], lost: int) -> Document | None:
    entries = tuple(entry for document in found for entry in document.entries)
    if not entries:
        return None
    said = [problem for document in found for problem in document.problems]
    problems = (f"{lost} entries were left out: they killed the parser", *dict.fromkeys(said))
    return replace(found[0], entries=entries, problems=problems, partial=True)
