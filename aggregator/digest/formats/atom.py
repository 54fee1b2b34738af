"""An edition as an Atom feed (RFC 4287), made with feedgen.

feedgen has no language per entry, so a small feedgen extension adds ``xml:lang``. It
also omits the ``rel`` of entry links (1.0.0), so an entry has only its alternate link,
which needs none; the related articles are links in the content.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml.etree import _Element
from markupsafe import escape

from aggregator.digest.formats.format import Format
from aggregator.digest.formats.html import render_entry
from aggregator.digest.layout import lay_out
from aggregator.digest.page import Page, Text
from aggregator.digest.selection import Edition

_NAMESPACE = uuid.UUID("6f5b7f5e-5b0e-5c86-9a1c-7d3f0f6b2a41")
"""UUID namespace for entry ids made from story ids. It must never change."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A story as an entry of a feed."""

    id: str  # of the story
    title: Text
    updated: datetime  # when its newest news was published
    published: datetime
    content: str  # HTML
    tags: tuple[str, ...] = ()


def entry_id(story: str) -> str:
    """The Atom id of a story: the same in every edition of every digest."""
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'story:{story}')}"


def feed_urn(name: str, installation: str = "") -> str:
    """The Atom id of the digest ``name``: the same in every edition, and in no other store."""
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'digest:{installation}:{name}')}"


def render_atom(page: Page) -> str:
    """The page as an Atom document, with one entry per story in the page's order."""
    feed = FeedGenerator()
    feed.id(feed_urn(page.name, page.installation))
    feed.title(page.title.text or page.name)
    facts = (page.span, *page.summary, *((page.more,) if page.more else ()), *page.gaps)
    feed.subtitle(" · ".join(facts) if page.blocks else _nothing(page))
    feed.updated(_second(page.until))
    feed.author({"name": page.title.text or page.name})
    feed.language(page.language)
    feed.generator("Every Story Once")
    if page.link:
        place = f"{page.link.rstrip('/')}/{page.folder}"
        feed.link(href=f"{place}/latest.atom", rel="self", type="application/atom+xml")
        feed.link(href=f"{place}/latest.html", rel="alternate", type="text/html")
    for story in stories(page):
        _add(feed.add_entry(order="append"), story)
    return str(feed.atom_str(pretty=True).decode("utf-8"))


def _nothing(page: Page) -> str:
    return f"{page.span} · {page.words.phrase('nothing_new')}"


def stories(page: Page) -> Iterator[Entry]:
    """The stories of a page as the entries of a feed, each once."""
    for block in page.blocks:
        yield Entry(
            block.id,
            block.headline,
            block.updated,
            block.published,
            render_entry(block, page),
            block.tags,
        )
    for one in (line for part in page.parts for line in part.lines):
        facts = (*map(page.words.phrase, one.marks), one.outlet.text, one.time, one.since)
        content = str(escape(" · ".join(fact for fact in (*facts, one.articles) if fact)))
        yield Entry(one.id, one.title, one.updated, one.updated, content)


def _add(entry: FeedEntry, story: Entry) -> None:
    entry.id(entry_id(story.id))
    entry.title(story.title.text)
    entry.updated(_second(story.updated))
    entry.published(_second(story.published))
    entry.content(story.content, type="html")
    for tag in story.tags:
        entry.category(term=tag)
    if story.title.href:
        entry.link(href=story.title.href, rel="alternate")
    if story.title.language:
        entry.register_extension("language", BaseExtension, _Language, rss=False)
        entry.language.code = story.title.language


class _Language(BaseEntryExtension):  # type: ignore[misc] # feedgen is untyped
    """Adds ``xml:lang`` to an entry."""

    def __init__(self) -> None:
        self.code = ""

    def extend_atom(self, entry: _Element) -> _Element:
        entry.set("{http://www.w3.org/XML/1998/namespace}lang", self.code)
        return entry


def _second(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(microsecond=0)


def _render(edition: Edition) -> str:
    return render_atom(lay_out(edition))


FORMAT = Format("atom", ".atom", "application/atom+xml", _render)
