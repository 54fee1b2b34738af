"""Bytes to entries: feed formats, JSON Feed, OPML, JSON Lines, article pages."""

from __future__ import annotations

from aggregator.parse.document import parse
from aggregator.parse.errors import ParseError, ParserCrashed

__all__ = ["ParseError", "ParserCrashed", "parse"]
