"""The quick ways to read a title find what the thorough ones find."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.dedupe.normal_forms import form
from aggregator.dedupe.terms import outline, read
from aggregator.dedupe.unspaced_titles import align_runs
from aggregator.text.titles import normal_form

PAIRS = Path(__file__).parent / "pairs.tsv"
TITLES = [
    (title, line.split("\t")[0])
    for line in PAIRS.read_text("utf-8").splitlines()
    for title in line.split("\t")[3:]
]
PIECES = [
    "two",
    "12",
    ",.;",
    "5%",
    "per",
    "cent",
    "1",
    "200",
    "million",
    "dollars",
    "$5bn",
    "US$",
    "7",
    "the",
    "of",
    "يوم",
    "في",
    "المئة",
    "خمسة",
    "دولار",
    "3",
    "n't",
    "l'ancien",
    "ex-minister",
    "U.S.",
    "2-1",
    ":",
    "—",
    "“quoted”",
    "ab12",
    "Q3",
    "1st",
    "مليون",
    "درصد",
    "٪",
    "هزار",
    "евро",
    "тысяч",
]


@pytest.mark.parametrize("language", sorted({language for _, language in TITLES}))
def test_titles_of_many_languages(language: str) -> None:
    for title, code in TITLES:
        if code == language:
            assert form(title, language) == normal_form(title, language)
            terms = read(title, language).terms
            assert outline(title, language) == [(t.text, t.key, t.kind) for t in terms]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=12),
    st.sampled_from(("en", "ar", "fr", "de", "fa", "ru", "tr", None)),
)
def test_numbers_beside_words(pieces: list[str], language: str | None) -> None:
    title = " ".join(pieces)
    terms = read(title, language).terms
    assert outline(title, language) == [(t.text, t.key, t.kind) for t in terms]


def test_unspaced_titles_are_laid_side_by_side_alike_from_both_sides() -> None:
    there, back = align_runs("0a", "a1"), align_runs("a1", "0a")
    assert (there.common, there.longest) == (back.common, back.longest)
    assert there.marked == back.marked[::-1]
