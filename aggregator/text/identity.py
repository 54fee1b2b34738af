"""Ids made from content: the same input gives the same ids on any machine.

Each is a letter that names the kind and 16 hexadecimal digits (64 bits) of a
SHA-256: at ten million items the odds of one collision are about 1 in 370,000.
"""

from __future__ import annotations

import hashlib

_SEPARATOR = "\x1f"  # ASCII unit separator, which the gate removes from text


def _digest(*parts: str) -> str:
    joined = _SEPARATOR.join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:16]


def feed_id(url: str) -> str:
    """The id of the subscription to ``url`` (as written in feeds.toml)."""
    return "f" + _digest(url)


def item_id(feed: str, identity: str) -> str:
    """The id of the item with ``identity`` in the feed with id ``feed``."""
    return "i" + _digest(feed, identity)


def canonical_id(founder: str) -> str:
    """The id of the canonical item that the item ``founder`` founds."""
    return "c" + founder.removeprefix("i")


def story_id(founder: str) -> str:
    """The id of the story that the canonical item ``founder`` founds."""
    return "s" + founder.removeprefix("c")


def split_story_id(first: str, cause: str) -> str:
    """The id of a story that splits off; ``first`` is its first canonical item.

    ``cause`` is the canonical item (or correction) that caused the split. The id differs
    from that of a story founded by ``first``, which may redirect permanently.
    """
    return "s" + _digest("split", first, cause)


def content_hash(*parts: str) -> str:
    """A fingerprint of texts, to detect changes."""
    return _digest(*parts)
