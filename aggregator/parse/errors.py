"""Errors when reading a document."""

from __future__ import annotations


class ParseError(Exception):
    """The bytes contain no readable feed, page or list; the message says why."""


class ParserMissing(Exception):  # noqa: N818 - it says nothing about the document
    """No parser worker could be started: this machine lacks memory, processes or descriptors."""


class ParserCrashed(Exception):  # noqa: N818 - an event to count, not a wrong call
    """The parser worker ran out of time or memory, or died, on this document."""
