"""An edition as a JSON Feed (version 1.1). Entries are as in the Atom feed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from aggregator.digest.blocks import stamp
from aggregator.digest.formats.atom import Entry, entry_id, stories
from aggregator.digest.formats.format import Format, embeddable
from aggregator.digest.layout import lay_out
from aggregator.digest.page import Page
from aggregator.digest.selection import Edition


def render_json_feed(page: Page) -> str:
    """The page as a JSON Feed, with one item per story in the page's order."""
    place = f"{page.link.rstrip('/')}/{page.folder}/latest" if page.link else None
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": page.title.text or page.name,
        "description": " · ".join((page.span, *page.summary)),
        "language": page.language,
    }
    if place:
        document |= {"home_page_url": f"{place}.html", "feed_url": f"{place}.jsonfeed"}
    document["items"] = [_item(story) for story in stories(page)]
    return embeddable(json.dumps(document, ensure_ascii=False, indent=1)) + "\n"


def _item(story: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry_id(story.id),
        "title": story.title.text,
        "content_html": story.content,
        "date_published": _time(story.published),
        "date_modified": _time(story.updated),
    }
    if story.title.href:
        item["url"] = story.title.href
    if story.title.language:
        item["language"] = story.title.language
    if story.tags:
        item["tags"] = list(story.tags)
    return item


def _time(time: datetime) -> str:
    return stamp(time)


def _render(edition: Edition) -> str:
    return render_json_feed(lay_out(edition))


FORMAT = Format("jsonfeed", ".jsonfeed", "application/feed+json", _render)
