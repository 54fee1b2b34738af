"""The arrival time of items: never decreasing, even if the machine's clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

BELIEVED = timedelta(days=1)
"""How far the latest arrival may be ahead of the clock (which was set back a little)."""
EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)
"""Before this program was written: a clock that shows less was never set (boards wake in 1996)."""


def arrival_time(now: datetime, last: datetime | None, told: datetime | None = None) -> datetime:
    """The arrival time of an item that comes in at ``now``.

    ``last`` is that of the previous item, ``told`` the end of the latest digest: what arrives
    after it is news for the next one. The time never decreases as long as the clock is right,
    slightly wrong or not set. What lies more than a day ahead was recorded under a wrong clock;
    following it would date all news of the next months or years to that moment.
    """
    after = None if told is None else told + timedelta(microseconds=1)
    known = [at for at in (last, after) if at is not None]
    if now >= EARLIEST:
        known = [at for at in known if at - now <= BELIEVED]
    return max((now, *known))
