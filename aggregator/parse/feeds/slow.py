"""The slow parser: feedparser, for documents that are malformed even after repair.

It is used only for its tolerance: dates, links and texts are taken as found and
cleaned by our own rules, so both parsers give the same result.
"""

from __future__ import annotations

import re
from typing import Any

import feedparser

from aggregator.parse import limits
from aggregator.parse.errors import ParseError
from aggregator.parse.feeds.raw import Link, RawEntry, RawFeed, Text

_LONG_NAME = re.compile(
    r"(<(?:[\w-]{1,20}:)?(?:author|creator|contributor|managingeditor|webmaster|publisher|name|email)"
    r"\b[^<>]{0,200}>[^<]{500})[^<]+",
    re.IGNORECASE,
)
"""Elements with a person's name, in which feedparser searches for addresses in quadratic time."""
_KINDS = {"text/plain": "text", "text": "text", "": "guess"}


def read(text: str, url: str | None) -> RawFeed:
    """The feed that feedparser finds in ``text``. Raises ParseError if there is none."""
    feed = RawFeed()
    feed.parser = "feedparser"
    if len(text) > limits.SLOW_DOCUMENT:
        text = text[: limits.SLOW_DOCUMENT]
        feed.partial = True
        feed.problems.append("too long for the tolerant parser: only the beginning was read")
    text = _LONG_NAME.sub(r"\1", text)
    headers = {"content-type": "application/xml; charset=utf-8"}
    if url:
        headers["content-location"] = url
    try:
        found = feedparser.parse(
            text.encode("utf-8", "replace"),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as problem:  # feedparser does not catch errors of its parts
        raise ParseError(f"feedparser could not read it either: {str(problem)[:120]}") from problem
    if not found.get("version") and not found.entries:
        raise ParseError("neither parser finds a feed in it")
    about = found.get("feed", {})
    feed.kind = found.get("version") or "rss"
    feed.base = about.get("title_detail", {}).get("base") or None
    if about.get("title"):
        feed.title = _construct(about.get("title_detail", {}), about["title"], feed.kind)
    feed.link = about.get("link", "")
    feed.links = _links(about)
    feed.language = about.get("language") or found.get("language")
    feed.ttl = str(about.get("ttl", ""))
    feed.update_period = str(about.get("sy_updateperiod", ""))
    feed.update_frequency = str(about.get("sy_updatefrequency", ""))
    feed.entries = [_entry(e, feed.kind) for e in found.entries]
    if found.get("bozo") and found.get("bozo_exception"):
        feed.problems.append(f"broken XML: {str(found['bozo_exception'])[:120]}")
    return feed


def _construct(detail: dict[str, Any], value: str, kind: str) -> Text:
    said = detail.get("type") or ""
    if not kind.startswith("atom"):
        return Text(value, "guess", detail.get("base"))
    return Text(value, _KINDS.get(said, "html"), detail.get("base"))


def _links(holder: dict[str, Any]) -> list[Link]:
    return [
        Link(e["href"], e.get("rel", "alternate"), e.get("type", ""))
        for e in holder.get("links", [])
        if isinstance(e.get("href"), str)
    ]


def _entry(e: dict[str, Any], kind: str) -> RawEntry:
    raw = RawEntry()
    if e.get("title"):
        raw.title = _construct(e.get("title_detail", {}), e["title"], kind)
    raw.link = e.get("link", "")
    raw.origin = e.get("feedburner_origlink", "") or e.get("pheedo_origlink", "")
    raw.links = _links(e)
    raw.enclosures = [x.href for x in raw.links if x.rel == "enclosure"]
    raw.enclosures += [m["url"] for m in e.get("media_content", []) if m.get("url")]
    raw.guid = e.get("id", "")
    raw.permalink = e.get("guidislink")
    if e.get("summary"):
        raw.summaries.append((0, _construct(e.get("summary_detail", {}), e["summary"], kind)))
    for part in e.get("content", []):
        raw.content.append(_construct(part, part.get("value", ""), kind))
    raw.published = [
        (rank, e[key]) for rank, key in enumerate(("published", "created")) if e.get(key)
    ]
    # Its dictionary returns the publication date for a missing "updated".
    updated = dict.get(e, "updated")
    raw.updated = [(0, updated)] if updated else []
    if not raw.published and not kind.startswith("atom"):  # it reports dc:date as an update
        raw.published, raw.updated = raw.updated, []
    raw.authors = [a["name"] for a in e.get("authors", []) if a.get("name")] or [
        e.get("author", "")
    ]
    raw.categories = [t.get("label") or t.get("term") or "" for t in e.get("tags", [])]
    raw.language = e.get("language") or e.get("dc_language")
    source = e.get("source", {})
    raw.source_title = source.get("title", "")
    raw.source_url = source.get("href", "") or source.get("link", "")
    raw.comments = e.get("comments", "")
    return raw
