"""What can go wrong when a document is read."""

from __future__ import annotations


class ParseError(Exception):
    """No feed, page or list can be read from these bytes; the message says why in plain words."""


class ParserCrashed(Exception):  # noqa: N818 - it is an event to count, not a mistake in the call
    """The parser worker ran out of time or memory, or died, on this document."""
