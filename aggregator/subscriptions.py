"""Keeps the stored subscriptions in step with feeds.toml, and says which are due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.model import Feed, PollState
from aggregator.settings import FeedSettings
from aggregator.text.identity import feed_id
from storage import Store


@dataclass(frozen=True, slots=True)
class Due:
    """A feed that is due, with what is remembered of it."""

    feed: Feed
    settings: FeedSettings
    state: PollState


def to_feed(settings: FeedSettings) -> Feed:
    """The subscription that a ``[[feeds]]`` table stands for."""
    return Feed(
        id=feed_id(settings.key or settings.url),
        url=settings.key or settings.url,
        title=settings.title,
        tags=settings.tags,
        language=settings.language,
        priority=settings.priority,
        weight=settings.weight,
    )


def subscribe(store: Store, feeds: Sequence[FeedSettings]) -> None:
    """Store what feeds.toml subscribes to; what it no longer names is no longer polled.

    Items of a feed that was taken out stay.
    """
    with store.transaction() as tx:
        kept = set()
        for position, settings in enumerate(feeds):
            feed = to_feed(settings)
            kept.add(feed.id)
            tx.feeds.upsert(feed, position)
        tx.feeds.mark_removed([f.id for f in tx.feeds.list() if f.id not in kept and _from_file(f)])


def due_feeds(
    store: Store,
    feeds: Sequence[FeedSettings],
    *,
    now: datetime,
    limit: int,
    beyond: datetime | None = None,
) -> list[Due]:
    """The feeds whose next poll is not after ``now``, longest overdue first.

    Those with a next poll later than ``beyond`` too: a clock that ran wrong set it.
    """
    by_id = {
        feed.id: (feed, settings)
        for settings in feeds
        if settings.enabled
        for feed in [to_feed(settings)]
    }
    with store.reading() as tx:
        ids = [i for i in tx.feeds.due(now, limit, beyond=beyond) if i in by_id]
        return [Due(*by_id[i], tx.feeds.state(i)) for i in ids]


def _from_file(feed: Feed) -> bool:
    return not feed.url.startswith("import:")
