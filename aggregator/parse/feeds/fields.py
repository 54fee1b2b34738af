"""The meaning of entry elements: one table for RSS, RDF and Atom.

Ranks order elements with the same meaning: 0 is the format's own element, higher
ones come from other namespaces.
"""

from __future__ import annotations

from typing import NamedTuple

from aggregator.parse.feeds.namespaces import short


class Field(NamedTuple):
    """The meaning of an element, and its rank."""

    name: str
    rank: int = 0


_RSS = {
    "title": Field("title"),
    "link": Field("link"),
    "url": Field("link_fallback", 2),
    "guid": Field("guid"),
    "id": Field("guid"),
    "description": Field("summary"),
    "summary": Field("summary", 1),
    "abstract": Field("summary", 1),
    "tagline": Field("summary", 1),
    "content": Field("content"),
    "fulltext": Field("content"),
    "fullitem": Field("content"),
    "body": Field("content"),
    "pubdate": Field("published"),
    "published": Field("published", 1),
    "issued": Field("published", 1),
    "date": Field("published", 2),
    "created": Field("published", 3),
    "updated": Field("updated"),
    "modified": Field("updated", 1),
    "lastbuilddate": Field("updated", 2),
    "author": Field("author"),
    "contributor": Field("ignored"),
    "category": Field("category"),
    "keywords": Field("category"),
    "enclosure": Field("enclosure"),
    "source": Field("source"),
    "comments": Field("comments"),
    "language": Field("language"),
}
_BY_NAMESPACE: dict[str, dict[str, Field]] = {
    "": _RSS,
    "rss": _RSS,
    "atom": _RSS,
    "content": {"encoded": Field("content")},
    "xhtml": {
        "body": Field("content_markup"),
        "div": Field("content_markup"),
        "a": Field("ignored"),
    },
    "dc": {
        "title": Field("title_fallback"),
        "description": Field("summary", 3),
        "date": Field("published", 2),
        "creator": Field("author"),
        "author": Field("author"),
        "subject": Field("category"),
        "language": Field("language"),
        "identifier": Field("ignored"),
    },
    "dcterms": {
        "issued": Field("published", 2),
        "created": Field("published", 3),
        "modified": Field("updated", 1),
        "abstract": Field("summary", 3),
    },
    "itunes": {
        "summary": Field("summary", 4),
        "subtitle": Field("summary", 5),
        "author": Field("author"),
        "title": Field("title_fallback"),
    },
    "media": {
        "title": Field("title_fallback"),
        "description": Field("summary", 6),
        "content": Field("media"),
        "group": Field("media_group"),
    },
    "feedburner": {"origlink": Field("origin")},
    "pheedo": {"origlink": Field("origin")},
}


def field(tag: str) -> Field | None:
    """The field of an element with this name, in lxml's notation; None if unknown."""
    namespace, local = short(tag)
    return _BY_NAMESPACE.get(namespace, {}).get(local)
