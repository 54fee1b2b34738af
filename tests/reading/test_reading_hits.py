"""Marking searched words: the text stays the same, and what the search finds is marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.reading.hits import around, marked
from storage.search_words import searchable


def hits(text: str, words: str) -> list[str]:
    return [piece for piece, hit in marked(text, words, searchable) if hit]


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Café society at the CAFE", "cafe", ["Café", "CAFE"]),
        ("ذهب أحمد إلى المدرسة", "احمد مدرسة", ["أحمد"]),
        ("مُحَمَّدٌ هنا", "محمد", ["مُحَمَّدٌ"]),
        ("Straße and STRASSE", "strasse", ["Straße", "STRASSE"]),
        ("東京都の天気", "天気", ["天", "気"]),
        ("हिन्दी समाचार", "हिन्दी", ["हिन्दी"]),
        ("self-made", "made", ["made"]),
        ("nothing", "", []),
        ("<b>bold</b>", "b", ["b", "b"]),
    ],
)
def test_words_are_marked_in_every_form_that_the_search_finds(
    text: str, words: str, found: list[str]
) -> None:
    assert hits(text, words) == found


@given(st.text(max_size=60), st.text(max_size=10))
def test_marking_changes_no_character(text: str, words: str) -> None:
    pieces = marked(text, words, searchable)
    assert "".join(piece for piece, _ in pieces) == text


@given(st.text(st.characters(categories=["L", "Nd", "Zs"]), max_size=60))
def test_a_word_of_the_text_is_marked(text: str) -> None:
    for word in text.split()[:1]:
        if searchable(word):
            assert hits(text, word)


def test_a_long_text_is_cut_around_its_first_hit() -> None:
    text = "before " * 100 + "needle" + " after" * 100
    cut = around(text, "needle", searchable, limit=200)
    assert hits(cut, "needle") == ["needle"]
    assert cut.startswith("…before") and cut.endswith("…")
    assert len(cut) <= 202
    assert around("short", "needle", searchable) == "short"
    assert around("needle first", "needle", searchable) == "needle first"
