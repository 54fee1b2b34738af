"""Keeps the subscriptions in the store as they are in feeds.toml."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aggregator.model import Feed
from aggregator.settings import FeedSettings
from aggregator.text.identity import feed_id

if TYPE_CHECKING:
    from storage import Store


def to_feed(settings: FeedSettings) -> Feed:
    """The subscription for a ``[[feeds]]`` table."""
    return Feed(
        id=feed_id(settings.key or settings.url),
        url=settings.key or settings.url,
        title=settings.title,
        tags=settings.tags,
        language=settings.language,
        priority=settings.priority,
        weight=settings.weight,
        trust=settings.trust,
    )


def subscribe(store: Store, feeds: Sequence[FeedSettings]) -> None:
    """Store the subscriptions in feeds.toml; feeds no longer in it are no longer polled.

    Items of removed feeds are kept.
    """
    with store.transaction() as tx:
        kept = set()
        for position, settings in enumerate(feeds):
            feed = to_feed(settings)
            kept.add(feed.id)
            tx.feeds.upsert(feed, position)
        tx.feeds.mark_removed([f.id for f in tx.feeds.list() if f.id not in kept and from_file(f)])


def from_file(feed: Feed) -> bool:
    """Whether a feed is one of feeds.toml; the others were imported, and are not polled."""
    return not feed.url.startswith("import:")
