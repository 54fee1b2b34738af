"""Conversion between items and rows."""

from __future__ import annotations

from typing import Any

from aggregator.model import Item, Keys, Placed
from storage.codecs import (
    bands,
    key,
    micros,
    micros_or_none,
    moment,
    moment_or_none,
    pack_bands,
    packed,
    strings,
)
from storage.schema import items
from storage.statements import Row

PLACED = (
    items.c.canonical,
    items.c.id,
    items.c.feed,
    items.c.identity,
    items.c.title,
    items.c.seen,
    items.c.published,
    items.c.updated,
    items.c.title_raw,
    items.c.text,
    items.c.lead,
    items.c.url,
    items.c.link,
    items.c.language,
    items.c.source,
    items.c.credit,
    items.c.tags,
    items.c.targets,
    items.c.flags,
    items.c.revision,
    items.c.priority,
    items.c.weight,
    items.c.content_hash,
)
"""The columns that ``placed`` reads."""
KEYS = (items.c.url_keys, items.c.title_key, items.c.bands)
"""The columns that ``keys_of`` reads."""


def placed(row: Row) -> Placed:
    """The item and its canonical item from a row with the columns of ``PLACED``."""
    # In the order of Item's fields: keyword arguments would be 25% slower.
    item = Item(
        row.id,
        row.feed,
        row.identity,
        row.title,
        moment(row.seen),
        moment_or_none(row.published),
        moment_or_none(row.updated),
        row.title_raw,
        row.text,
        row.lead,
        row.url,
        row.link,
        row.language,
        row.source,
        row.credit,
        strings(row.tags),
        strings(row.targets),
        strings(row.flags),
        row.revision,
        row.priority,
        row.weight,
        row.content_hash,
    )
    return Placed(item, row.canonical)


def keys_of(row: Row) -> Keys:
    """The keys from a row with the columns of ``KEYS``."""
    return Keys(strings(row.url_keys), row.title_key, bands(row.bands))


def item_values(item: Item) -> dict[str, Any]:
    """The columns that a new text of an item may change."""
    return {
        "time": micros(item.time),
        "published": micros_or_none(item.published),
        "updated": micros_or_none(item.updated),
        "language": item.language,
        "revision": item.revision,
        "priority": item.priority,
        "weight": item.weight,
        "tags": packed(item.tags),
        "targets": packed(item.targets),
        "flags": packed(item.flags),
        "source": item.source,
        "credit": item.credit,
        "content_hash": item.content_hash,
        "title": item.title,
        "url": item.url,
        "link": item.link,
        "title_raw": item.title_raw,
        "lead": item.lead,
        "text": item.text,
    }


def key_values(keys: Keys) -> dict[str, Any]:
    """The values of the key columns."""
    return {
        "url_keys": packed(keys.urls),
        "title_key": keys.title,
        "title_hash": key(keys.title) if keys.title else None,
        "bands": pack_bands(keys.bands),
    }
