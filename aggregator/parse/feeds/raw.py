"""A feed as found by its parser, before anything is cleaned.

Both parsers and the JSON reader fill these classes; only ``build`` makes entries from
them, so that every parser gives the same result.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, Protocol

from aggregator.model import Entry


class Text(NamedTuple):
    """A text construct: its value, its kind (``html``, ``text``, ``guess``) and its base URL."""

    value: str
    kind: str = "guess"
    base: str | None = None


class Link(NamedTuple):
    """A link element."""

    href: str
    rel: str = "alternate"
    type: str = ""
    base: str | None = None


class RawEntry:
    """One entry. Lists are in document order."""

    __slots__ = (
        "authors", "base", "categories", "comments", "content", "enclosures", "guid", "language",
        "link", "link_fallbacks", "links", "origin", "permalink", "published", "source_title",
        "source_url", "summaries", "title",
        "title_fallbacks", "updated",
    )  # fmt: skip

    def __init__(self) -> None:
        self.title: Text | None = None
        self.title_fallbacks: list[Text] = []
        self.link = ""  # the text of RSS <link>
        self.links: list[Link] = []
        self.link_fallbacks: list[str] = []
        self.origin = ""  # feedburner:origLink, the address before redirection
        self.guid = ""
        self.permalink: bool | None = None  # the value of isPermaLink
        self.summaries: list[tuple[int, Text]] = []  # rank (0 best) and text
        self.content: list[Text] = []
        self.published: list[tuple[int, str]] = []  # rank and text
        self.updated: list[tuple[int, str]] = []
        self.authors: list[str] = []
        self.categories: list[str] = []
        self.enclosures: list[str] = []
        self.language: str | None = None
        self.source_title = ""
        self.source_url = ""
        self.comments = ""
        self.base: str | None = None


class Unread(Protocol):
    """Entries of a document that are parsed lazily."""

    def __len__(self) -> int: ...

    def raws(self) -> list[RawEntry]:
        """All entries, parsed to raw ones."""

    def made(
        self, base: str | None, now: datetime, language: str | None
    ) -> Iterator[Entry | RawEntry | None]:
        """Each as made by ``build.entry``, or a raw one that it has to process."""


class RawFeed:
    """A complete document; its entries are in ``entries``, or still unparsed in ``unread``."""

    __slots__ = (
        "base", "cut", "entries", "hub", "kind", "language", "link", "links", "parser", "partial",
        "problems", "skip_days",
        "skip_hours", "title", "topic", "ttl", "unread", "update_frequency", "update_period",
    )  # fmt: skip

    def __init__(self) -> None:
        self.kind = ""
        self.parser = ""
        self.title: Text | None = None
        self.link = ""
        self.links: list[Link] = []
        self.language: str | None = None
        self.ttl = ""
        self.update_period = ""
        self.update_frequency = ""
        self.skip_hours: list[str] = []
        self.skip_days: list[str] = []
        self.entries: list[RawEntry] = []
        self.unread: Unread | None = None
        self.problems: list[str] = []
        self.partial = False
        self.cut = 0  # number of entries in the document, if more than were read
        self.base: str | None = None
