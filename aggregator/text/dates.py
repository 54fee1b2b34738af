"""Parses dates in the forms used by feeds and pages.

``parse_date`` parses a date field. RFC 822 and ISO 8601 with their usual errors have
a fast path; everything else goes to ``find_date``, which knows month names in 75
languages, the Islamic and the Persian calendar, CJK forms and the digits of every
script. dateparser is the last resort: it is a thousand times slower and guesses more.

A time without a zone is taken as UTC. Dates before 1990 or more than a day after
``now`` are rejected.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from aggregator.text.datewords import FoundDate, find
from aggregator.text.zones import MONTHS, ZONES

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Nothing on the web is older."""
AHEAD = timedelta(hours=24)
"""Tolerance for a publisher's wrong clock or zone."""
_LIMIT = 100  # characters read of a date field
_DATEPARSER_LIMIT = 40

_ZONE = r"(?:(?:gmt|utc?|z)?\s*([+-])(\d{1,2}):?(\d{2})?|([a-zмск]{1,4}))?(?:\s*\([^()]*\))?"
_RFC822 = re.compile(
    r"(?:[^\W\d]{2,9}\.?,?\s*)?(\d{1,2})(?:\s+|-)([a-z]{3,9})\.?,?(?:\s+|-)(\d{4}|\d{2})"
    r"(?:[\s,t]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.:]\d+)?)?)?\s*" + _ZONE + r"\s*"
)
_ISO = re.compile(
    r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})"
    r"(?:(?:\s*t\s*|\s+|:)(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,:]\d*)?)?)?\s*" + _ZONE + r"\s*"
)
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})|(\d{15,16})")
_YEAR_MONTH = re.compile(r"(\d{4})(?:-(\d{2}))?")
_ORDINAL = re.compile(r"(\d{4})-?(\d{3})(?:t.*)?")


def parse_date(text: str, *, now: datetime, language: str | None = None) -> datetime | None:
    """The time in a date field, in UTC, or None if there is none.

    ``now`` (aware) bounds the result: 1990 to a day after ``now``. ``language``
    (ISO 639-1) decides between readings, as for 3/4/2026.
    """
    text = text.strip()[:_LIMIT].lower()
    if not text:
        return None
    found = _rfc822(text) or _iso(text) or _number(text)
    if found is None:
        found_date = find(text, now=now, language=language)
        found = found_date.when if found_date else _last_resort(text, now, language)
    return found if found is not None and believed(found, now) else None


def find_date(line: str, *, now: datetime, language: str | None = None) -> FoundDate | None:
    """The first date in a line of a page, with its position in the line; None if there is none."""
    found = find(line[:500], now=now, language=language)
    return found if found and believed(found.when, now) else None


def believed(time: datetime, now: datetime) -> bool:
    """Whether ``time`` is a plausible publication time on the web."""
    return EARLIEST <= time <= now + AHEAD


def _rfc822(text: str) -> datetime | None:
    match = _RFC822.fullmatch(text)
    if match is None:
        return None
    day, name, year_said, hour, minute, second, *zone = match.groups()
    month = MONTHS.get(name)
    if month is None:
        return None
    year = int(year_said)
    if len(year_said) == 2:  # RFC 2822, 4.3
        year += 2000 if year < 50 else 1900
    return moment(year, month, int(day), hour, minute, second, zone)


def _iso(text: str) -> datetime | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, *zone = match.groups()
    if not 1700 <= int(year) <= 2200:  # a year in another calendar
        return None
    return moment(int(year), int(month), int(day), hour, minute, second, zone)


def moment(
    year: int,
    month: int,
    day: int,
    hour: str | None,
    minute: str | None,
    second: str | None,
    zone: list[str | None],
) -> datetime | None:
    """The UTC time of these parts; None if there is no such time.

    24:00 is the next midnight, a leap second the second before it. A zone more than
    14 hours from Greenwich is an error and is ignored.
    """
    sign, hours, minutes, name = zone
    hour_number = int(hour or 0)
    try:
        when = datetime(
            year, month, day, 0 if hour_number == 24 else hour_number, int(minute or 0),
            min(int(second or 0), 59), tzinfo=UTC,
        )  # fmt: skip
        if hour_number == 24:
            when += timedelta(days=1)
        offset = (
            (int(hours or 0) * 60 + int(minutes or 0)) * (-1 if sign == "-" else 1)
            if sign
            else ZONES.get(name or "", 0)
        )
        return when - timedelta(minutes=offset) if offset and abs(offset) <= 840 else when
    except (ValueError, OverflowError):
        return None


def _number(text: str) -> datetime | None:
    """Parse seconds, milliseconds or microseconds since 1970, and short ISO 8601 forms."""
    if match := _EPOCH.fullmatch(text):
        seconds, millis, micros = match.groups()
        stamp = int(seconds or millis or micros) / (1 if seconds else 1e3 if millis else 1e6)
        return datetime.fromtimestamp(stamp, UTC)
    if (match := _YEAR_MONTH.fullmatch(text)) and 1700 <= int(match[1]) <= 2200:
        return moment(int(match[1]), int(match[2] or 1), 1, None, None, None, [None] * 4)
    if (match := _ORDINAL.fullmatch(text)) and 1 <= int(match[2]) <= 366:
        start = date(int(match[1]), 1, 1) if int(match[1]) else date.min
        return datetime.combine(start, datetime.min.time(), UTC) + timedelta(days=int(match[2]) - 1)
    return None


@lru_cache(maxsize=256)
def _last_resort(text: str, now: datetime, language: str | None) -> datetime | None:
    """Try dateparser, for short texts that contain a digit."""
    if len(text) > _DATEPARSER_LIMIT or not any(ch.isdigit() for ch in text):
        return None
    import dateparser  # noqa: PLC0415 - half a second to import, and hardly ever needed

    settings = {
        "RETURN_AS_TIMEZONE_AWARE": True,
        "TIMEZONE": "UTC",
        "TO_TIMEZONE": "UTC",
        "RELATIVE_BASE": now.astimezone(UTC).replace(tzinfo=None),
        "PREFER_DATES_FROM": "past",
        "REQUIRE_PARTS": ["day", "month", "year"],
    }
    try:
        found = dateparser.parse(
            text, languages=[language] if language else None, settings=settings
        )
    except Exception:  # noqa: BLE001 - it raises whatever its parts raise
        try:
            found = dateparser.parse(text, settings=settings)
        except Exception:  # noqa: BLE001
            return None
    return found.astimezone(UTC) if isinstance(found, datetime) else None
