"""Removes what is older than ``[retention]`` keeps, a little at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.settings import RetentionSettings, Settings
from aggregator.text.identity import feed_id
from storage import Policy, Store, View

STEP = 50  # items looked at in one transaction


@dataclass(frozen=True, slots=True)
class Removed:
    """What one step removed, or would remove."""

    items: int = 0
    stories: int = 0  # and canonical items without a story
    kept: int = 0  # of those, the ones that are kept for another reason
    polls: int = 0

    def __add__(self, other: Removed) -> Removed:
        """The sum of two steps."""
        return Removed(
            self.items + other.items,
            self.stories + other.stories,
            self.kept + other.kept,
            self.polls + other.polls,
        )


def policy(view: View, settings: Settings, now: datetime) -> Policy:
    """Until when the items of each feed are kept, counted from ``now``, or from the last arrival.

    A clock that is ahead must not make everything old at once.
    """
    rules = settings.retention
    last = view.items.last_seen()
    at = now if last is None else min(now, last)
    own = {feed_id(one.key or one.url): one.keep for one in settings.feeds if one.keep}
    feeds = {
        feed.id: at - span
        for feed in view.feeds.list(include_removed=True)
        if (span := own.get(feed.id, rules.items)) is not None
    }
    return Policy(feeds, _before(rules.digests, at))


def _before(span: timedelta | None, at: datetime) -> datetime | None:
    return None if span is None else at - span


def retain(
    store: Store, settings: Settings, now: datetime, *, dry_run: bool = False
) -> Iterator[Removed]:
    """Remove what has expired; each step is one short transaction and yields what it did.

    With ``dry_run`` nothing is removed. An engine that is running must forget its state
    afterwards (``Engine.forget``).
    """
    with store.reading() as view:
        rules = policy(view, settings, now)
    after = 0
    while True:
        if dry_run:
            with store.reading() as view:
                step = view.retention.step(rules, after, STEP)
        else:
            with store.transaction() as tx:
                step = tx.retention.step(rules, after, STEP)
                for unit in step.expired:
                    tx.retention.remove(unit, now)
        yield Removed(sum(len(one.items) for one in step.expired), len(step.expired), step.kept)
        if step.after == after:
            break
        after = step.after
    if not dry_run:
        yield from _polls(store, settings.retention, now)


def _polls(store: Store, rules: RetentionSettings, now: datetime) -> Iterator[Removed]:
    while rules.polls is not None:
        with store.transaction() as tx:
            count = tx.retention.prune_polls(now - rules.polls)
        yield Removed(polls=count)
        if not count:
            return
