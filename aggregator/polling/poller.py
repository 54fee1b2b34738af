"""Polls a set of feeds: fetches in parallel, parses in workers, decides sequentially."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from aggregator.engine.item_worker import ItemPool
from aggregator.engine.poll_results import Poll, Tally
from aggregator.engine.polls import Engine
from aggregator.engine.prepared import Prepared
from aggregator.fetch import Fetcher, websub
from aggregator.model import Document, Feed, Outcome, PollOutcome, PollState
from aggregator.parse import ParseError, ParserCrashed, ParserMissing
from aggregator.polling.subscriptions import Due
from aggregator.settings import FetchLimits

Clock = Callable[[], datetime]
T = TypeVar("T")


@dataclass(slots=True)
class Summary:
    """The results of a round of polls."""

    polled: int = 0
    not_modified: int = 0
    failed: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)  # feed, why
    tally: Tally = field(default_factory=Tally)

    def count(self, poll: Poll, tally: Tally) -> None:
        """Count one poll."""
        self.polled += 1
        self.tally.add(tally)
        if poll.outcome.outcome is Outcome.NOT_MODIFIED:
            self.not_modified += 1
        error = poll.problem or poll.outcome.error
        if poll.document is None and poll.outcome.outcome is not Outcome.NOT_MODIFIED:
            self.failed += 1
            self.failures.append((poll.settings.key, error or poll.outcome.outcome.value))


class Poller:
    """Owns the HTTP client and the parser pool while it is open."""

    def __init__(self, engine: Engine, limits: FetchLimits, *, clock: Clock, seed: int) -> None:
        self._engine = engine
        self._limits = limits
        self._clock = clock
        self.abandoned = False
        """Set where a write hangs that closing must not wait for."""
        self._random = random.Random(seed)  # noqa: S311 # spreads polls, guards nothing
        self._fetcher = Fetcher(limits)
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self._parsers = ItemPool(
            workers=1, seconds=limits.parse_seconds, memory=limits.parse_memory
        )

    async def __aenter__(self) -> Poller:
        self._parsers.__enter__()
        await self._fetcher.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._fetcher.__aexit__(None, None, None)
        self._parsers.__exit__(None, None, None)
        self._writer.shutdown(wait=not self.abandoned, cancel_futures=self.abandoned)

    async def round(self, due: Sequence[Due], *, stop: asyncio.Event | None = None) -> Summary:
        """Poll each feed once and store the results, in the order of ``due``.

        The order does not depend on when answers arrive, so that the same feeds give
        the same decisions on any machine. Setting ``stop`` ends the round after the
        current poll.
        """
        summary = Summary()
        async for poll in self._in_order(due):
            if stop is not None and stop.is_set():
                break
            summary.count(poll, await self.store(poll))
        return summary

    async def store(self, poll: Poll) -> Tally:
        """Pass one poll to the engine, in the writer thread so that downloads continue.

        Other polls that wait to be stored come between the parts of a long document.
        """
        parts = await self.write(lambda: self._engine.parts(poll, now=self._clock()))
        tally = Tally()
        while (more := await self.write(lambda: next(parts, None))) is not None:
            tally = more
        return tally

    async def write(self, work: Callable[[], T]) -> T:
        """Run ``work``, which writes to the store, in the writer thread."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)

    async def ask_hub(self, state: PollState, *, now: datetime) -> PollOutcome:
        """Send the request for a subscription that ``state`` describes to its hub."""
        form = websub.form(self._limits, state)
        return await self._fetcher.post(state.hub or "", form, now=now, origin=state.topic)

    async def poll(self, due: Due) -> Poll:
        """Fetch and parse one feed; never raises on network or feed errors."""
        outcome = await self._fetcher.poll(due.settings, due.state, now=self._clock())
        return await self.read(due, outcome)

    async def read(self, due: Due, outcome: PollOutcome) -> Poll:
        """Parse the body of an outcome, if any; never raises on its content."""
        document: Document | None = None
        prepared: Prepared | None = None
        problem: str | None = None
        crashed = False
        if outcome.outcome is Outcome.CONTENT:
            try:
                document, prepared = await self._parse(due.feed, outcome)
            except ParserCrashed as error:
                problem, crashed = str(error), True
            except ParseError as error:
                problem = str(error)
            except ParserMissing as error:  # not the feed's fault
                outcome = replace(
                    outcome, outcome=Outcome.FAILED, error=str(error), offline=True, body=b""
                )
        return Poll(
            due.feed,
            due.settings,
            outcome,
            document=document,
            prepared=prepared,
            problem=problem,
            crashed=crashed,
            jitter=self._random.random(),
        )

    async def _parse(self, feed: Feed, outcome: PollOutcome) -> tuple[Document, Prepared | None]:
        return await self._parsers.read(
            outcome.body,
            feed,
            self._engine.history(feed.id),
            content_type=outcome.content_type,
            url=outcome.url,
            now=outcome.at,
            max_entries=self._limits.max_entries,
        )

    async def _in_order(self, due: Sequence[Due]) -> AsyncIterator[Poll]:
        """Polls in the order of ``due``, at most ``concurrency`` ahead of the consumer."""
        waiting: list[asyncio.Task[Poll]] = []
        rest = iter(due)
        try:
            for one in rest:
                waiting.append(asyncio.create_task(self.poll(one)))
                if len(waiting) >= self._limits.concurrency:
                    yield await waiting.pop(0)
            while waiting:
                yield await waiting.pop(0)
        finally:
            for task in waiting:
                task.cancel()
