"""The same payloads on their whole way: in every field of a feed, parsed, made items, written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import pytest
from lxml import etree

from aggregator.digest import render
from aggregator.model import Document, Feed, Item
from aggregator.parse import parse
from aggregator.reading.story_view import Coverage, StoryView
from aggregator.text.item_factory import make_item
from tests.digest import hostile_stories, inert

pytestmark = pytest.mark.slow

OURS = hostile_stories.OURS
A_DOCUMENT = 400
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"


def rss(payloads: list[str]) -> bytes:
    """An RSS document with each payload in every field of an item, and the first in its own."""
    root = etree.Element("rss", version="2.0", nsmap={"content": CONTENT, "dc": DC})
    channel = etree.SubElement(root, "channel")
    for name in ("title", "description", "language", "copyright", "generator"):
        etree.SubElement(channel, name).text = NOT_XML.sub("?", payloads[0])
    for number, payload in enumerate(payloads):
        text = NOT_XML.sub("?", payload)
        item = etree.SubElement(channel, "item")
        for name in ("title", "description", "author", "category", "comments", "guid", "source"):
            etree.SubElement(item, name).text = text
        etree.SubElement(item, "link").text = f"https://{OURS}/{number}"
        etree.SubElement(item, f"{{{CONTENT}}}encoded").text = text
        etree.SubElement(item, f"{{{DC}}}creator").text = text
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def json_feed(payloads: list[str]) -> bytes:
    """The same as a JSON Feed, which can say anything at all."""
    items = [
        {
            "id": payload,
            "url": f"https://{OURS}/{number}",
            "title": payload,
            "summary": payload,
            "content_html": payload,
            "content_text": payload,
            "language": payload,
            "tags": [payload],
            "authors": [{"name": payload, "url": payload, "avatar": payload}],
            "image": payload,
            "external_url": payload,
        }
        for number, payload in enumerate(payloads)
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": payloads[0], "items": items}
    return json.dumps(head | {"description": payloads[0], "icon": payloads[0]}).encode("ascii")


def items_of(document: Document, make: Any) -> Iterable[Item]:
    feed = Feed("f1", f"https://{OURS}/feed")
    for entry in document.entries:
        item = make_item(feed, entry, document, seen=make.now)
        if item is not None:
            yield item


def stories(document: Document, make: Any) -> list[StoryView]:
    """Each item as a story of its own, once leading and once as a copy."""
    found = [
        (item, Coverage(item, f"c{n}", (item,))) for n, item in enumerate(items_of(document, make))
    ]
    return [make.view(f"{n}", part, lead=item.lead) for n, (item, part) in enumerate(found)]


@pytest.mark.parametrize(
    ("kind", "write"), [("application/rss+xml", rss), ("application/feed+json", json_feed)]
)
def test_nothing_in_a_feed_comes_alive_in_a_digest(make, shared, kind, write) -> None:
    payloads = hostile_stories.payloads(shared)
    mine = [*hostile_stories.MARKUP, *payloads[kind == "application/rss+xml" :: 2]]
    listed = 0
    for start in range(0, len(mine), A_DOCUMENT):
        page = mine[start : start + A_DOCUMENT]
        document = parse(write(page), content_type=kind, url=f"https://{OURS}/feed", now=make.now)
        edition = hostile_stories.edition_of(make, stories(document, make))
        listed += len(edition.stories)
        inert.check_page(render(edition, "html"), inert.quick)
        inert.check_json(render(edition, "json"))
        if start // A_DOCUMENT % 2:  # both are slow, and made of the same texts
            inert.check_markdown(render(edition, "md"), inert.quick, inert.GITHUB.render)
        else:
            inert.check_atom(render(edition, "atom"), inert.quick)
    assert listed > 0.95 * len(mine)


def test_links_of_a_feed_lead_to_http_or_nowhere(make, shared) -> None:
    payloads = [*hostile_stories.payloads(shared)[::5], *hostile_stories.MARKUP]
    items = [{"id": f"{n}", "title": f"Plain {n}", "url": url} for n, url in enumerate(payloads)]
    text = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})
    document = parse(text.encode(), content_type="application/feed+json", now=make.now)
    for item in items_of(document, make):
        for link in (item.link, item.url):
            if link is not None:
                inert.leads_to_http(link)
    page = render(hostile_stories.edition_of(make, stories(document, make)), "html")
    for href in inert.inert(inert.quick(page), inert.PAGE_TAGS):
        inert.leads_to_http(href)
