"""When an item counts as arrived: in order, whatever the machine's clock does."""

from __future__ import annotations

from datetime import datetime, timedelta

BELIEVED = timedelta(days=1)
"""How far the latest arrival may lie ahead of the clock: the clock was set back a little."""


def arrival_time(now: datetime, last: datetime | None) -> datetime:
    """The time of arrival of what comes in at ``now``; ``last`` is that of the item before it.

    It never decreases while the clock is right or a little wrong. A last arrival more than
    a day ahead was stamped by a clock that was wrong: following it would date all news of
    the next months or years to that moment.
    """
    return now if last is None or last <= now or last - now > BELIEVED else last
