"""One round over the feeds that are due, for a process that polls once and ends."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.engine.polls import Engine
from aggregator.engine.subscriptions import subscribe
from aggregator.fetch import horizon
from aggregator.polling.poller import Poller, Summary
from aggregator.polling.subscriptions import all_feeds, due_feeds

if TYPE_CHECKING:
    from aggregator.settings import Settings
    from storage import Store

_MANY = 1_000_000  # maximum number of feeds per round


@dataclass(frozen=True, slots=True)
class Round:
    """What one round brought, and the ids of the feeds that it polled."""

    summary: Summary
    polled: tuple[str, ...]


def poll_due(
    store: Store, settings: Settings, *, clock: Callable[[], datetime], everything: bool = False
) -> Round:
    """Poll the feeds of ``settings`` that are due, or all; Retry-After is always honoured.

    Failing feeds are counted in the summary and raise nothing. It starts an event loop of its
    own, so it cannot be called inside a running one.
    """
    feeds, limits, at = settings.feeds, settings.fetch, clock()
    subscribe(store, feeds)
    beyond = horizon(limits, at)
    if everything:
        due = all_feeds(store, feeds, now=at, beyond=beyond)
    else:
        due = due_feeds(store, feeds, now=at, limit=_MANY, beyond=beyond)
    engine = Engine(store, settings)

    async def work() -> Summary:
        async with Poller(engine, limits, clock=clock, seed=os.getpid()) as poller:
            return await poller.round(due)

    return Round(asyncio.run(work()), tuple(one.feed.id for one in due))
