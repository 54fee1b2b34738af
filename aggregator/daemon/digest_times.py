"""Calendar times at which digests and backups are due, as APScheduler jobs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, tzinfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from aggregator.publish.schedule import Schedule, next_due


class DigestTimes:
    """Calls ``due`` when a digest or backup is due. Call ``plan`` after each run and clock change.

    A job is a single date, not a recurrence rule: a rule would list every missed run, hundreds
    of thousands if the clock jumps thirty years ahead.
    """

    def __init__(self, due: Callable[[], Awaitable[None]]) -> None:
        self._due = due
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self, digests: Sequence[Schedule], *, now: datetime, zone: tzinfo) -> None:
        """Start; requires a running event loop."""
        self._scheduler.start()
        self.plan(digests, now=now, zone=zone)

    def plan(self, digests: Sequence[Schedule], *, now: datetime, zone: tzinfo) -> None:
        """Schedule the next time of each digest, replacing earlier ones."""
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
        """The scheduled times, earliest first."""
        return sorted(job.next_run_time for job in self._scheduler.get_jobs())

    def stop(self) -> None:
        """Stop and discard all jobs."""
        self._scheduler.shutdown(wait=False)
