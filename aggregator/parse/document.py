"""Bytes to a document: chooses the parser."""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from aggregator.model import Document
from aggregator.parse import limits
from aggregator.parse.decode import decode
from aggregator.parse.errors import ParseError
from aggregator.parse.feeds import fast, jsonfeed, slow
from aggregator.parse.feeds.build import build
from aggregator.parse.feeds.prolog import json_like, strip_prolog
from aggregator.parse.feeds.raw import RawFeed
from aggregator.parse.feeds.xmltree import repaired, tree, whole_entries


def parse(
    body: bytes,
    *,
    content_type: str | None = None,
    url: str | None = None,
    now: datetime,
    max_entries: int = 1000,
) -> Document:
    """The document in ``body``: RSS, RDF, Atom or JSON Feed, complete or partial.

    ``content_type`` is the header's value, ``url`` the address it came from
    (relative links are resolved against it), ``now`` (aware) bounds its dates.
    Raises ParseError, with the reason, only if no feed can be read.

    The fast parser reads well-formed XML, or XML that unambiguous repairs make
    well-formed; feedparser reads the rest. ``Document.parser`` says which was used.
    """
    if not body or body.isspace():
        raise ParseError("the document is empty")
    decoded = decode(body, content_type)
    problems = list(decoded.problems)
    text = decoded.text
    if len(text) > limits.DOCUMENT:
        text, decoded = text[: limits.DOCUMENT], decoded._replace(same=False)
        problems.append("the document was cut: it is too long")
    if json_like(text):
        feed = jsonfeed.read(text.strip("\ufeff\x00 \t\r\n"))
    else:
        feed = _xml(text, body if decoded.same else None, url, problems)
    feed.problems[:0] = problems
    return build(feed, url=url, now=now, max_entries=max_entries)


def _xml(text: str, body: bytes | None, url: str | None, problems: list[str]) -> RawFeed:
    """The feed in ``text``; ``body`` is its UTF-8, if available."""
    whole = text
    text, _ = strip_prolog(text, problems)
    try:
        if body is None:
            return _fast(text.encode("utf-8", "replace"), url)
        return _fast(body[len(whole[: len(whole) - len(text)].encode("utf-8")) :], url)
    except etree.XMLSyntaxError as first:
        reason = f"broken XML: {str(first)[:120]}"
    mended = repaired(text)
    try:
        feed = _fast(mended.encode("utf-8", "replace"), url)
    except etree.XMLSyntaxError as second:
        feed = _cut(mended, str(second), url) or slow.read(mended, url)
    feed.problems.insert(0, reason)
    return feed


def _fast(body: bytes, url: str | None) -> RawFeed:
    return fast.read(tree(body), body, url)


def _cut(text: str, error: str, url: str | None) -> RawFeed | None:
    """The complete entries of a truncated document; None if it is broken in another way."""
    whole = whole_entries(text)
    if whole is None or len(whole) > len(text) + 200:
        return None
    try:
        feed = _fast(whole.encode("utf-8", "replace"), url)
    except etree.XMLSyntaxError:
        return None
    feed.partial = True
    feed.problems.append("the document is cut off: only its complete entries were read")
    return feed
