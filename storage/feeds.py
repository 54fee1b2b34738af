"""Subscriptions and their poll state."""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update

from aggregator.model import Feed, FeedState, PollState
from storage.codecs import (
    micros,
    micros_or_none,
    named,
    pack_record,
    packed,
    record,
    strings,
)
from storage.schema import feeds, items, poll_states
from storage.statements import Reader, Row, Statement, Writer, adding

_FEED = (
    feeds.c.id,
    feeds.c.url,
    feeds.c.title,
    feeds.c.tags,
    feeds.c.language,
    feeds.c.priority,
    feeds.c.weight,
)
_STATE_COLUMNS = (poll_states.c.record, poll_states.c.state)
_NEVER = datetime.max.replace(tzinfo=UTC)
_REMOVED = FeedState.REMOVED.value

_ADD = adding(feeds)
_CHANGE = Statement(
    update(feeds)
    .where(feeds.c.id == bindparam("key"))
    .values({column.name: bindparam(column.name) for column in feeds.c if column.name != "id"})
)
_GET = Statement(select(*_FEED).where(feeds.c.id == bindparam("key")))
_LIST = Statement(
    select(*_FEED, poll_states.c.state)
    .join(poll_states, poll_states.c.feed == feeds.c.id)
    .order_by(feeds.c.position, feeds.c.id)
)
_ADD_STATE = adding(poll_states)
_GET_STATE = Statement(select(*_STATE_COLUMNS).where(poll_states.c.feed == bindparam("key")))
_STATES = Statement(
    select(*_STATE_COLUMNS)
    .join(feeds, feeds.c.id == poll_states.c.feed)
    .order_by(feeds.c.position, feeds.c.id)
)
_SAVE_STATE = Statement(
    update(poll_states)
    .where(poll_states.c.feed == bindparam("key"))
    .values({name: bindparam(name) for name in ("state", "next_poll", "record")})
)
_SET_STATE = Statement(
    update(poll_states)
    .where(poll_states.c.feed == bindparam("key"))
    .values(state=bindparam("new_state"))
)
_DUE = Statement(
    select(poll_states.c.feed)
    .join(feeds, feeds.c.id == poll_states.c.feed)
    .where(
        poll_states.c.state == FeedState.ACTIVE.value,
        or_(
            poll_states.c.next_poll.is_(None),
            poll_states.c.next_poll <= bindparam("now"),
            poll_states.c.next_poll > bindparam("beyond"),
        ),
    )
    .order_by(poll_states.c.next_poll.asc().nulls_first(), feeds.c.position, feeds.c.id)
    .limit(bindparam("most"))
)


_RECENT = 20_000  # latest items of all feeds in which ``gathered`` counts
_LEAST = 5  # items of one canonical item from which it is worth a warning
_COUNTED = Statement(
    select(items.c.feed, items.c.canonical, func.count().label("count"))
    .where(items.c.seq > select(func.max(items.c.seq) - _RECENT).scalar_subquery())
    .group_by(items.c.feed, items.c.canonical)
)


class FeedReader(Reader):
    """Subscriptions and the poll state of each feed."""

    def get(self, feed: str) -> Feed | None:
        """The subscription with the id ``feed``, even if removed."""
        row = self._session.row(_GET, {"key": feed})
        return None if row is None else _feed(row)

    def list(self, *, include_removed: bool = False) -> builtins.list[Feed]:
        """All subscriptions in the order of feeds.toml."""
        rows = self._session.rows(_LIST, {})
        return [_feed(row) for row in rows if include_removed or row.state != _REMOVED]

    def state(self, feed: str) -> PollState:
        """The poll state of ``feed``; ``KeyError`` if it was never added."""
        row = self._session.row(_GET_STATE, {"key": feed})
        if row is None:
            raise KeyError(feed)
        return _state(row)

    def states(self) -> dict[str, PollState]:
        """The poll state of every feed, by id, in the order of feeds.toml."""
        states = (_state(row) for row in self._session.rows(_STATES, {}))
        return {state.feed: state for state in states}

    def gathered(self) -> dict[str, tuple[str, int, int]]:
        """Feeds of whose recent items most are one canonical item.

        By feed: the canonical item, how many items it holds, and how many the feed has.
        """
        totals: Counter[str] = Counter()
        largest: dict[str, tuple[int, str]] = {}
        for row in self._session.rows(_COUNTED, {}):
            totals[row.feed] += row.count
            largest[row.feed] = max(largest.get(row.feed, (0, "")), (row.count, row.canonical))
        return {
            feed: (canonical, count, totals[feed])
            for feed, (count, canonical) in largest.items()
            if count >= _LEAST and 2 * count > totals[feed]
        }

    def due(
        self, now: datetime, limit: int, *, beyond: datetime | None = None
    ) -> builtins.list[str]:
        """Ids of feeds to poll now: most overdue first, then by position.

        A next poll later than ``beyond`` was set by a wrong clock, so it is due too.
        """
        late = micros(beyond or _NEVER)
        wanted = {"now": micros(now), "beyond": late, "most": limit}
        return self._session.values(_DUE, wanted)


class Feeds(FeedReader, Writer):
    """Subscriptions and the poll state of each feed."""

    def upsert(self, feed: Feed, position: int) -> None:
        """Add or update ``feed``; a removed feed is polled again."""
        values = {
            "url": feed.url,
            "title": feed.title,
            "tags": packed(feed.tags),
            "language": feed.language,
            "priority": feed.priority,
            "weight": feed.weight,
            "position": position,
        }
        if not self._session.write(_CHANGE, {"key": feed.id, **values}):
            self._session.write(_ADD, {"id": feed.id, **values})
            self._session.write(_ADD_STATE, _state_values(PollState(feed.id)))
        elif self.state(feed.id).state is FeedState.REMOVED:
            self._set_state(feed.id, FeedState.ACTIVE)

    def mark_removed(self, ids: Iterable[str]) -> None:
        """Stop polling these feeds; their items stay."""
        for feed in ids:
            self._set_state(feed, FeedState.REMOVED)

    def save_state(self, state: PollState) -> None:
        """Save ``state``.

        A feed that was removed in the meantime stays removed, even if a poll was
        in progress.
        """
        values = _state_values(state)
        if self.state(state.feed).state is FeedState.REMOVED:
            values["state"] = _REMOVED
        del values["feed"]
        self._session.write(_SAVE_STATE, {"key": state.feed, **values})

    def _set_state(self, feed: str, state: FeedState) -> None:
        self._session.write(_SET_STATE, {"key": feed, "new_state": state.value})


def _feed(row: Row) -> Feed:
    return Feed(
        row.id, row.url, row.title, strings(row.tags), row.language, row.priority, row.weight
    )


def _state_values(state: PollState) -> dict[str, Any]:
    return {
        "feed": state.feed,
        "state": state.state.value,
        "next_poll": micros_or_none(state.next_poll),
        "record": pack_record(state),
    }


def _state(row: Row) -> PollState:
    return replace(record(PollState, row.record), state=named(FeedState, row.state))
