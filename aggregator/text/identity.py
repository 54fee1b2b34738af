"""Ids made from content: the same input gives the same ids on any machine.

Each is a letter that names the kind and 16 hexadecimal digits (64 bits) of a
SHA-256: at ten million items the odds of one collision are about 1 in 370,000.
"""

from __future__ import annotations

import hashlib

_SEPARATOR = "\x1f"  # ASCII unit separator: cannot stand in text that passed the gate


def _digest(*parts: str) -> str:
    joined = _SEPARATOR.join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:16]


def feed_id(url: str) -> str:
    """The id of the subscription to ``url`` (as it stands in feeds.toml)."""
    return "f" + _digest(url)


def item_id(feed: str, identity: str) -> str:
    """The id of what the feed with id ``feed`` calls ``identity``."""
    return "i" + _digest(feed, identity)


def canonical_id(founder: str) -> str:
    """The id of the canonical item that the item ``founder`` founds."""
    return "c" + founder.removeprefix("i")


def story_id(founder: str) -> str:
    """The id of the story that the canonical item ``founder`` founds."""
    return "s" + founder.removeprefix("c")


def split_story_id(first: str, cause: str) -> str:
    """The id of what splits off a story: ``first`` is its first canonical item.

    ``cause`` is the canonical item whose coming showed it. Never the id that ``first``
    founded a story with, for that one may redirect, and does so for good.
    """
    return "s" + _digest("split", first, cause)


def content_hash(*parts: str) -> str:
    """A fingerprint of texts, to notice that one of them changed."""
    return _digest(*parts)
