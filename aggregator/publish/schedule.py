"""When a digest is due. Pure: the clock and the last run are arguments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol


class Schedule(Protocol):
    """What is due by the calendar: a digest, or a backup."""

    @property
    def every(self) -> str:
        """``hourly``, ``daily`` or ``weekly``."""

    @property
    def at(self) -> str:
        """The local time of day, for daily and weekly ones."""


def last_due(digest: Schedule, *, now: datetime, zone: tzinfo) -> datetime:
    """The latest scheduled time of ``digest`` that is not after ``now``.

    Hourly digests are due on the hour, daily ones at ``at`` in ``zone``, weekly ones on
    Monday at that time. Across a change to or from summer time the time of day stays.
    """
    local = now.astimezone(zone)
    if digest.every == "hourly":
        return local.replace(minute=0, second=0, microsecond=0)
    hour, minute = (int(part) for part in digest.at.split(":"))
    # In an hour that occurs twice, only the first time counts.
    due = local.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
    if digest.every == "weekly":
        due -= timedelta(days=due.weekday())
        return due if due <= local else due - timedelta(days=7)
    return due if due <= local else due - timedelta(days=1)


def next_due(digest: Schedule, *, now: datetime, zone: tzinfo) -> datetime:
    """The first scheduled time of ``digest`` after ``now``."""
    if digest.every == "hourly":  # elapsed hours, not clock hours
        start = last_due(digest, now=now, zone=zone).astimezone(UTC)
        return start + timedelta(hours=1)
    local = now.astimezone(zone)
    step = timedelta(days=7 if digest.every == "weekly" else 1)
    due = last_due(digest, now=now, zone=zone)
    while due <= local:
        due += step
    return due.replace(fold=0)


def is_due(digest: Schedule, *, last: datetime | None, now: datetime, zone: tzinfo) -> bool:
    """Whether ``digest``, last written at ``last``, is due at ``now``.

    One that was never written is due at once; one that was missed is written once,
    not once for every missed time.
    """
    return last is None or last < last_due(digest, now=now, zone=zone) <= now
