"""The words of a digest are complete in every language it speaks."""

from __future__ import annotations

import string
import tomllib
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import pytest
from babel import Locale

from aggregator.digest.wording import languages, wording

LANGUAGES = sorted(languages())
AT = datetime(2026, 3, 9, 14, 5, tzinfo=UTC)


def table(code: str) -> dict[str, Any]:
    return tomllib.loads((files("aggregator.digest") / "words" / f"{code}.toml").read_text("utf-8"))


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_is_there_and_has_its_parts(code: str) -> None:
    ours, english = table(code), table("en")
    assert ours.keys() - {"digits"} == english.keys()
    for key, text in english.items():
        if isinstance(text, str):
            assert holes(ours[key]) == holes(text), key
            assert ours[key].strip(), key


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_plural_that_the_language_has_is_there(code: str) -> None:
    rule = Locale.parse(code).plural_form
    forms = {rule(number) for number in range(1, 1_200)}
    for key, found in table(code)["plural"].items():
        assert forms | {"other"} <= found.keys() | {"other"}, key
        assert "other" in found, key
    words = wording(code)
    for number in (1, 2, 3, 5, 11, 21, 100, 1_000):
        assert words.count("stories", number)


@pytest.mark.parametrize("code", LANGUAGES)
def test_days_and_times_are_told(code: str) -> None:
    words = wording(code)
    for told in (words.day(AT), words.date(AT), words.moment(AT), words.short(AT, AT)):
        assert told
        assert "{" not in told
        assert "'" not in told


@pytest.mark.parametrize(
    ("language", "stories", "time"),
    [
        ("en", "1,234 stories", "2:05\u202fPM"),
        ("de", "1.234 Themen", "14:05"),
        ("ar", "1,234 قصة", "2:05 م"),
        ("fa", "۱٬۲۳۴ ماجرا", "۱۴:۰۵"),
        ("fr", "1\u202f234 sujets", "14:05"),
    ],
)
def test_numbers_follow_the_language(language: str, stories: str, time: str) -> None:
    words = wording(language)
    assert words.count("stories", 1_234).replace("\u00a0", " ") == stories.replace("\u00a0", " ")
    assert words.short(AT, AT).replace("\u00a0", " ") == time


def test_a_language_without_words_gets_english_throughout() -> None:
    assert wording("sw").language == "en"
    assert wording("pt-BR").language == "pt"


def test_a_far_time_has_its_year_and_a_near_one_has_not() -> None:
    words = wording("en")
    assert words.short(AT.replace(year=2020), AT) == "March 9, 2020"
    assert words.short(AT.replace(day=2), AT).startswith("Mon, Mar 2, ")
