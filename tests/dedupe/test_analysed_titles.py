"""What a comparison knows of a title: taken apart once, the same however often it is asked."""

from __future__ import annotations

import pytest

from aggregator.dedupe.analysed_titles import analyse


def test_the_same_title_is_analysed_once() -> None:
    assert analyse("Ferry sinks off Greece", "en") is analyse("Ferry sinks off Greece", "en")


def test_the_words_that_carry_the_statement() -> None:
    title = analyse("The ferry did not sink off Greece on Monday, captain says", "en")
    weighty = [title.terms[place].text for place in title.weighty]
    assert weighty[:2] == ["ferry", "sink"]
    assert "the" not in weighty
    assert [term.text for term in title.negations] == ["not"]
    assert title.texts == tuple(term.text for term in title.terms)


@pytest.mark.parametrize(
    ("title", "language", "telling"),
    [
        ("Ferry sinks off Greece", "en", True),
        ("News", "en", False),
        ("Open thread", "en", False),
        ("غرق عبارة قبالة اليونان", "ar", True),
        ("希腊海域一艘渡轮沉没", "zh", True),
        ("渡轮", "zh", False),
    ],
)
def test_a_title_that_says_too_little_proves_nothing(
    title: str, language: str, telling: bool
) -> None:
    assert analyse(title, language).telling is telling


def test_an_unspaced_title_has_letters_and_numbers() -> None:
    title = analyse("2号台风 逼近 沿海3市", None)
    assert (title.language, title.terms) == ("zh", ())
    assert title.letters == title.normal.replace(" ", "")
    assert title.numbers == ("2", "3")


def test_places_on_either_side_of_a_clause_are_parted() -> None:
    title = analyse("Mayor resigns after court ruling", "en")
    words = list(title.texts)
    assert title.parted(words.index("resigns"), words.index("court"))
    assert not title.parted(words.index("court"), words.index("ruling"))
