"""Keeps the stored subscriptions in step with feeds.toml, and says which are due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.model import Feed, FeedState, PollState
from aggregator.settings import FeedSettings
from aggregator.text.identity import feed_id

if TYPE_CHECKING:
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
        trust=settings.trust,
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
    by_id = _enabled(feeds)
    with store.reading() as view:
        ids = [i for i in view.feeds.due(now, limit, beyond=beyond) if i in by_id]
        return [Due(*by_id[i], view.feeds.state(i)) for i in ids]


def all_feeds(
    store: Store, feeds: Sequence[FeedSettings], *, now: datetime, beyond: datetime
) -> list[Due]:
    """Every feed that may be polled at ``now``, due or not, in the order of feeds.toml.

    Not those that ended, nor those whose publisher asked for rest until later; a rest
    that ends after ``beyond`` was noted by a clock that ran wrong.
    """
    with store.reading() as view:
        states = view.feeds.states()
    return [
        Due(feed, settings, states[ident])
        for ident, (feed, settings) in _enabled(feeds).items()
        if states[ident].state is FeedState.ACTIVE
        and not now < (states[ident].rest_until or now) <= beyond
    ]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of the subscriptions is not being polled now."""

    later: int  # feeds that are due at some other time
    ended: int  # gone or in quarantine: polled again only when a person says so
    next_poll: datetime | None  # the earliest; None where no feed has one


def waiting(store: Store, feeds: Sequence[FeedSettings], *, polled: Sequence[str] = ()) -> Waiting:
    """How the enabled feeds stand that are not among those ``polled`` (ids)."""
    with store.reading() as view:
        states = view.feeds.states()
    enabled = [states[ident] for ident in _enabled(feeds) if ident in states]
    active = [state for state in enabled if state.state is FeedState.ACTIVE]
    return Waiting(
        later=sum(state.feed not in polled for state in active),
        ended=sum(
            state.state is not FeedState.ACTIVE and state.feed not in polled for state in enabled
        ),
        next_poll=min((state.next_poll for state in active if state.next_poll), default=None),
    )


def resumed(state: PollState, *, now: datetime, beyond: datetime) -> PollState:
    """The state of a feed that a person wants polled again, whatever ended or slowed it.

    Its errors are forgotten; what its publisher asks for (Retry-After) is not.
    """
    rest = state.rest_until
    rests = rest is not None and now < rest <= beyond
    return replace(
        state,
        state=FeedState.ACTIVE,
        next_poll=rest if rests else None,
        next_reason="resumed by hand; its publisher asked for rest" if rests else "resumed by hand",
        errors=0,
        crashes=0,
        last_error=None,
    )


def _enabled(feeds: Sequence[FeedSettings]) -> dict[str, tuple[Feed, FeedSettings]]:
    """The feeds that are to be polled at all, by id."""
    return {
        feed.id: (feed, settings)
        for settings in feeds
        if settings.enabled
        for feed in [to_feed(settings)]
    }


def _from_file(feed: Feed) -> bool:
    return not feed.url.startswith("import:")
