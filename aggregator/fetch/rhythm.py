"""How often a feed should be polled: pure functions of entry times and publisher hints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from aggregator.model import Document, PollOutcome, PollState
from aggregator.settings import FeedSettings, FetchLimits

LEAST_TIMES = 4  # entry times needed for a rhythm
MOST_TIMES = 60
SILENCE = 4.0  # a feed silent for s seconds is assumed to post every s / SILENCE
LONGEST_LEASE = timedelta(days=30)  # maximum lease accepted from a hub
TOLD_WITHIN = timedelta(hours=1)  # time within which a hub has to deliver an entry
LEASE_SECONDS = 21_600.0  # seconds between polls during a lease
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between polls, with the reason in plain words."""

    seconds: float
    reason: str


def rhythm(published: Sequence[datetime], now: datetime) -> float | None:
    """The median seconds between a feed's entries; None if there are too few.

    Entries with the same time count once, because a batch says nothing about gaps;
    those in the future are ignored.
    """
    times = sorted({time for time in published if time <= now}, reverse=True)[:MOST_TIMES]
    if len(times) < LEAST_TIMES:
        return None
    return median((a - b).total_seconds() for a, b in pairwise(times))


def pace(
    settings: FeedSettings,
    limits: FetchLimits,
    state: PollState,
    outcome: PollOutcome,
    *,
    now: datetime,
) -> Pace:
    """How long to wait after a good poll.

    The largest of the interval from feeds.toml (or the feed's own rhythm) and the
    publisher's hints, within the bounds of ``limits``. ``state`` already includes this
    poll.
    """
    best = _own(settings, limits, state, now)
    if outcome.max_age is not None and outcome.max_age > best.seconds:
        best = Pace(outcome.max_age, "the server's cache headers ask for it")
    if state.asked is not None and state.asked > best.seconds:
        best = Pace(state.asked, "the feed asks for it (ttl or updatePeriod)")
    leased = min(LEASE_SECONDS, lease_left(state, now).total_seconds())
    if leased > best.seconds:
        best = Pace(leased, "its hub pushes new entries")
    if best.seconds < limits.min_interval:
        return Pace(limits.min_interval, f"{best.reason}; not below min_interval")
    if best.seconds > limits.max_interval:
        return Pace(limits.max_interval, f"{best.reason}; not above max_interval")
    return best


def lease_left(state: PollState, now: datetime) -> timedelta:
    """The remaining time of the feed's hub lease; zero without one.

    A lease that ends later than allowed was started under a wrong clock.
    """
    left = (state.lease_until or now) - now
    return left if timedelta(0) < left <= LONGEST_LEASE else timedelta(0)


def hub_is_silent(state: PollState, published: Sequence[datetime], now: datetime) -> bool:
    """Whether a poll found entries that the hub should have delivered an hour ago.

    If so, its lease is ignored; it is asked again later.
    """
    if state.lease_until is None or state.hub_asked is None:
        return False
    known = max(state.hub_asked, state.changed or state.hub_asked) + TOLD_WITHIN
    return any(known < time < now - TOLD_WITHIN for time in published)


def _own(settings: FeedSettings, limits: FetchLimits, state: PollState, now: datetime) -> Pace:
    if settings.interval is not None:
        return Pace(settings.interval, "set in feeds.toml")
    if state.rhythm is None:
        return Pace(limits.default_interval, "default, until enough entries are known")
    silence = (now - state.changed).total_seconds() if state.changed else 0.0
    # Twice per expected entry, which is then seen, on average, a quarter of a gap late.
    if silence / SILENCE > state.rhythm:
        why = f"quiet for {words(silence)}; usually posts about every {words(state.rhythm)}"
        return Pace(silence / SILENCE / 2, why)
    return Pace(state.rhythm / 2, f"posts about every {words(state.rhythm)}")


def asked(document: Document) -> tuple[float | None, str]:
    """The hints in a document: seconds between polls, and hours and days to skip."""
    hours = sorted({hour % 24 for hour in document.skip_hours if 0 <= hour <= 24})
    days = {day.strip().lower() for day in document.skip_days}
    skip = [str(hour) for hour in hours] + [day for day in _DAYS if day in days]
    return document.ttl, " ".join(skip)


def after_skipped(moment: datetime, skip: str) -> datetime:
    """``moment``, or the first hour after it that the feed does not ask to skip.

    A request to skip everything is ignored.
    """
    words_ = skip.split()
    hours = {int(word) for word in words_ if word.isdigit()}
    days = {_DAYS.index(word) for word in words_ if word in _DAYS}
    if len(hours) == 24 or len(days) == 7:
        return moment
    later = moment
    for _ in range(24 * 8):
        if later.hour not in hours and later.weekday() not in days:
            return later
        later = later.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return moment


def words(seconds: float) -> str:
    """A time span for people: ``40 min``, ``3 h``, ``2.5 d``."""
    for unit, size in (("d", 86_400.0), ("h", 3_600.0), ("min", 60.0)):
        if seconds >= size:
            return f"{round(seconds / size, 1):g} {unit}"
    return f"{round(seconds):g} s"
