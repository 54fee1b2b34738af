"""Compares two headlines, with or without texts, without a store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.dedupe import Verdict, compare
from aggregator.model import Document, Entry, Feed, Item
from aggregator.text.identity import feed_id
from aggregator.text.item_factory import make_item

_NOW = datetime(2000, 1, 1, tzinfo=UTC)  # both count as published at this time


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison."""

    title: str
    body: str = ""
    language: str | None = None
    source: str | None = None
    url: str | None = None


def verdict(a: Side, b: Side) -> Verdict:
    """Whether ``a`` and ``b`` are the same article, and why."""
    return compare(_item("a", a), _item("b", b), window=None)


def _item(name: str, side: Side) -> Item:
    url = f"compare:{name}"  # separate feeds: one outlet has other rules
    entry = Entry(
        title=side.title,
        link=side.url,
        guid=name,
        content=side.body,
        published=_NOW,
        language=side.language,
    )
    document = Document(entries=(entry,), title=side.source or "", language=side.language)
    made = make_item(Feed(feed_id(url), url), entry, document, seen=_NOW)
    return made or Item(id=f"i{name}", feed=feed_id(url), identity=name, title="", seen=_NOW)
