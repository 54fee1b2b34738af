"""Saved article pages: the reader follows in the next commit."""

from __future__ import annotations

from datetime import datetime

from aggregator.model import Document
from aggregator.parse.errors import ParseError


def page_document(
    body: bytes,
    *,
    name: str,
    url: str | None = None,
    content_type: str | None = None,
    now: datetime,
) -> Document:
    """The page's document. Raises ParseError."""
    raise ParseError("pages are not read yet")
