# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=False
"""RFC 822 and ISO 8601 dates as in feeds; ``fast_scalars.date_of`` handles the others."""

from cpython.datetime cimport datetime_new, import_datetime
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH
from libc.string cimport memcmp

from datetime import UTC

cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(object text) noexcept

import_datetime()

UNKNOWN = NotImplemented
"""Another form of date, or none: use the slow path."""

cdef const char* MONTHS = b"JanFebMarAprMayJunJulAugSepOctNovDec"
cdef int* LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
cdef enum:
    FARTHEST = 840  # minutes from Greenwich
    NOWHERE = 10_000

cdef struct Clock:
    int year, month, day, hour, minute, second, east


cpdef object usual(str text, long long earliest, long long latest):
    """``time_of``, for tests."""
    return time_of(text, earliest, latest)


cdef object time_of(str text, long long earliest, long long latest):
    """The time in ``text``, in UTC.

    None where it is not between ``earliest`` and ``latest``, in seconds since 1970;
    UNKNOWN where the long way has to be asked.
    """
    if not PyUnicode_IS_ASCII(text):
        return UNKNOWN
    cdef const char* c = <const char*> PyUnicode_DATA(text)
    cdef const char* end = c + PyUnicode_GET_LENGTH(text)
    while c < end and _white(c[0]):
        c += 1
    while end > c and _white((end - 1)[0]):
        end -= 1
    cdef Clock clock
    if not (_iso(c, end, &clock) or _rfc(c, end, &clock)) or not _possible(&clock):
        return UNKNOWN
    cdef long long seconds = _seconds(&clock)
    return _datetime(seconds) if earliest <= seconds <= latest else None


cdef inline bint _white(char c) noexcept:
    return c == 32 or 9 <= c <= 13


cdef int _digits(const char** at, const char* end, int least, int most) noexcept:
    """A number with this many digits, moving ``at`` past it; -1 if there is none."""
    cdef int value = 0, count = 0
    cdef const char* c = at[0]
    while c < end and count < most and b"0" <= c[0] <= b"9":
        value = value * 10 + c[0] - 48
        c += 1
        count += 1
    at[0] = c
    return value if count >= least else -1


cdef inline bint _is(const char** at, const char* end, char wanted) noexcept:
    """Whether this letter is next; moves ``at`` past it."""
    if at[0] >= end or at[0][0] != wanted:
        return False
    at[0] += 1
    return True


cdef bint _iso(const char* c, const char* end, Clock* clock) noexcept:
    """``2024-12-25T08:58:00Z`` or with a zone such as ``+01:00``."""
    clock.year = _digits(&c, end, 4, 4)
    if clock.year < 0 or not _is(&c, end, b"-"):
        return False
    clock.month = _digits(&c, end, 2, 2)
    if clock.month < 0 or not _is(&c, end, b"-"):
        return False
    clock.day = _digits(&c, end, 2, 2)
    if clock.day < 0 or not _is(&c, end, b"T") or not _time(&c, end, 2, clock):
        return False
    if end - c == 1:
        clock.east = 0
        return c[0] == b"Z"
    if end - c != 6 or c[3] != b":":
        return False
    clock.east = _numbered(c, end)
    return clock.east != NOWHERE


cdef bint _rfc(const char* c, const char* end, Clock* clock) noexcept:
    """``Wed, 25 Dec 2024 08:58:00 +0000``, also without leading zeros or with a named zone."""
    if end - c > 4 and _is_weekday(c):
        c += 5 if c[4] == 32 else 4
    clock.day = _digits(&c, end, 1, 2)
    if clock.day < 0 or not _is(&c, end, 32):
        return False
    clock.month = _month(c, end)
    c += 3
    if clock.month == 0 or not _is(&c, end, 32):
        return False
    clock.year = _digits(&c, end, 4, 4)
    if clock.year < 0 or not _is(&c, end, 32) or not _time(&c, end, 1, clock):
        return False
    if not _is(&c, end, 32):
        return False
    clock.east = _zone(c, end)
    return clock.east != NOWHERE


cdef inline bint _is_weekday(const char* c) noexcept:
    return (
        b"A" <= c[0] <= b"Z" and b"a" <= c[1] <= b"z" and b"a" <= c[2] <= b"z" and c[3] == b","
    )


cdef bint _time(const char** at, const char* end, int least, Clock* clock) noexcept:
    """``08:58:00``, each number with at ``least`` this many digits."""
    clock.hour = _digits(at, end, least, 2)
    if clock.hour < 0 or not _is(at, end, b":"):
        return False
    clock.minute = _digits(at, end, least, 2)
    if clock.minute < 0 or not _is(at, end, b":"):
        return False
    clock.second = _digits(at, end, least, 2)
    return clock.second >= 0


cdef int _month(const char* c, const char* end) noexcept:
    """1 to 12; 0 if the next three letters are not a month."""
    cdef int i
    if end - c < 3:
        return 0
    for i in range(12):
        if memcmp(c, MONTHS + 3 * i, 3) == 0:
            return i + 1
    return 0


cdef int _zone(const char* c, const char* end) noexcept:
    """Minutes east of Greenwich; NOWHERE if it is neither GMT, UTC nor a number."""
    cdef bint named = end - c >= 3 and (memcmp(c, b"GMT", 3) == 0 or memcmp(c, b"UTC", 3) == 0)
    if named:
        c += 3
        if c == end:
            return 0
    return _numbered(c, end)


cdef int _numbered(const char* c, const char* end) noexcept:
    """``+0100``, ``+01:00``, ``+1``: minutes east of Greenwich, else NOWHERE."""
    cdef int hours, minutes = 0
    cdef bint west
    if end - c < 2 or (c[0] != b"+" and c[0] != b"-"):
        return NOWHERE
    west = c[0] == b"-"
    c += 1
    hours = _digits(&c, end, 1, 2)
    if hours >= 0 and c < end:
        _is(&c, end, b":")
        minutes = _digits(&c, end, 2, 2)
    if hours < 0 or minutes < 0 or c != end or hours * 60 + minutes > FARTHEST:
        return NOWHERE
    return -hours * 60 - minutes if west else hours * 60 + minutes


cdef bint _possible(Clock* clock) noexcept:
    cdef int length
    if not 1 < clock.year < 9_999 or not 1 <= clock.month <= 12 or clock.day < 1:
        return False  # the first and the last year cannot be represented in every zone
    length = LENGTHS[clock.month - 1]
    if clock.month == 2 and clock.year % 4 == 0 and (clock.year % 100 or clock.year % 400 == 0):
        length = 29
    return clock.day <= length and clock.hour < 24 and clock.minute < 60 and clock.second < 60


cdef long long _seconds(Clock* clock) noexcept:
    """Seconds since 1970. Days as in H. Hinnant, "chrono-Compatible Low-Level Date Algorithms"."""
    cdef long long year = clock.year - (clock.month <= 2)
    cdef long long era = year // 400
    cdef long long of_era = year - era * 400
    cdef long long month = clock.month + (-3 if clock.month > 2 else 9)
    cdef long long day = (153 * month + 2) // 5 + clock.day - 1
    cdef long long days = era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + day - 719_468
    return days * 86_400 + clock.hour * 3_600 + (clock.minute - clock.east) * 60 + clock.second


cdef object _datetime(long long seconds):
    """The inverse of ``_seconds``."""
    cdef long long days = seconds // 86_400
    cdef int rest = seconds - days * 86_400
    days += 719_468
    cdef long long era = days // 146_097
    cdef long long of_era = days - era * 146_097
    cdef long long year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    cdef int day = of_era - (365 * year + year // 4 - year // 100)
    cdef int month = (5 * day + 2) // 153
    day -= (153 * month + 2) // 5 - 1
    month += 3 if month < 10 else -9
    year += era * 400 + (month <= 2)
    return datetime_new(year, month, day, rest // 3_600, rest // 60 % 60, rest % 60, 0, UTC, 0)
