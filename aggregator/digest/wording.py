"""The digest's own wording in one language, with its numbers and dates.

The strings are in ``words/LANGUAGE.toml``; plurals, numbers and dates follow
CLDR through babel. A language without a file gets English throughout: half a
translation reads worse than none.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from datetime import time as time_of_day
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal

DEFAULT = "en"


@dataclass(frozen=True, slots=True)
class Wording:
    """The wording of one language. ``zone`` is the time zone for displayed times."""

    language: str
    locale: Locale
    zone: tzinfo
    texts: dict[str, str]
    plurals: dict[str, dict[str, str]]
    digits: str | None = None  # the language's own ten digits, if usual

    def phrase(self, key: str, **parts: str) -> str:
        """The string ``key`` with its placeholders filled in."""
        return self.texts[key].format(**parts)

    def count(self, key: str, number: int, **parts: str) -> str:
        """The string ``key`` for ``number``, in the right plural."""
        forms = self.plurals[key]
        form = forms.get(self.locale.plural_form(number), forms["other"])
        return form.format(n=self.number(number), **parts)

    def number(self, value: float) -> str:
        """A number with at most two decimals."""
        return self._own_digits(_decimal(value, self.locale, self.digits is not None))

    def day(self, time: datetime) -> str:
        """'Tuesday, November 24, 2026'."""
        return self._own_digits(format_date(self._local(time), "full", locale=self.locale))

    def date(self, time: datetime) -> str:
        """'November 24, 2026'."""
        return self._own_digits(format_date(self._local(time), "long", locale=self.locale))

    def moment(self, time: datetime) -> str:
        """'Tue, Nov 24, 7:05 AM', for times that need no year."""
        local = self._local(time)
        date = _weekday(local.date(), self.locale)
        pattern = str(self.locale.datetime_formats["short"])
        joined = pattern.replace("{1}", date).replace("{0}", self._clock(local))
        return self._own_digits(joined.replace("'", ""))

    def short(self, time: datetime, now: datetime) -> str:
        """The time of day if on the day of ``now``, otherwise with the date, or the date only."""
        local, today = self._local(time), self._local(now)
        if local.date() == today.date():
            return self._own_digits(self._clock(local))
        return self.moment(time) if abs(now - time).days < 180 else self.date(time)

    def near_date(self, time: datetime, now: datetime) -> str:
        """'Tue, Nov 24', or with the year if that is not obvious."""
        if abs(now - time).days >= 180:
            return self.date(time)
        return self._own_digits(_weekday(self._local(time).date(), self.locale))

    def language_name(self, code: str) -> str:
        """The name of a language in this one; the code itself if CLDR has none."""
        return str(self.locale.languages.get(code, code))

    def _local(self, time: datetime) -> datetime:
        return time.astimezone(self.zone)

    def _clock(self, local: datetime) -> str:
        return _clock(local.time().replace(second=0, microsecond=0), self.locale)

    def _own_digits(self, text: str) -> str:
        if self.digits is None:
            return text
        return text.translate(dict(zip(b"0123456789", self.digits, strict=True)))


# A page repeats the same numbers and times, and babel is slow.
@lru_cache(maxsize=4_096)
def _decimal(value: float, locale: Locale, own: bool) -> str:
    system = "default" if own else "latn"  # whose separators
    return format_decimal(value, format="#,##0.##", locale=locale, numbering_system=system)


@lru_cache(maxsize=4_096)
def _weekday(day: date, locale: Locale) -> str:
    return format_skeleton("MMMEd", day, locale=locale)


@lru_cache(maxsize=4_096)
def _clock(time: time_of_day, locale: Locale) -> str:
    return format_time(time, "short", locale=locale)


def wording(language: str, timezone: str | None = None) -> Wording:
    """The wording of ``language`` (``pt-BR`` is ``pt``), with times in ``timezone`` or UTC.

    Raises ``zoneinfo.ZoneInfoNotFoundError`` for a time zone that does not exist.
    """
    zone: tzinfo = ZoneInfo(timezone) if timezone else UTC
    code = _code(language)
    if code not in languages():
        code = DEFAULT
    table = _table(code)
    plurals = table["plural"]
    texts = {key: value for key, value in table.items() if isinstance(value, str)}
    assert isinstance(plurals, dict)  # noqa: S101 - our own file, for the type checker
    return Wording(code, Locale.parse(code), zone, texts, plurals, texts.pop("digits", None))


def has_wording(language: str) -> bool:
    """Whether there is a wording file for ``language`` (for ``pt-BR``, that of ``pt``)."""
    return _code(language) in languages()


def is_language(code: str) -> bool:
    """Whether CLDR knows a language with this code, so that it has a name to show."""
    return code in Locale.parse(DEFAULT).languages


def _code(language: str) -> str:
    return language.replace("_", "-").split("-")[0].lower()


@lru_cache(maxsize=1)
def languages() -> frozenset[str]:
    """The languages with a wording file."""
    names = (entry.name for entry in (files("aggregator.digest") / "words").iterdir())
    return frozenset(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


@lru_cache(maxsize=32)
def _table(code: str) -> dict[str, str | dict[str, dict[str, str]]]:
    file = files("aggregator.digest") / "words" / f"{code}.toml"
    return tomllib.loads(file.read_text("utf-8"))
