"""Work repeated by the monotonic clock, independent of changes to the wall clock."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from storage import StoreError

Work = Callable[[], Awaitable[None]]

log = structlog.get_logger()


class Jobs:
    """Runs coroutines repeatedly until ``stop`` is set; one that fails is run again."""

    def __init__(
        self, stop: asyncio.Event, trouble: Callable[[StoreError], None] | None = None
    ) -> None:
        self._stop = stop
        self._trouble = trouble  # is told of errors of the store
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def tasks(self) -> tuple[asyncio.Task[None], ...]:
        """The running tasks; after a stop each ends when its current run is done."""
        return tuple(self._tasks)

    def every(self, name: str, seconds: float, work: Work, *, wait: bool = False) -> None:
        """Run ``work`` now (if ``wait``: after a pause), then ``seconds`` after each run."""
        self._start(self._repeat(name, seconds, work, wait=wait))

    def once(self, name: str, work: Work) -> None:
        """Run ``work`` now."""
        self._start(self._run(name, work))

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _repeat(self, name: str, seconds: float, work: Work, *, wait: bool) -> None:
        if wait:
            await self._pause(seconds)
        while not self._stop.is_set():
            await self._run(name, work)
            await self._pause(seconds)

    async def _run(self, name: str, work: Work) -> None:
        try:
            await work()
        except Exception as error:
            if self._trouble is not None and isinstance(error, StoreError):
                self._trouble(error)
                return
            log.exception("job failed; it will run again", job=name, error=repr(error))

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), max(seconds, 0.001))
