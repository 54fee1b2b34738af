"""The background daemon: a periodic tick checks what is due and starts it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import structlog

from aggregator.config import ConfigError, stamp
from aggregator.daemon.backups import Backups
from aggregator.daemon.digest_times import DigestTimes
from aggregator.daemon.jobs import Jobs
from aggregator.daemon.removals import Removals
from aggregator.daemon.store_watch import StoreWatch
from aggregator.engine.polls import Engine
from aggregator.engine.subscriptions import subscribe
from aggregator.fetch import horizon, spread
from aggregator.polling.hubs import Hubs
from aggregator.polling.poller import Poller
from aggregator.polling.subscriptions import Due, due_feeds
from aggregator.publish.editions import write_due
from aggregator.publish.outbox import send_due
from aggregator.publish.retries import Retries
from aggregator.publish.schedule import Schedule
from aggregator.publish.zones import zone
from aggregator.settings import Settings
from storage import Store, StoreError

TICK = 5.0  # seconds between two checks for due feeds
SELDOM = 6  # ticks between two checks for digests and hubs
FIRST_ROUND = 600.0  # maximum seconds that the first digests wait for the first polls
PATIENCE = 7.0  # seconds that running polls get to finish at a stop
LAST = 1.0  # further seconds for a write that is under way
JUMP = 60.0  # tolerated drift of the wall clock between two ticks, in seconds
HOUR = 3_600.0  # seconds between two removals of what is old
BATCH = 500  # maximum number of feeds started in one tick

log = structlog.get_logger()


class Daemon:
    """Polls and writes digests until stopped."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        reload: Callable[[], Settings],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        seed: int | None = None,
        tick: float = TICK,
    ) -> None:
        self._store = store
        self._settings = settings
        self._reload = reload
        self._clock = clock
        self._tick_seconds = tick
        self._stop = asyncio.Event()
        self._engine = Engine(store, settings)
        self._seed = os.getpid() if seed is None else seed
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._watch = StoreWatch(self.stop)
        self._backups = Backups(store)
        self._removals = Removals(store, self._engine)
        self._jobs = Jobs(self._stop, self._watch.failed)
        self._rests: dict[str, float] = {}  # feeds whose polls were lost: not again before
        self.unfinished = False
        """Whether a thread still waits for the store after ``run``: end the process then."""
        self._digest_times = DigestTimes(self._digest_is_due)
        self._writing = asyncio.Lock()  # one digest check at a time
        self._ahead: float | None = None  # wall clock minus monotonic clock, in seconds
        self._retries = Retries()
        self._first: set[str] | None = None  # feeds of the first round not yet polled
        self._began = time.monotonic()
        self._stamp: tuple[int, int] | None = stamp(settings.path)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="digests")

    async def run(self) -> None:
        """Work until ``stop`` is called or a signal arrives.

        Raises StoreError if the store is lost: damaged, removed, or used by another daemon.
        """
        self._catch_signals()
        with self._store.lock_daemon():
            subscribe(self._store, self._settings.feeds)
            async with Poller(
                self._engine, self._settings.fetch, clock=self._clock, seed=self._seed
            ) as poller:
                hubs = Hubs(self._store, self._engine, poller, self._settings, clock=self._clock)
                async with hubs.listening():
                    self._start(poller, hubs)
                    log.info("daemon started", feeds=len(self._settings.feeds))
                    await self._stop.wait()
                    self._digest_times.stop()
                await self._finish(poller)
        self._worker.shutdown(wait=not self.unfinished)
        log.info("daemon stopped")
        if self._watch.lost is not None:
            raise self._watch.lost

    def stop(self) -> None:
        """Ask the daemon to stop; running polls are finished first."""
        self._stop.set()

    def _catch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self._forget_stamp)

    def _forget_stamp(self) -> None:
        """Make the next tick read feeds.toml again, changed or not."""
        self._stamp = None

    def _start(self, poller: Poller, hubs: Hubs) -> None:
        """Start the jobs. One job serves all feeds: 10,000 separate jobs cost 45 times as much."""
        seldom = self._tick_seconds * SELDOM
        self._jobs.every("poll", self._tick_seconds, lambda: self._tick(poller, hubs))
        self._jobs.every("digests", seldom, self._digests, wait=True)
        self._jobs.every("backup", seldom, self._backup)
        self._jobs.every("retention", HOUR, lambda: self._remove_old(poller), wait=True)
        if self._settings.fetch.websub_callback:
            self._jobs.every("hubs", seldom, hubs.ask, wait=True)
        self._digest_times.start(
            self._schedules(), now=datetime.now(UTC), zone=zone(self._settings)
        )

    def _plan_digests(self) -> None:
        self._digest_times.plan(self._schedules(), now=datetime.now(UTC), zone=zone(self._settings))

    def _schedules(self) -> list[Schedule]:
        """Everything that is due by the calendar."""
        backup = self._settings.backup
        return [*self._settings.digests, *((backup,) if backup.scheduled else ())]

    def _watch_clock(self) -> None:
        """Reschedule digests if the wall clock has drifted from the monotonic clock."""
        ahead = time.time() - time.monotonic()
        if self._ahead is not None and abs(ahead - self._ahead) > JUMP:
            log.warning("system clock changed", by_seconds=round(ahead - self._ahead))
            self._plan_digests()
        self._ahead = ahead

    async def _tick(self, poller: Poller, hubs: Hubs) -> None:
        """Start a poll of every feed that is due and not being polled."""
        self._watch_clock()
        self._store.keep_daemon_lock()
        if stamp(self._settings.path) != self._stamp:
            await self._take_settings(poller, hubs)
        if self._stop.is_set():
            return
        now = self._clock()
        beyond = horizon(self._settings.fetch, now)
        found = due_feeds(self._store, self._settings.feeds, now=now, limit=BATCH, beyond=beyond)
        resting = self._resting()
        due = [one for one in found if one.feed.id not in self._under_way | resting]
        if self._first is None:
            self._first = {one.feed.id for one in due}
        for position, one in enumerate(due):
            delay = spread(len(due), position)
            task = asyncio.create_task(self._poll(poller, one, delay))
            self._under_way[one.feed.id] = task
        self._watch.answered()

    def _resting(self) -> dict[str, float]:
        """The feeds whose last poll was not stored: the store does not know of it."""
        now = time.monotonic()
        self._rests = {feed: until for feed, until in self._rests.items() if until > now}
        return self._rests

    async def _poll(self, poller: Poller, due: Due, delay: float) -> None:
        """Poll one feed from start to end; a failure affects no other feed.

        ``delay`` spreads feeds that became due together, as after a start or a suspend.
        """
        try:
            if await self._stopped_within(delay):
                return
            poll = await poller.poll(due)
            tally = await poller.store(poll)
            log.info(
                "polled",
                feed=due.settings.key,
                outcome=poll.outcome.outcome.value,
                entries=tally.entries,
                items=tally.items,
                duplicates=tally.duplicates,
                error=poll.problem or poll.outcome.error,
            )
        except StoreError as error:
            self._rest(due)
            self._watch.failed(error)
            if self._watch.lost is None:
                log.error("not stored", feed=due.settings.key, error=str(error))
        except Exception:
            self._rest(due)
            log.exception("poll failed", feed=due.settings.key)
        finally:
            del self._under_way[due.feed.id]
            (self._first or set()).discard(due.feed.id)

    def _rest(self, due: Due) -> None:
        self._rests[due.feed.id] = time.monotonic() + self._settings.fetch.min_interval

    async def _stopped_within(self, seconds: float) -> bool:
        """Wait up to ``seconds``; returns whether the daemon is to stop."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), max(seconds, 0.001))
        return self._stop.is_set()

    async def _digest_is_due(self) -> None:
        self._jobs.once("digests", self._digests)
        self._jobs.once("backup", self._backup)

    async def _remove_old(self, poller: Poller) -> None:
        settings, now = self._settings, self._clock()
        await poller.write(lambda: self._removals.go_on(settings, now))

    async def _backup(self) -> None:
        """Make a backup if one is due, in the thread that writes digests."""
        settings, now = self._settings, self._clock()
        await asyncio.get_running_loop().run_in_executor(
            self._worker, lambda: self._backups.make_due(settings, now)
        )

    async def _digests(self) -> None:
        """Write due digests in a thread; the first ones after the first polls.

        News was missed before the start, and a digest written at once would not include it.
        """
        late = time.monotonic() - self._began > FIRST_ROUND
        if self._first is None or (self._first and not late):
            return
        async with self._writing:
            await self._write_digests()
        if not self._stop.is_set():
            self._plan_digests()

    async def _write_digests(self) -> None:
        waiting = self._retries.waiting(time.monotonic())
        written = await asyncio.get_running_loop().run_in_executor(
            self._worker,
            lambda: write_due(self._store, self._settings, now=self._clock(), skip=waiting),
        )
        for digest in written.digests:
            self._retries.succeeded(digest.settings.name)
        for path in written.files:
            log.info("digest written", path=str(path))
        for name, problem in written.problems.items():
            pause = self._retries.failed(name, time.monotonic())
            log.error("digest not written", error=problem, retry_in_seconds=round(pause))
        await asyncio.get_running_loop().run_in_executor(
            self._worker, lambda: send_due(self._store, self._settings, clock=self._clock)
        )

    async def _take_settings(self, poller: Poller, hubs: Hubs) -> None:
        """Reload feeds.toml; an invalid file changes nothing."""
        self._stamp = stamp(self._settings.path)
        try:
            settings = self._reload()
        except ConfigError as error:
            log.error("feeds.toml is invalid; keeping the previous configuration", error=str(error))
            return

        if not settings.feeds:
            log.error("feeds.toml has no feeds; keeping the previous configuration")
            return

        def use() -> None:
            self._engine.use(settings)
            subscribe(self._store, settings.feeds)

        try:
            await poller.write(use)
        except StoreError:
            self._stamp = None  # the next tick tries again
            raise
        if settings.store != self._settings.store:
            log.warning("[store] url changed; it takes effect at the next start")
        self._settings = settings
        hubs.use(settings)
        self._plan_digests()
        log.info("feeds.toml reloaded", feeds=len(settings.feeds))

    async def _finish(self, poller: Poller) -> None:
        """Let running work end; after PATIENCE seconds it is cancelled and rolled back.

        A thread cannot be cancelled: one that still waits for the store is left behind.
        """
        tasks = [*self._under_way.values(), *self._jobs.tasks]
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=PATIENCE)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        idle = asyncio.wrap_future(self._worker.submit(int))
        try:
            async with asyncio.timeout(LAST):
                await asyncio.gather(idle, poller.write(int))
        except TimeoutError:
            self.unfinished = poller.abandoned = True
            log.warning("a write that waits for the store was given up; nothing of it is stored")
