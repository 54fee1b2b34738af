"""The reader's time zone."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import tzlocal

from aggregator.settings import Settings


def zone(settings: Settings) -> tzinfo:
    """The reader's time zone: as configured, or the machine's."""
    name = zone_name(settings)
    return ZoneInfo(name) if name else datetime.now().astimezone().tzinfo or UTC


def zone_name(settings: Settings) -> str | None:
    """The name of the reader's time zone; None if the machine's has no name."""
    if settings.timezone:
        return settings.timezone
    try:
        name = tzlocal.get_localzone_name()
        return name if name and ZoneInfo(name) else None
    except (LookupError, ValueError):  # a machine with an unusual configuration
        return None
