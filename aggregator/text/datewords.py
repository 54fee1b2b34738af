"""Finds dates written in words, or in numbers in a national order, in a line of text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache

from aggregator.text.calendars import from_era, from_gregorian, from_hijri, from_persian
from aggregator.text.data import table
from aggregator.text.zones import ZONES


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a line: ``line[start:end]`` means ``when`` (UTC)."""

    when: datetime
    start: int
    end: int
    timed: bool = False  # a time of day is given
    zoned: bool = False  # a zone is given; without one the time is taken as UTC


_MARKS = r"\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0900-\u0dff\u0e31\u0e34-\u0e4e"
_TOKEN = re.compile(rf"\d+|[^\W\d_]+(?:[{_MARKS}'’‌-]*[^\W\d_]+)*(?:(?!\d)[{_MARKS}])*")
_CLOCK = re.compile(r"(?<![\d:.])(\d{1,2})\s?:\s?(\d{2})(?:\s?:\s?(\d{2})(?:[.,]\d+)?)?(?![\d:])")
_CLOCK_WORDS = re.compile(
    r"(?<![\d.:])(\d{1,2})(?:\s?[h時时点點시]\s?|\.)(\d{2})(?:\s?[分분mM:.])?(?:\s?(\d{2})\s?[秒초s])?(?![\d.]\d)"
)
_HOUR_ONLY = re.compile(r"(?<![\d.:])(\d{1,2})\s?(?:[hH時时点點시](?!\w)|(?=\s?[ap]\.?\s?m\b))")
_ZONE = re.compile(
    r"\s*[\(\[]?(?:(?:gmt|utc|z)?\s?([+-])(\d{1,2}):?(\d{2})?(?!\d)|(gmt|utc|z|мск|msk|ces?t|ees?t|w?est|bst|[ecmp][sd]t|[ep]t"
    r"|ist|jst|kst|wib|wita|trt|pkt|cat|eat|wat|بتوقيت غرينتش|تغ|ت غ)(?!\w))[\)\]]?",
    re.IGNORECASE,
)
_YMD = re.compile(
    r"(?<!\d)(\d{4})\s?([-/.年년])\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?:\s?[日일号號])?(?!\d)"
)
_DMY = re.compile(r"(?<![\d.])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})(?!\d)")
_ERA = re.compile(
    r"(令和|平成|昭和|民國|民国)\s?(\d{1,3}|元)\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日"
)


def find(line: str, *, now: datetime, language: str | None) -> FoundDate | None:
    """The first date in ``line``; its plausibility is not checked."""
    text = _even(line)
    clock = _CLOCK.search(text)
    if clock and (int(clock[1]) > 24 or int(clock[2]) > 59):
        clock = None
    masked = text
    if clock:
        masked = (
            text[: clock.start()] + "\x00" * (clock.end() - clock.start()) + text[clock.end() :]
        )
    numeric = _numeric(masked, now, language)
    worded = _worded(masked, now, language)
    found = min((f for f in (numeric, worded) if f), key=lambda f: f[1], default=None)
    if found is None:
        return None
    day, start, end = found
    try:
        return _with_time(text, day, start, end, clock)
    except OverflowError:  # the first or last possible day, in another zone
        return None


def _even(line: str) -> str:
    """``line`` with ASCII digits and punctuation, and unchanged positions."""
    if line.isascii():
        return line
    out = []
    for ch in line:
        if "0" <= ch <= "9" or ch.isalpha():
            out.append(ch)
        elif (digit := unicodedata.decimal(ch, None)) is not None:
            out.append(str(digit))
        else:
            out.append(
                {"：": ":", "．": ".", "／": "/", "－": "-", "–": "-", "−": "-", "،": ","}.get(
                    ch, ch
                )
            )
    return "".join(out)


def _numeric(text: str, now: datetime, language: str | None) -> tuple[date, int, int] | None:
    for match in _ERA.finditer(text):
        year = 1 if match[2] == "元" else int(match[2])
        if day := from_era(match[1], year, int(match[3]), int(match[4])):
            return day, match.start(), match.end()
    for match in _YMD.finditer(text):
        day = _any_calendar(int(match[1]), int(match[3]), int(match[4]), now, language)
        if day:
            return day, match.start(), match.end()
    for match in _DMY.finditer(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        if len(match[4]) == 2:
            year += 2000 if year < 70 else 1900
        american = match[2] == "/" and (
            language == "en"
            or (language is None and re.search(r"\d\s?[ap]m\b", text, re.IGNORECASE))
        )
        orders = (
            [(second, first), (first, second)]
            if not american
            else [(first, second), (second, first)]
        )
        for month, day_number in orders:
            day = _any_calendar(year, month, day_number, now, language)
            if day:
                return day, match.start(), match.end()
    return None


def _any_calendar(
    year: int, month: int, day: int, now: datetime, language: str | None
) -> date | None:
    """The day in the calendar in which it is within the last decades."""
    if 1300 <= year <= 1500:
        readings = [from_persian, from_hijri]
        if language not in ("fa", "ps", "ku", None) or year >= 1420:
            readings.reverse()
        latest = (now + timedelta(days=1)).date()
        for reading in readings:
            found = reading(year, month, day)
            if found and date(1990, 1, 1) <= found <= latest:
                return found
        return None
    found = from_gregorian(year, month, day)
    return found if found and found <= (now + timedelta(days=1)).date() else None


@lru_cache(maxsize=4096)
def fold_word(word: str) -> str:
    """``word`` normalised for names: no case, accents, Arabic letter variants, full stops."""
    word = unicodedata.normalize("NFKD", word.casefold())
    word = "".join(ch for ch in word if not unicodedata.combining(ch) or "\u0900" <= ch <= "\u0dff")
    return word.translate(_VARIANTS)


_VARIANTS = str.maketrans("أإآٱىيئةهكے", "اااایییہہکی", "ـ.\u200c\u200d’'ʼ")


@cache
def _names() -> dict[str, tuple[tuple[str, int, str], ...]]:
    """Folded month names with their meanings: calendar, number, language."""
    data = table("dates")
    found: dict[str, list[tuple[str, int, str]]] = {}
    groups = [("gregorian", lang, names) for lang, names in data["months"].items()]
    groups += [(calendar, "", names) for calendar, names in data["calendars"].items()]
    for calendar, lang, names in groups:
        for number, spellings in enumerate(names, 1):
            listed = spellings.split("|")
            if lang == "he":  # 25 בדצמבר: "in December" is one word
                listed += ["ב" + spelling for spelling in listed]
            if lang == "ku":  # 25ی کانوونی یەکەمی 2024: the ending joins month and year
                listed += [spelling + "ی" for spelling in listed if not spelling.isascii()]
            for spelling in listed:
                meanings = found.setdefault(fold_word(spelling), [])
                if (calendar, number, lang) not in meanings:
                    meanings.append((calendar, number, lang))
    found.pop("", None)
    return {name: tuple(meanings) for name, meanings in found.items()}


@cache
def fillers() -> frozenset[str]:
    """Folded words that may occur within a date without changing it, including weekdays."""
    data = table("dates")
    words = {fold_word(w) for w in data["fillers"]["words"].split()}
    for days in data["weekdays"].values():
        words.update(fold_word(part) for day in days.split("|") for part in (day, *day.split()))
    return frozenset(words)


def is_month_or_day(word: str) -> bool:
    """Whether ``word`` is a month or weekday in some language, or joins parts of a date."""
    folded = fold_word(word)
    return folded in _names() or folded in fillers()


@cache
def _weekdays() -> frozenset[str]:
    listed = table("dates")["weekdays"].values()
    days = [day for names in listed for day in names.split("|")]
    return frozenset(fold_word(part) for day in days for part in (day, *re.split(r"[\s-]", day)))


def names_day_or_month(word: str) -> bool:
    """Whether ``word`` is a month or a weekday in some language.

    Latin words of fewer than three letters do not count, because 'so', 'do' and 'mi' are
    days too.
    """
    folded = fold_word(word)
    return len(folded) >= (3 if folded.isascii() else 2) and (
        folded in _names() or folded in _weekdays()
    )


@cache
def _starts() -> frozenset[str]:
    """Possible beginnings of month names, to exclude most words quickly."""
    return frozenset(name[:size] for name in _names() for size in range(1, len(name) + 1))


@cache
def _noon() -> dict[str, int]:
    data = table("dates")["noon"]
    found = {fold_word(w.replace("_", "")): 12 for w in data["after"].split()}
    found.update({fold_word(w.replace("_", "")): 0 for w in data["before"].split()})
    return found


@dataclass(frozen=True, slots=True)
class _Token:
    text: str  # digits, or a folded word
    start: int
    end: int

    @property
    def number(self) -> int | None:
        return int(self.text) if self.text.isdigit() and len(self.text) <= 4 else None


def _months(tokens: list[_Token], language: str | None) -> Iterator[tuple[int, int, str, int]]:
    """Positions of month names: first and last token, calendar, number."""
    names, starts = _names(), _starts()
    index = 0
    while index < len(tokens):
        for length in (3, 2, 1) if tokens[index].text in starts else ():
            part = tokens[index : index + length]
            if len(part) < length or (length == 1 and part[0].number is not None):
                continue
            meanings = names.get(" ".join(t.text for t in part)) or names.get(
                "".join(t.text for t in part)
            )
            if meanings and not all(t.text.isdigit() for t in part):
                own = [m for m in meanings if m[2] == language] or list(meanings)
                yield index, index + length - 1, own[0][0], own[0][1]
                index += length - 1
                break
        index += 1


def _worded(text: str, now: datetime, language: str | None) -> tuple[date, int, int] | None:
    tokens = [_Token(fold_word(m[0]), m.start(), m.end()) for m in _TOKEN.finditer(text)][:120]
    spans = list(_months(tokens, language))
    for first, last, calendar, month in spans:
        inside = {i for a, b, _, _ in spans for i in range(a, b + 1)}
        left = _reach(tokens, first, -1, inside)
        right = _reach(tokens, last, 1, inside)
        for day_at, year_at in _readings(tokens, left, right):
            day_number, year = tokens[day_at].number or 0, tokens[year_at].number or 0
            if len(tokens[year_at].text) == 2 and calendar == "gregorian":
                year += 2000 if year < 70 else 1900
            day = _of(calendar, year, month, day_number)
            if day and day <= (now + timedelta(days=1)).date():
                used = [day_at, year_at, first, last]
                return day, tokens[min(used)].start, tokens[max(used)].end
    return None


def _reach(tokens: list[_Token], at: int, step: int, months: set[int]) -> list[int]:
    """The numbers next to a month name on one side, nearest first, skipping only fillers."""
    found: list[int] = []
    skipped = 0
    at += step
    while 0 <= at < len(tokens) and len(found) < 2 and skipped < 5:
        token = tokens[at]
        if token.number is not None:
            found.append(at)
        elif token.text in fillers() or at in months:
            skipped += 1
        else:
            trimmed = re.fullmatch(r"(\d+)\D{1,2}", token.text)
            if not trimmed:
                break
        at += step
    return found


def _readings(tokens: list[_Token], left: list[int], right: list[int]) -> Iterator[tuple[int, int]]:
    """Possible (day, year) pairs, most likely first."""

    def day(at: int) -> bool:
        return len(tokens[at].text) <= 2 and 1 <= (tokens[at].number or 0) <= 31

    def year(at: int) -> bool:
        return len(tokens[at].text) == 4

    def short_year(at: int) -> bool:
        return len(tokens[at].text) == 2

    if left and right and day(left[0]) and year(right[0]):
        yield left[0], right[0]
    if len(right) == 2 and day(right[0]) and year(right[1]):
        yield right[0], right[1]
    if left and right and year(left[0]) and day(right[0]):
        yield right[0], left[0]
    if len(left) == 2 and day(left[0]) and year(left[1]):
        yield left[0], left[1]
    if left and right and day(left[0]) and short_year(right[0]):
        yield left[0], right[0]
    if len(right) == 2 and day(right[0]) and short_year(right[1]):
        yield right[0], right[1]


def _of(calendar: str, year: int, month: int, day: int) -> date | None:
    if calendar == "hijri":
        return from_hijri(year, month, day)
    if calendar == "persian":
        return from_persian(year, month, day)
    return from_gregorian(year, month, day)


def _with_time(
    text: str, day: date, start: int, end: int, clock: re.Match[str] | None
) -> FoundDate:
    """The day with an adjacent time of day."""
    match = clock
    if match is None:
        for pattern in (_CLOCK_WORDS, _HOUR_ONLY):
            match = pattern.search(text, end) or pattern.search(text, 0, start)
            if match and int(match[1]) <= 24:
                break
            match = None
    if match is None:
        return FoundDate(datetime.combine(day, time(), UTC), start, end)
    parts = match.groups()
    hour = int(parts[0])
    minute = int(parts[1]) if len(parts) > 1 else 0
    second = min(int(parts[2]), 59) if len(parts) > 2 and parts[2] else 0
    if minute > 59:
        return FoundDate(datetime.combine(day, time(), UTC), start, end)
    time_start, time_end = match.start(), match.end()
    half, time_start, time_end = _half_of_day(text, time_start, time_end)
    if half == 12 and hour < 12:
        hour += 12
    elif half == 0 and hour == 12:
        hour = 0
    when = datetime.combine(day, time(), UTC) + timedelta(
        hours=hour, minutes=minute, seconds=second
    )
    zoned = False
    if (zone := _ZONE.match(text, time_end)) and zone[0].strip():
        zoned, time_end = True, zone.end()
        when -= timedelta(minutes=_offset(zone))
    return FoundDate(when, min(start, time_start), max(end, time_end), True, zoned)


def _offset(zone: re.Match[str]) -> int:
    if zone[1]:
        minutes = int(zone[2]) * 60 + int(zone[3] or 0)
        minutes = minutes if minutes <= 840 else 0
        return -minutes if zone[1] == "-" else minutes
    return ZONES.get((zone[4] or "").lower(), 0)


def _half_of_day(text: str, start: int, end: int) -> tuple[int | None, int, int]:
    """12 for p.m., 0 for a.m., None if not given; and the extended span of the time."""
    noon = _noon()
    after = re.match(r"\s{0,2}([^\W\d_]+(?:[.‌ ]?[^\W\d_]+)?\.?)", text[end : end + 24])
    if after:
        for spelling in (after[1], re.split(r"[ ]", after[1])[0]):
            if (half := noon.get(fold_word(spelling.replace(" ", "")))) is not None:
                return half, start, end + after.start(1) + len(spelling)
    before = re.search(r"([^\W\d_]+(?:[.‌][^\W\d_]+)?\.?)\s{0,2}$", text[max(0, start - 24) : start])
    if before:
        for size in range(len(before[1]), 1, -1):
            spelling = before[1][-size:]
            if (half := noon.get(fold_word(spelling))) is not None:
                at = max(0, start - 24) + before.end(1) - size
                return half, at, end
    return None, start, end
