"""An edition as an Atom feed (RFC 4287), made with feedgen.

feedgen has no language per entry, so a small feedgen extension adds ``xml:lang``. It
also omits the ``rel`` of entry links (1.0.0), so an entry has only its alternate link,
which needs none; the related articles are links in the content.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml.etree import _Element
from markupsafe import escape

from aggregator.digest.formats.format import Format
from aggregator.digest.formats.html import render_entry
from aggregator.digest.layout import lay_out
from aggregator.digest.page import Block, Headline, Page, Text
from aggregator.digest.selection import Edition

_NAMESPACE = uuid.UUID("6f5b7f5e-5b0e-5c86-9a1c-7d3f0f6b2a41")
"""UUID namespace for entry ids made from story ids. It must never change."""


def entry_id(story: str) -> str:
    """The Atom id of a story: the same in every edition of every digest."""
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'story:{story}')}"


def feed_urn(name: str) -> str:
    """The Atom id of the digest ``name``: the same in every edition."""
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'digest:{name}')}"


def render_atom(page: Page) -> str:
    """The page as an Atom document, with one entry per story in the page's order."""
    feed = FeedGenerator()
    feed.id(feed_urn(page.name))
    feed.title(page.title.text or page.name)
    facts = (page.span, *page.summary, *((page.more,) if page.more else ()))
    feed.subtitle(" · ".join(facts) if page.blocks else _nothing(page))
    feed.updated(_second(page.until))
    feed.author({"name": page.title.text or page.name})
    feed.language(page.language)
    feed.generator("Every Story Once")
    if page.link:
        place = f"{page.link.rstrip('/')}/{page.folder}"
        feed.link(href=f"{place}/latest.atom", rel="self", type="application/atom+xml")
        feed.link(href=f"{place}/latest.html", rel="alternate", type="text/html")
    for block in page.blocks:
        _entry(feed.add_entry(order="append"), block, page)
    for _, lines in page.headlines:
        for one in lines:
            _bare(feed.add_entry(order="append"), one)
    return str(feed.atom_str(pretty=True).decode("utf-8"))


def _nothing(page: Page) -> str:
    return f"{page.span} · {page.words.phrase('nothing_new')}"


def _entry(entry: FeedEntry, block: Block, page: Page) -> None:
    entry.id(entry_id(block.id))
    entry.title(block.headline.text)
    entry.updated(_second(block.updated))
    entry.published(_second(block.published))
    entry.content(render_entry(block, page), type="html")
    for tag in block.tags:
        entry.category(term=tag)
    _head(entry, block.headline)


def _bare(entry: FeedEntry, one: Headline) -> None:
    """A story of which only the headline is shown."""
    entry.id(entry_id(one.id))
    entry.title(one.title.text)
    entry.updated(_second(one.updated))
    facts = (one.outlet.text, one.time, one.since, one.articles)
    entry.content(str(escape(" · ".join(fact for fact in facts if fact))), type="html")
    _head(entry, one.title)


def _head(entry: FeedEntry, headline: Text) -> None:
    """The link and the language of an entry."""
    if headline.href:
        entry.link(href=headline.href, rel="alternate")
    if headline.language:
        entry.register_extension("language", BaseExtension, _Language, rss=False)
        entry.language.code = headline.language


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
