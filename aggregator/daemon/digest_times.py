"""The times of the calendar at which digests are due, as jobs of APScheduler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, tzinfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from aggregator.publish.schedule import next_due
from aggregator.settings import DigestSettings


class DigestTimes:
    """Calls ``due`` when a digest is due; ``plan`` after each run and each jump of the clock.

    A job is one date, not a rule: a rule lists every run missed, and a clock that jumps
    thirty years ahead makes that hundreds of thousands.
    """

    def __init__(self, due: Callable[[], Awaitable[None]]) -> None:
        self._due = due
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self, digests: Sequence[DigestSettings], *, now: datetime, zone: tzinfo) -> None:
        """Begin; needs a running event loop."""
        self._scheduler.start()
        self.plan(digests, now=now, zone=zone)

    def plan(self, digests: Sequence[DigestSettings], *, now: datetime, zone: tzinfo) -> None:
        """Set the next time of each digest, in place of those set before."""
        self._scheduler.remove_all_jobs()
        for number, digest in enumerate(digests):
            self._scheduler.add_job(
                self._due,
                "date",
                run_date=next_due(digest, now=now, zone=zone),
                id=f"digest {number}",
                misfire_grace_time=None,
            )

    def times(self) -> list[datetime]:
        """What is planned, earliest first."""
        return sorted(job.next_run_time for job in self._scheduler.get_jobs())

    def stop(self) -> None:
        """Forget all jobs."""
        self._scheduler.shutdown(wait=False)
