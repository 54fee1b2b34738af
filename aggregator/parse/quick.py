"""Short cuts for what nearly every entry holds; each gives what the long way gives.

Feeds are mostly plain: printable text, RFC 822 or ISO 8601 dates. The long ways
(``text.clean.gate``, ``text.dates.parse_date``) are asked for everything else,
and a test holds the two to each other.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from unicodedata import is_normalized

from aggregator.text.clean import gate
from aggregator.text.dates import believed, parse_date

# Printable by Python's word, yet taken out by the gate: invisible letters and marks.
_ODD = "\u034f\u115f\u1160\u17b4\u17b5"
# References such as &#150; mean windows-1252 (HTML, "numeric character reference end state").
_C1 = {
    number: bytes([number]).decode("cp1252")
    for number in range(0x80, 0xA0)
    if number not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_MONTHS = {
    name: number
    for number, name in enumerate(
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),  # noqa: SIM905
        1,
    )
}
_ZONES = {"GMT": 0, "UTC": 0, "EST": -300, "EDT": -240, "PST": -480, "PDT": -420}


def gated(text: str, limit: int | None = None) -> str:
    """``text.clean.gate``, at once for text that has nothing to take out."""
    if limit is not None and len(text) > limit:
        text = text[:limit]
    plain = text.isprintable()
    if plain and text.isascii():
        return text
    if not plain:
        bare = text.replace("\n", "").replace("\xa0", "").replace("\t", "")
        if not bare.isprintable():
            return gate(text.translate(_C1))
    if text.isascii():
        return text
    if not is_normalized("NFC", text) or any(ch in text for ch in _ODD):
        return gate(text)
    return text


def one_line(text: str, limit: int | None = None) -> str:
    """Gated, every run of white space one space."""
    text = gated(text, limit)
    return " ".join(text.split())


def date_of(text: str, *, now: datetime, language: str | None) -> datetime | None:
    """``text.dates.parse_date``, at once for the two usual forms."""
    text = text.strip()
    try:
        found = _usual(text) or _loose(text)
    except (ValueError, OverflowError, KeyError):
        found = None
    if found is None:
        return parse_date(text, now=now, language=language)
    return found if believed(found, now) else None


def _usual(text: str) -> datetime | None:
    """``Wed, 25 Dec 2024 08:58:00 +0000`` and ``2024-12-25T08:58:00Z`` exactly; else None."""
    if text[3:5] == ", " and len(text) in (29, 31) and text[7] == text[11] == text[16] == " ":
        zone = text[26:]
        if len(zone) == 5 and zone[0] in "+-" and zone[1:].isdecimal():
            minutes = int(zone[1:3]) * 60 + int(zone[3:])
            minutes = -minutes if zone[0] == "-" else minutes
            if abs(minutes) > 840:
                return None
        else:
            minutes = _ZONES[zone]
        if text[19] != ":" or text[22] != ":" or not text[17:19].isdecimal():
            return None
        when = datetime(
            int(text[12:16]),
            _MONTHS[text[8:11]],
            int(text[5:7]),
            int(text[17:19]),
            int(text[20:22]),
            int(text[23:25]),
            tzinfo=UTC,
        )
        return when - timedelta(minutes=minutes) if minutes else when
    if len(text) in (20, 25) and text[10:11] == "T" and text[4] == "-" and text.isascii():
        when = datetime.fromisoformat(text)
        offset = when.utcoffset()
        if offset is None or abs(offset) > timedelta(hours=14):
            return None
        return when.astimezone(UTC)
    return None


_LOOSE = re.compile(
    r"(?:[A-Z][a-z]{2},\s?)?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{1,2}):(\d{1,2}):(\d{1,2}) "
    r"(?:GMT|UTC)?(?:([+-])(\d{1,2}):?(\d{2})?)?"
)


def _loose(text: str) -> datetime | None:
    """RFC 822 whose numbers lack their zeros: ``Thu,28 Jul 2022 4:35:5 GMT+9``."""
    match = _LOOSE.fullmatch(text)
    if match is None:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = match.groups()
    offset = (int(hours or 0) * 60 + int(minutes or 0)) * (-1 if sign == "-" else 1)
    if offset > 840 or offset < -840:
        return None
    numbers = int(day), int(hour), int(minute), int(second)
    when = datetime(int(year), _MONTHS[month], *numbers, tzinfo=UTC)
    return when - timedelta(minutes=offset)
