"""Bytes to entries: feed formats, JSON Feed, OPML, JSON Lines, article pages."""

from __future__ import annotations

from aggregator.parse.document import parse
from aggregator.parse.errors import ParseError, ParserCrashed
from aggregator.parse.opml import OpmlFeed, read_opml, write_opml
from aggregator.parse.page import page_document
from aggregator.parse.pool import ParserPool

parse_page = page_document

__all__ = [
    "OpmlFeed",
    "ParseError",
    "ParserCrashed",
    "ParserPool",
    "parse",
    "parse_page",
    "read_opml",
    "write_opml",
]
