"""Bytes to entries: feed formats, JSON Feed, OPML, article pages."""

from __future__ import annotations

from aggregator.parse.document import parse
from aggregator.parse.errors import ParseError, ParserCrashed, ParserMissing
from aggregator.parse.feeds.entry_source import COMPILED
from aggregator.parse.opml import OpmlFeed, OpmlList, is_opml, read_opml, write_opml
from aggregator.parse.pages.page import page_document as parse_page
from aggregator.parse.pool import ParserPool
from aggregator.parse.salvage import surviving, whole_or_surviving
from aggregator.parse.wire import BROKEN, pack_document, unpack_document
from aggregator.parse.worker import JOBS, serve

__all__ = [
    "BROKEN",
    "COMPILED",
    "JOBS",
    "OpmlFeed",
    "OpmlList",
    "ParseError",
    "ParserCrashed",
    "ParserMissing",
    "ParserPool",
    "is_opml",
    "pack_document",
    "parse",
    "parse_page",
    "read_opml",
    "serve",
    "surviving",
    "unpack_document",
    "whole_or_surviving",
    "write_opml",
]
