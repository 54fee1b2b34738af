"""Each language's words for comparing titles: whole tables, no key that nobody reads."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from babel import Locale

from aggregator.dedupe.lexicon import lexicon
from tests.support import ROOT

FILES = sorted((ROOT / "aggregator" / "dedupe" / "data").glob("*.toml"))
WORDS = {
    "negation", "negative", "negated",
    "modal", "function", "joiner", "reporting", "agent", "clause",
    "reversal", "modifier", "people", "content", "names", "dayword", "future", "light", "moves",
}  # fmt: skip
LISTS = {"opposed", "same", "generic"}
CALENDAR = {
    "month": {str(number) for number in range(1, 13)},
    "day": {str(number) for number in range(1, 8)},
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_says_only_what_is_read(path: Path) -> None:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    assert path.stem == "all" or Locale.parse(path.stem)
    assert table.keys() <= WORDS | LISTS | CALENDAR.keys() | {"relative"}
    assert all(isinstance(table[key], str) for key in WORDS & table.keys())
    for key in LISTS & table.keys():
        assert all(isinstance(text, str) and text.strip() for text in table[key]), key
    assert all(text.count("|") == 1 for text in table.get("opposed", ()))
    assert table.get("moves", "|").count("|") == 1
    for key, wanted in CALENDAR.items():
        assert set(table.get(key, wanted)) == wanted, key
    assert all(-7 <= int(day) <= 7 for day in table.get("relative", {}))


@pytest.mark.parametrize(
    "code", [path.stem for path in FILES if path.stem != "all"], ids=lambda code: code
)
def test_a_language_denies(code: str) -> None:
    words = lexicon(code)
    assert words.known
    assert words.negation or words.negating
    assert not words.negation & words.function
    assert not words.modal & words.function


def test_what_a_word_stands_for() -> None:
    english = lexicon("en")
    assert english.calendar["february"] == english.calendar["feb"] == "month:2"
    assert english.same["quake"] == english.same["earthquake"]
    (pair, one), (other_pair, other) = english.opposed["before"], english.opposed["after"]
    assert pair == other_pair
    assert one != other


def test_a_language_without_a_file_has_what_all_share() -> None:
    unknown = lexicon("eo")
    assert not unknown.known
    assert not unknown.negation
    assert lexicon(None).calendar == unknown.calendar
