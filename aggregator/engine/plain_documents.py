"""A document given as plain fields, such as one line of JSON Lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PlainDocument:
    """Title and, where known, text, language, time, outlet and address."""

    id: str
    title: str
    body: str = ""
    language: str | None = None
    published: datetime | None = None
    source: str | None = None
    url: str | None = None
