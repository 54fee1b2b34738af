"""Items agree if they share several words and not only a form of words."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations

import numpy as np
import pytest

from aggregator.cluster.agreement import look_alikes
from aggregator.cluster.document_frequencies import Frequencies
from aggregator.cluster.similarity import agree, asked, likenesses
from aggregator.cluster.views import Features, features_of
from aggregator.cluster.weights import shipped
from aggregator.model import Item

AT = datetime(2026, 3, 1, tzinfo=UTC)
MISSILES = (
    "Norvia suspended all trade with Kestan on Tuesday after missiles fell into its waters. Ports "
    "turned ships away, and the ministry of trade in Norvia said that nothing would be unloaded."
)


def features(title: str, language: str, text: str = "") -> Features:
    item = Item(
        id=title, feed="f", identity=title, title=title, seen=AT, published=AT, text=text,
        lead=text, language=language,
    )  # fmt: skip
    return asked(features_of(item), Frequencies(), shipped()).features


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        (
            "es", "Sismo de magnitud 4.6 a 12 km al SSO de Ollara, Perú",
            "Sismo de magnitud 4.6 a 87 km al NE de Tamisu, Japón",
        ),
        (
            "en", "Two dead after train crash in Quelmarsh",
            "Two dead after train crash in Tamisu",
        ),
    ],
)  # fmt: skip
def test_one_form_of_words_about_others(language: str, one: str, two: str) -> None:
    a, b = features(one, language), features(two, language)
    assert not agree(a, b, Frequencies(), shipped())
    assert not agree(b, a, Frequencies(), shipped())


def test_headlines_of_one_event_in_other_words_agree() -> None:
    titles = (
        "Norvia suspends trade with Kestan after missiles land",
        "Norvia halts commerce with Kestan over missiles",
        "Ships turned away from Kestan as Norvia closes ports",
    )
    for one, two in combinations(titles, 2):
        assert agree(features(one, "en"), features(two, "en"), Frequencies(), shipped())


def test_several_items_are_judged_like_two() -> None:
    items = [
        features("Sismo de magnitud 4.6 a 12 km al SSO de Ollara", "en"),
        features("Sismo de magnitud 4.6 a 87 km al NE de Tamisu", "en"),
        features("Norvia suspends trade with Kestan after missiles land", "en", MISSILES),
        features("Norvia halts commerce with Kestan over missiles", "en", MISSILES[:90]),
        features("Grain train derails in Ollara, nobody hurt", "en"),
        features("Grain train derails in Tamisu, nobody hurt", "en"),
    ]
    agreed = likenesses(items, Frequencies(), shipped())[1]
    for one, two in combinations(range(len(items)), 2):
        alone = agree(items[one], items[two], Frequencies(), shipped())
        assert agreed[one, two] == agreed[two, one] == alone, (one, two)
    assert agreed[2, 3]


def test_what_makes_two_items_look_alikes() -> None:
    # The words: fire, in, the, Leeds, Bristol; the last two are uncommon.
    title = np.array([[1.0, 1, 0, 1, 0], [1, 1, 0, 0, 1], [1, 1, 1, 1, 0]])
    uncommon = title * [0, 0, 0, 1, 1]
    bare = np.zeros((3, 3), dtype=np.bool_)
    assert look_alikes(uncommon, title, title, bare)[0].tolist() == [False, True, False]
    assert look_alikes(uncommon, title, title, bare)[1].tolist() == [True, False, True]
    told = title.copy()
    told[1, 3] = 1  # the text of the second one names Leeds too
    assert not look_alikes(uncommon, title, told, ~bare)[0, 1]
