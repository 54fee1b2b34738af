"""Finds the feeds that are due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.engine.subscriptions import to_feed
from aggregator.model import Feed, FeedState, PollState
from aggregator.settings import FeedSettings

if TYPE_CHECKING:
    from storage import Store


@dataclass(frozen=True, slots=True)
class Due:
    """A feed that is due, with its poll state."""

    feed: Feed
    settings: FeedSettings
    state: PollState


def due_feeds(
    store: Store,
    feeds: Sequence[FeedSettings],
    *,
    now: datetime,
    limit: int,
    beyond: datetime | None = None,
) -> list[Due]:
    """The feeds whose next poll is not after ``now``, longest overdue first.

    Includes feeds with a next poll after ``beyond``, which only a wrong clock can have set.
    """
    by_id = _enabled(feeds)
    with store.reading() as view:
        ids = [i for i in view.feeds.due(now, limit, beyond=beyond) if i in by_id]
        return [Due(*by_id[i], view.feeds.state(i)) for i in ids]


def all_feeds(
    store: Store, feeds: Sequence[FeedSettings], *, now: datetime, beyond: datetime
) -> list[Due]:
    """Every feed that may be polled at ``now``, due or not, in the order of feeds.toml.

    Excludes feeds that ended, and those with a Retry-After still running; one that ends
    after ``beyond`` was recorded under a wrong clock and is ignored.
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
    """The subscriptions that are not being polled now."""

    later: int  # feeds that are due later
    ended: int  # gone or in quarantine: polled again only after `feeds resume`
    next_poll: datetime | None  # the earliest; None if no feed has one


def waiting(store: Store, feeds: Sequence[FeedSettings], *, polled: Sequence[str] = ()) -> Waiting:
    """The state of the enabled feeds whose ids are not in ``polled``."""
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
    """The state of a feed after `feeds resume`, whatever ended or slowed it.

    Its errors are reset; a Retry-After is kept.
    """
    rest = state.rest_until
    rests = rest is not None and now < rest <= beyond
    return replace(
        state,
        state=FeedState.ACTIVE,
        next_poll=rest if rests else None,
        next_reason="resumed manually, after its Retry-After" if rests else "resumed manually",
        errors=0,
        crashes=0,
        last_error=None,
    )


def _enabled(feeds: Sequence[FeedSettings]) -> dict[str, tuple[Feed, FeedSettings]]:
    """The enabled feeds by id."""
    return {
        feed.id: (feed, settings)
        for settings in feeds
        if settings.enabled
        for feed in [to_feed(settings)]
    }
