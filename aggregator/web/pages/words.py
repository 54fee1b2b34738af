"""The words of the interface, with its numbers and dates."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import tzlocal
from babel import Locale
from babel.dates import format_skeleton

from aggregator.text.languages import direction

LANGUAGES = ("en", "ar")
"""Those of the interface; the first one is used where no other is asked for."""


@dataclass(frozen=True, slots=True)
class Words:
    """The interface in one language. Texts are looked up as items: ``words["log_in"]``."""

    language: str
    texts: Mapping[str, str]
    plurals: Mapping[str, Mapping[str, str]]
    zone: tzinfo

    def __getitem__(self, name: str) -> str:
        return self.texts[name]

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return direction(self.language)

    def count(self, name: str, number: int) -> str:
        """A number with its noun."""
        forms = self.plurals[name]
        form = _locale(self.language).plural_form(number)
        return forms.get(form, forms["other"]).replace("{n}", str(number))

    def when(self, at: datetime | None, now: datetime) -> str:
        """A time for people: the hour only if it is today, the year only if it is another."""
        if at is None:
            return ""
        here, today = at.astimezone(self.zone), now.astimezone(self.zone)
        if here.year != today.year:
            return _form("yMMMd", here, self.language)
        hour = _form("Hm", here, self.language)
        if here.date() == today.date():
            return hour
        return f"{_form('MMMd', here, self.language)}{self['comma']}{hour}"

    def date(self, at: datetime) -> str:
        """A time for people with its day, in any year."""
        here = at.astimezone(self.zone)
        day, hour = (_form(form, here, self.language) for form in ("yMMMd", "Hm"))
        return f"{day}{self['comma']}{hour}"

    def language_name(self, code: str) -> str:
        """The name of a language; the code itself if it has none here."""
        return str(_locale(self.language).languages.get(code, code))

    def midnight(self, now: datetime) -> datetime:
        """When today began."""
        return now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)


@lru_cache(maxsize=16_384)  # babel needs 0.1 ms for each
def _form(skeleton: str, at: datetime, language: str) -> str:
    return str(format_skeleton(skeleton, at, locale=language))


def words(language: str, timezone: str | None) -> Words:
    """The interface in ``language``, with times in ``timezone``; None is the machine's."""
    texts = _all()[language]
    plurals = texts["plural"]
    return Words(language, texts, plurals, _zone(timezone))


def preferred(accepted: str) -> str:
    """The first language of an Accept-Language header that there is; else English."""
    asked = (one.partition(";")[0].strip().lower() for one in accepted.split(",")[:20])
    codes = (one.partition("-")[0] for one in asked)
    return next((one for one in codes if one in LANGUAGES), LANGUAGES[0])


@cache
def _all() -> dict[str, dict]:  # type: ignore[type-arg] # texts, and a table of plurals
    text = files("aggregator.web").joinpath("words/interface.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


@cache
def _zone(name: str | None) -> tzinfo:
    return tzlocal.get_localzone() if name is None else ZoneInfo(name)
