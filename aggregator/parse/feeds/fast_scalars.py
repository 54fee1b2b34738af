"""Fast paths for common texts and dates, with the same results as the slow paths.

Most feeds are simple: printable text, RFC 822 or ISO 8601 dates. The slow paths
(``text.clean.gate``, ``text.dates.parse_date``) are used for everything else, and a
test compares the two.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from unicodedata import normalize

from aggregator.text.clean import bounded_marks, gate
from aggregator.text.dates import believed, parse_date
from aggregator.text.zones import MONTHS, ZONES

# Printable according to Python, but removed by the gate: invisible letters and marks.
_ODD = "\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5"
# References such as &#150; mean windows-1252 (HTML, "numeric character reference end state").
_C1 = {
    chr(number): bytes([number]).decode("cp1252")
    for number in range(0x80, 0xA0)
    if number not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_C1_LETTER = re.compile("[\x80-\x9f]")
_MONTHS = {name.capitalize(): f"{number:02}" for name, number in MONTHS.items() if len(name) == 3}
_ZONES = {name.upper(): ZONES[name] for name in ("gmt", "utc", "z", "est", "edt", "pst", "pdt")}
_NUMBERED_ZONE = re.compile("([+-])([0-9]{2}):?([0-9]{2})")
_FARTHEST = 840  # minutes from Greenwich


def gated(text: str, limit: int | None = None) -> str:
    """``text.clean.gate``, fast for text from which nothing has to be removed."""
    if limit is not None and len(text) > limit:
        text = text[:limit]
    if not text.isprintable() and not _plain(text):
        if _C1_LETTER.search(text):
            text = _C1_LETTER.sub(_windows_letter, text)
        text = text.replace("\u200b", "").replace("\xad", "")  # the most frequent ones
        if not _plain(text):
            return gate(text)
    if text.isascii():
        return text
    one, two, three, four, five = _ODD
    if one in text or two in text or three in text or four in text or five in text:
        return gate(text)
    return normalize("NFC", bounded_marks(text))  # returns the text itself if already NFC


def _plain(text: str) -> bool:
    """Whether all non-printable characters are white space that is kept."""
    text = text.replace("\n", " ")
    if text.isprintable():
        return True
    return text.replace("\t", " ").replace("\xa0", " ").replace("\u3000", " ").isprintable()


def _windows_letter(match: re.Match[str]) -> str:
    return _C1.get(match[0], match[0])


def one_line(text: str) -> str:
    """Gated text, with every run of white space as one space."""
    text = gated(text)
    if "  " not in text and text.isprintable():  # no other white space is printable
        return text.strip(" ")
    return " ".join(text.split())


def date_of(text: str, *, now: datetime, language: str | None) -> datetime | None:
    """``text.dates.parse_date``, fast for the two usual forms."""
    try:
        found = _usual(text)
        if found is None:
            text = text.strip()
            found = _usual(text) or _loose(text)
    except (ValueError, OverflowError, KeyError):
        found = None
    if found is None:
        return parse_date(text, now=now, language=language)
    return found if believed(found, now) else None


def _usual(text: str) -> datetime | None:
    """Exactly ``Wed, 25 Dec 2024 08:58:00 +0000`` or ``2024-12-25T08:58:00Z``, else None."""
    size = len(text)
    if size in (29, 31) and text[3:5] == ", " and text[7] == text[11] == text[16] == " ":
        if text[19] != ":" or text[22] != ":":
            return None
        offset = _offset(text[26:])
        text = f"{text[12:16]}-{_MONTHS[text[8:11]]}-{text[5:7]}T{text[17:25]}Z"
    elif size in (20, 25) and text[10] == "T" and text[4] == "-" and text.isascii():
        offset = _offset(text[19:])
        text = text[:19] + "Z"
    else:
        return None
    if offset is None:
        return None
    when = datetime.fromisoformat(text)
    return when - offset if offset else when


@lru_cache(maxsize=256)
def _offset(zone: str) -> timedelta | None:
    """The offset of a zone east of Greenwich; None if the slow path is needed."""
    if zone in _ZONES:
        return timedelta(minutes=_ZONES[zone])
    match = _NUMBERED_ZONE.fullmatch(zone)
    if match is None:
        return None
    minutes = int(match[2]) * 60 + int(match[3])
    if minutes > _FARTHEST:
        return None
    return timedelta(minutes=-minutes if match[1] == "-" else minutes)


_LOOSE = re.compile(
    r"(?:[A-Z][a-z]{2},\s?)?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{1,2}):(\d{1,2}):(\d{1,2}) "
    r"(?:GMT|UTC)?(?:([+-])(\d{1,2}):?(\d{2})?)?"
)


def _loose(text: str) -> datetime | None:
    """RFC 822 without leading zeros: ``Thu,28 Jul 2022 4:35:5 GMT+9``."""
    match = _LOOSE.fullmatch(text)
    if match is None:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = match.groups()
    offset = (int(hours or 0) * 60 + int(minutes or 0)) * (-1 if sign == "-" else 1)
    if offset > 840 or offset < -840:
        return None
    numbers = int(day), int(hour), int(minute), int(second)
    when = datetime(int(year), int(_MONTHS[month]), *numbers, tzinfo=UTC)
    return when - timedelta(minutes=offset)
