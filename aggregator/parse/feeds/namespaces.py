"""Feed namespaces: one short name for many spellings."""

from __future__ import annotations

import re
from functools import lru_cache

_SPELLINGS = {
    "atom": "http://www.w3.org/2005/Atom http://purl.org/atom/ns# http://example.com/newformat# "
    "http://purl.org/net/rss1.1#",
    "rss": "http://purl.org/rss/1.0/ http://my.netscape.com/rdf/simple/0.9/ "
    "http://channel.netscape.com/rdf/simple/0.9/ "
    "http://my.netscape.com/publish/formats/rss-0.91.dtd http://backend.userland.com/rss "
    "http://backend.userland.com/RSS2 "
    "http://backend.userland.com/rss2 http://blogs.law.harvard.edu/tech/rss "
    "http://purl.org/net/rss1.1# urn:rss",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/ http://purl.org/dc/elements/1.0/",
    "dcterms": "http://purl.org/dc/terms/",
    "itunes": "http://www.itunes.com/DTDs/PodCast-1.0.dtd http://example.com/DTDs/PodCast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/ http://search.yahoo.com/mrss http://video.search.yahoo.com/mrss",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xml": "http://www.w3.org/XML/1998/namespace",
    "pheedo": "http://www.pheedo.com/namespace/pheedo",
}
SHORT = {uri.lower(): name for name, uris in _SPELLINGS.items() for uri in uris.split()}
"""Namespace URI in lower case to short name."""

PREFIXES = {name: uris.split()[0] for name, uris in _SPELLINGS.items()}
"""The usual prefixes and their URIs."""


_RSS = re.compile(r"rss[\w.-]{0,12}[/#]?$")
"""The end of an invented namespace for RSS itself; module namespaces continue after it."""


_LONGEST = 200  # maximum length of cached names


def short(tag: str) -> tuple[str, str]:
    """Short namespace name (empty for none, ``?`` for unknown) and local name in lower case."""
    return _remembered(tag) if len(tag) <= _LONGEST else _short(tag)


def _short(tag: str) -> tuple[str, str]:
    if tag[0] != "{":
        return "", tag.lower()
    uri, _, local = tag[1:].partition("}")
    if not uri:
        return "", local.lower()
    found = SHORT.get(uri.lower())
    if found is None:
        found = "rss" if _RSS.search(uri.lower()) else "?"
    return found, local.lower()


_remembered = lru_cache(maxsize=1024)(_short)  # feeds use the same hundred names
