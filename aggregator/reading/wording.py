"""Times and counts in words."""

from __future__ import annotations

from datetime import datetime


def time(value: datetime | None) -> str | None:
    """ISO 8601 with zone, to the second."""
    return value.isoformat(timespec="seconds").replace("+00:00", "Z") if value else None


def when(value: datetime | None) -> str:
    """A time for people, in the machine's time zone, to the minute; empty for None."""
    return value.astimezone().isoformat(sep=" ", timespec="minutes")[:16] if value else ""


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: ``1 feed``, ``2 feeds``, ``2 stories``."""
    return f"{number} {one if number == 1 else many or one + 's'}"
