"""JSON Feed 1.0 and 1.1 (https://jsonfeed.org/version/1.1) to a raw feed; every type is checked."""

from __future__ import annotations

import json
import re
from typing import Any

from aggregator.parse.errors import ParseError
from aggregator.parse.feeds.raw import Link, RawEntry, RawFeed, Text

_OBJECTS = re.compile(r"[\s,]*")


def read(text: str) -> RawFeed:
    """The feed in a JSON document. Raises ParseError if it is not a feed."""
    data, partial = _loaded(text)
    version = _text(data.get("version"))
    items = data.get("items")
    if "jsonfeed.org" not in version and not (
        isinstance(items, list) and items and isinstance(items[0], dict)
    ):
        raise ParseError("JSON, but not a feed: no JSON Feed 'version' and no items")
    feed = RawFeed()
    feed.parser = "json"
    feed.partial = partial
    feed.kind = "json11" if version.rstrip("/").endswith("1.1") else "json10"
    if partial:
        feed.problems.append("the document is cut off: only its complete entries were read")
    if "jsonfeed.org" not in version:
        feed.problems.append("no 'version': read as JSON Feed")
    feed.title = Text(_text(data.get("title")), "text")
    feed.link = _text(data.get("home_page_url"))
    feed.language = _text(data.get("language")) or None
    if own := _text(data.get("feed_url")):
        feed.links.append(Link(own, "self"))
    _hubs(data, feed)
    authors = _authors(data)
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            feed.entries.append(_entry(item, authors))
        else:
            feed.problems.append("an item is not an object")
    if not isinstance(items, list):
        feed.problems.append("'items' is not a list")
    return feed


def _loaded(text: str) -> tuple[dict[str, Any], bool]:
    """The object in a JSON document, and whether the document is truncated."""
    partial = False
    try:
        data: Any = json.loads(text, parse_constant=lambda _: None)
    except RecursionError:
        raise ParseError("JSON nested too deeply") from None
    except ValueError as problem:
        data = _broken_off(text)
        if data is None:
            raise ParseError(f"broken JSON: {str(problem)[:120]}") from None
        partial = True
    if isinstance(data, list):
        data = {"version": "", "items": data}
    if not isinstance(data, dict):
        raise ParseError("JSON, but not a feed")
    return data, partial


def _hubs(data: dict[str, Any], feed: RawFeed) -> None:
    hubs = data.get("hubs")
    for hub in hubs if isinstance(hubs, list) else []:
        if isinstance(hub, dict) and (url := _text(hub.get("url"))):
            feed.links.append(Link(url, "hub"))


def _text(value: Any) -> str:
    """A string, or a number as a string (ids are often numbers); empty for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def _authors(holder: dict[str, Any]) -> list[str]:
    listed = holder.get("authors")
    people = listed if isinstance(listed, list) else [holder.get("author")]
    found = [p.get("name") if isinstance(p, dict) else p for p in people[:50]]
    return [name for name in map(_text, found) if name]


def _entry(item: dict[str, Any], authors: list[str]) -> RawEntry:
    raw = RawEntry()
    raw.title = Text(_text(item.get("title")), "text")
    raw.guid = _text(item.get("id"))
    raw.link = _text(item.get("url")) or _text(item.get("external_url"))
    raw.permalink = None
    if html := _text(item.get("content_html")):
        raw.content.append(Text(html, "html"))
    elif plain := _text(item.get("content_text")):
        raw.content.append(Text(plain, "text"))
    if summary := _text(item.get("summary")):
        raw.summaries.append((0, Text(summary, "text")))
    raw.published = [(0, _text(item.get("date_published")))]
    raw.updated = [(0, _text(item.get("date_modified")))]
    raw.authors = _authors(item) or authors
    tags = item.get("tags")
    raw.categories = [_text(tag) for tag in tags[:100]] if isinstance(tags, list) else []
    raw.language = _text(item.get("language")) or None
    attachments = item.get("attachments")
    for attachment in attachments[:100] if isinstance(attachments, list) else []:
        if isinstance(attachment, dict) and (url := _text(attachment.get("url"))):
            raw.enclosures.append(url)
    return raw


def _broken_off(text: str) -> dict[str, Any] | None:
    """The complete parts of a truncated JSON feed: its head and its complete items."""
    start = re.search(r'"items"\s*:\s*\[', text)
    if start is None:
        return None
    decoder = json.JSONDecoder()
    items: list[Any] = []
    at = start.end()
    while True:
        blank = _OBJECTS.match(text, at)
        at = blank.end() if blank else at
        try:
            item, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        items.append(item)
    try:
        head = json.loads(text[: start.start()].rstrip().rstrip(",") + "}")
    except (ValueError, RecursionError):
        head = (
            {"version": "https://jsonfeed.org/version/1.1"} if "jsonfeed.org" in text[:2000] else {}
        )
    if not items or not isinstance(head, dict):
        return None
    return head | {"items": items}
