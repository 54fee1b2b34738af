"""The word lists of text: every table is of a language, and holds what is read from it."""

from __future__ import annotations

import pytest
from babel import Locale

from aggregator.text.data import table, words_of

KEYS = {
    "affixes": {"front", "back"},
    "recurring": {"open", "closed", "time"},
    "tags": {"front", "back", "bare", "more"},
}
OTHER = {"tags": {"numbered"}}  # tables that are of no language
NUMBERS = {
    "units", "tens", "join", "extra", "times", "ordinal", "not", "prefixes", "article", "dual",
    "after", "before", "quarter",
}  # fmt: skip


@pytest.mark.parametrize("name", KEYS)
def test_a_list_holds_what_is_read(name: str) -> None:
    for code, found in table(name).items():
        if code not in OTHER.get(name, ()):
            assert Locale.parse(code), code
            assert found.keys() <= KEYS[name], code


def test_number_words_have_the_keys_that_are_read() -> None:
    for code, found in table("numbers").items():
        if code not in ("percent", "currency"):
            assert Locale.parse(code), code
            assert found.keys() <= NUMBERS, code
            if "units" in found:
                assert len(found["units"].split()) in (11, 20), code  # ko: 11 and up are regular


def test_stop_words_are_words_of_a_language() -> None:
    for code in table("stopwords"):
        assert Locale.parse(code), code
        assert words_of("stopwords", code), code
    assert "the" in words_of("stopwords", "en")
    assert words_of("stopwords", "eo") == frozenset()


def test_months_and_weekdays_are_whole() -> None:
    for code, months in table("dates")["months"].items():
        assert len(months) == 12, code
    for code, days in table("dates")["weekdays"].items():
        assert len(set(days.split("|"))) >= 7, code


def test_a_list_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(FileNotFoundError):
        table("nothing")
