"""An edition as RSS 2.0, for readers that know nothing newer. Entries are as in the Atom feed."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

from lxml import etree
from lxml.builder import ElementMaker

from aggregator.digest.formats.atom import entry_id, stories
from aggregator.digest.formats.format import Format
from aggregator.digest.layout import lay_out
from aggregator.digest.page import Page
from aggregator.digest.selection import Edition

_ATOM = "http://www.w3.org/2005/Atom"


def render_rss(page: Page) -> str:
    """The page as an RSS document, with one item per story in the page's order."""
    make = ElementMaker(nsmap={"atom": _ATOM})
    place = f"{page.link.rstrip('/')}/{page.folder}/latest" if page.link else ""
    channel = make.channel(
        make.title(page.title.text or page.name),
        make.link(f"{place}.html" if place else "urn:every-story-once"),
        make.description(" · ".join((page.span, *page.summary))),
        make.language(page.language),
        make.lastBuildDate(_date(page.until)),
        make.generator("Every Story Once"),
    )
    if place:
        kind = "application/rss+xml"
        etree.SubElement(channel, f"{{{_ATOM}}}link", href=f"{place}.rss", rel="self", type=kind)
    for story in stories(page):
        item = make.item(make.title(story.title.text))
        if story.title.href:
            item.append(make.link(story.title.href))
        item.append(make.description(story.content))
        item.extend(make.category(tag) for tag in story.tags)
        item.append(make.guid(entry_id(story.id), isPermaLink="false"))
        item.append(make.pubDate(_date(story.updated)))
        channel.append(item)
    rss = make.rss(channel, version="2.0")
    text: bytes = etree.tostring(rss, pretty_print=True, xml_declaration=True, encoding="utf-8")
    return text.decode("utf-8")


def _date(time: datetime) -> str:
    return format_datetime(time.astimezone(UTC))


def _render(edition: Edition) -> str:
    return render_rss(lay_out(edition))


FORMAT = Format("rss", ".rss", "application/rss+xml", _render)
