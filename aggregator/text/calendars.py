"""Converts days of other calendars to the Gregorian one."""

from __future__ import annotations

from datetime import date, timedelta

from hijridate import Hijri

# Years in which the 33-year leap cycle of the Persian calendar shifts; from
# K. Borkowski, "The Persian calendar for 3000 years", Earth, Moon and Planets 74 (1996).
_BREAKS = (
    -61, 9, 38, 199, 426, 686, 756, 818, 1111, 1181, 1210, 1635, 2060, 2097, 2192, 2262, 2324, 2394,
    2456, 3178,
)  # fmt: skip
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}


def _march_day(year: int) -> int:
    """The day of March on which the Persian ``year`` begins."""
    leaps = -14
    previous = _BREAKS[0]
    following = _BREAKS[1]
    for following in _BREAKS[1:]:
        if year < following:
            break
        span = following - previous
        leaps += span // 33 * 8 + span % 33 // 4
        previous = following
    passed = year - previous
    leaps += passed // 33 * 8 + (passed % 33 + 3) // 4
    span = following - previous
    if span % 33 == 4 and span - passed == 4:
        leaps += 1
    gregorian = year + 621
    return 20 + leaps - (gregorian // 4 - (gregorian // 100 + 1) * 3 // 4 - 150)


def from_persian(year: int, month: int, day: int) -> date | None:
    """The Gregorian day of a day in the solar calendar of Iran and Afghanistan."""
    length = 31 if month <= 6 else 30
    if not (1200 <= year <= 1600 and 1 <= month <= 12 and 1 <= day <= length):
        return None
    start = date(year + 621, 3, _march_day(year))
    return start + timedelta(days=(month - 1) * 31 - (month // 7) * (month - 7) + day - 1)


def from_hijri(year: int, month: int, day: int) -> date | None:
    """The Gregorian day of a day in the Islamic calendar (Umm al-Qura tables).

    Moon sighting differs by country, so the result may be off by a day.
    """
    try:
        found = Hijri(year, month, min(day, 29)).to_gregorian()
    except (ValueError, OverflowError):
        return None
    return date(found.year, found.month, found.day) + timedelta(days=max(0, day - 29))


def from_era(era: str, year: int, month: int, day: int) -> date | None:
    """The Gregorian day of a day in a Japanese or Taiwanese era year."""
    return from_gregorian(_ERAS[era] + year, month, day) if era in _ERAS else None


def from_gregorian(year: int, month: int, day: int) -> date | None:
    """The day itself, also for Thai years (2500 and later); None if there is no such day."""
    try:
        return date(year - 543 if 2500 <= year < 2700 else year, month, day)
    except ValueError:
        return None
