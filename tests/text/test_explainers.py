"""Every phrase of an explainer's headline is read, and only at an end of a part."""

from __future__ import annotations

import pytest

from aggregator.text.data import table
from aggregator.text.explainers import explains

PHRASES = [(code, phrase) for code, listed in table("explainers").items() for phrase in listed]


@pytest.mark.parametrize(("language", "phrase"), PHRASES)
def test_every_phrase_begins_an_explainer(language: str, phrase: str) -> None:
    assert explains(f"{phrase} Kelda Marsh", language)
    assert explains(f"Kelda Marsh: {phrase} Kelda Marsh?", language)
    assert not explains("Kelda Marsh 12", language)


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Court decides who is allowed to fish in the harbour", "en"),
        ("Whoever is mayor opens the bridge", "en"),
        ("وزير يعلن من هو المدير الجديد", "ar"),
        ("Who is the new mayor", None),
    ],
)
def test_the_same_words_inside_a_headline_explain_nothing(title: str, language: str) -> None:
    assert not explains(title, language)
