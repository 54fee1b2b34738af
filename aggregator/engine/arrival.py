"""The arrival time of items: never decreasing, even if the machine's clock changes."""

from __future__ import annotations

from datetime import datetime, timedelta

BELIEVED = timedelta(days=1)
"""How far the latest arrival may be ahead of the clock (which was set back a little)."""


def arrival_time(now: datetime, last: datetime | None) -> datetime:
    """The arrival time of an item that comes in at ``now``; ``last`` is that of the previous item.

    It never decreases as long as the clock is right or slightly wrong. A last arrival more
    than a day ahead was recorded under a wrong clock; following it would date all news of
    the next months or years to that moment.
    """
    return now if last is None or last <= now or last - now > BELIEVED else last
