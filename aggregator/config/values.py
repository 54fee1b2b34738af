"""Value types in feeds.toml beyond those of TOML."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"^\s*(\d{1,15}(?:\.\d+)?)\s*([smhdw])\s*$")
_SIZE = re.compile(r"^\s*(\d{1,15}(?:\.\d+)?)\s*(kB|MB|GB)?\s*$", re.IGNORECASE)
_SIZES = {"": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000}
_LONGEST = 36_525 * 86_400.0  # seconds: a hundred years, so that date arithmetic cannot overflow
_TIME = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")


def seconds(value: object) -> float:
    """``"15m"``, ``"1.5h"``, ``"7d"`` or a number of seconds, as seconds."""
    found: float | None = None
    if isinstance(value, int | float) and not isinstance(value, bool):
        found = value
    elif isinstance(value, str) and (match := _DURATION.match(value)):
        found = float(match[1]) * _UNITS[match[2]]
    if found is not None and 0 <= found <= _LONGEST:
        return float(found)
    if found is not None and found > _LONGEST:
        raise ValueError("a duration can be at most 100 years")
    raise ValueError('a duration must be a number of seconds, or like "15m", "1h", "7d"')


def size(value: object) -> int:
    """``"10MB"`` or a number of bytes, as bytes."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if isinstance(value, str) and (match := _SIZE.match(value)):
        return int(float(match[1]) * _SIZES[(match[2] or "").lower()])
    raise ValueError('a size must be a number of bytes, or like "500kB", "10MB"')


def clock(value: object) -> str:
    """``"07:00"``, a time of day."""
    if isinstance(value, str) and _TIME.match(value):
        return value
    raise ValueError('a time of day must look like "07:00"')


def language(value: object) -> str:
    """``"ar"`` or ``"pt-BR"``: the primary subtag, in lower case."""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*", value):
        return value.split("-")[0].lower()
    raise ValueError('a language must be a code like "ar", "en" or "pt-BR"')


def zone(value: object) -> str:
    """``"Europe/Berlin"``, a time zone known on this machine."""
    try:
        return str(ZoneInfo(str(value)))
    except (KeyError, ValueError, OSError) as error:
        raise ValueError('a time zone must be a name like "Europe/Berlin" or "UTC"') from error


Seconds = Annotated[float, BeforeValidator(seconds)]
Span = Annotated[timedelta, BeforeValidator(lambda value: timedelta(seconds=seconds(value)))]
Size = Annotated[int, BeforeValidator(size)]
Clock = Annotated[str, BeforeValidator(clock)]
Language = Annotated[str, BeforeValidator(language)]
Zone = Annotated[str, BeforeValidator(zone)]
