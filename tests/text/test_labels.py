"""Labels before headlines: each line of the data is read, and does what it says."""

from __future__ import annotations

import pytest
from babel import Locale

from aggregator.text.data import table
from aggregator.text.labels import TURNING, label, split

EFFECTS = TURNING | {"column"}
EVERY = sorted(
    {
        (text, effect)
        for lists in table("labels").values()
        for effect, labels in lists.items()
        for text in labels
    }
)


def test_the_tables_are_of_languages_and_hold_known_effects() -> None:
    assert len(table("labels")) >= 25
    for code, lists in table("labels").items():
        assert Locale.parse(code), code
        assert lists.keys() <= EFFECTS, code


@pytest.mark.parametrize(("text", "effect"), EVERY)
def test_each_label_is_found_before_a_headline(text: str, effect: str) -> None:
    found = label(f"{text}: The mayor resigned on Monday")
    assert found is not None
    assert found.rest == "The mayor resigned on Monday"
    assert found.effect == effect or found.effect in TURNING  # of two languages the firmer one


@pytest.mark.parametrize(
    ("title", "effect", "bare"),
    [
        ("Opinion | Correction: The mayor resigned", "correction", "The mayor resigned"),
        ("[Fact check] The mayor resigned", "check", "The mayor resigned"),
        ("The mayor resigned", None, "The mayor resigned"),
        ("Fact check", None, "Fact check"),
        ("Retracted:", None, "Retracted:"),
        ("Fact checkers say: he left", None, "Fact checkers say: he left"),
    ],
)  # fmt: skip
def test_a_title_is_split_into_what_turns_it_and_the_headline(
    title: str, effect: str | None, bare: str
) -> None:
    assert split(title) == (effect, bare)
