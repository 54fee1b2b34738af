"""Bytes to entries: feed formats, JSON Feed, OPML, article pages."""

from __future__ import annotations

from aggregator.parse.document import parse
from aggregator.parse.errors import ParseError, ParserCrashed
from aggregator.parse.feeds.entry_source import COMPILED
from aggregator.parse.opml import OpmlFeed, read_opml, write_opml
from aggregator.parse.pages.page import page_document as parse_page
from aggregator.parse.pool import ParserPool

__all__ = [
    "COMPILED",
    "OpmlFeed",
    "ParseError",
    "ParserCrashed",
    "ParserPool",
    "parse",
    "parse_page",
    "read_opml",
    "write_opml",
]
