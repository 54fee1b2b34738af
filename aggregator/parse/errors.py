"""Errors when reading a document."""

from __future__ import annotations


class ParseError(Exception):
    """The bytes contain no readable feed, page or list; the message says why."""


class ParserCrashed(Exception):  # noqa: N818 - an event to count, not a wrong call
    """The parser worker ran out of time or memory, or died, on this document."""
