"""Takes many documents one after another, each prepared in a worker while others are decided."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from itertools import chain, islice

from aggregator.engine.imports import Intake
from aggregator.engine.item_worker import ItemPool
from aggregator.engine.poll_results import Tally
from aggregator.engine.polls import Engine
from aggregator.engine.prepared import Prepared
from aggregator.model import FeedHistory
from aggregator.settings import FetchLimits

AHEAD = 4  # documents that are prepared while one is decided
LEAST = 100  # entries of a single document from which a worker saves more than its start costs


def take_all(
    engine: Engine,
    intakes: Iterable[Intake],
    limits: FetchLimits,
    *,
    clock: Callable[[], datetime],
) -> Iterator[tuple[Intake, Tally]]:
    """Store each document, in order. Raises what storage raises.

    Where there is enough to do, a worker process prepares the documents ahead.
    """
    rest = iter(intakes)
    first = tuple(islice(rest, 2))
    every = chain(first, rest)
    if len(first) < 2 and sum(len(one.document.entries) for one in first) < LEAST:
        for one in every:
            yield one, _taken(engine, one, None, clock)
        return
    with ItemPool(seconds=limits.parse_seconds, memory=limits.parse_memory) as pool:
        for one, prepared in prepared_ahead(pool, every, engine.history, clock):
            yield one, _taken(engine, one, prepared, clock)


def _taken(
    engine: Engine, one: Intake, prepared: Prepared | None, clock: Callable[[], datetime]
) -> Tally:
    return engine.take_document(
        one.feed, one.document, prepared, now=clock(), in_order=one.in_order
    )


def prepared_ahead(
    pool: ItemPool,
    intakes: Iterable[Intake],
    history: Callable[[str], FeedHistory],
    clock: Callable[[], datetime],
) -> Iterator[tuple[Intake, Prepared | None]]:
    """Each of ``intakes``, in order, with what was made of it (None if its worker failed).

    ``history`` gives the stored history of a feed by id; it is asked in another thread, once for
    each feed. One document is prepared at a time, so the next one of a feed continues its history.
    """
    known: dict[str, FeedHistory] = {}

    def make(intake: Intake) -> Prepared | None:
        feed = intake.feed
        before = known.get(feed.id) or history(feed.id)
        made = pool.prepare(feed, intake.document, before, now=clock(), in_order=intake.in_order)
        if made is not None:
            known[feed.id] = made.history
        return made

    waiting: deque[tuple[Intake, Future[Prepared | None]]] = deque()
    rest = iter(intakes)
    with ThreadPoolExecutor(1, thread_name_prefix="prepare") as thread:
        try:
            while True:
                for one in islice(rest, AHEAD + 1 - len(waiting)):
                    waiting.append((one, thread.submit(make, one)))
                if not waiting:
                    return
                intake, future = waiting.popleft()
                yield intake, future.result()
        finally:
            for _, future in waiting:
                future.cancel()
