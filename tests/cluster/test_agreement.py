"""Items agree if what they share and do not share fits one event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.cluster.agreement import REASONS, SEQUEL
from aggregator.cluster.document_frequencies import Frequencies
from aggregator.cluster.pairwise import likenesses, objection
from aggregator.cluster.similarity import asked
from aggregator.cluster.views import Features, features_of
from aggregator.cluster.weights import shipped
from aggregator.model import Item

AT = datetime(2026, 3, 1, tzinfo=UTC)
MISSILES = (
    "Norvia suspended all trade with Kestan on Tuesday after missiles fell into its waters. Ports "
    "turned ships away, and the ministry of trade in Norvia said that nothing would be unloaded."
)
LIST = (
    "Grain train derails in Ollara and nobody is hurt. Norvia suspends trade with Kestan after "
    "missiles land. Whale stranded at Tamisu swims free. All of it is in our evening letter."
)


def features(
    title: str, text: str = "", *, language: str = "en", source: str = "", hours: float | None = 0
) -> Features:
    published = None if hours is None else AT + timedelta(hours=hours)
    item = Item(
        id=title, feed="f", identity=title, title=title, seen=AT, published=published, text=text,
        lead=text, language=language, source=source,
    )  # fmt: skip
    return asked(features_of(item), Frequencies(), shipped()).features


def why(one: Features, two: Features) -> str | None:
    """Why two items do not agree, asked both ways."""
    found = objection(one, two, Frequencies(), shipped())
    assert objection(two, one, Frequencies(), shipped()) == found
    assert found is None or found in REASONS
    return found


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
    assert why(features(one, language=language), features(two, language=language))


def test_headlines_of_one_event_in_other_words_agree() -> None:
    titles = (
        "Norvia suspends trade with Kestan after missiles land",
        "Norvia halts commerce with Kestan over missiles",
        "Kestan missiles: Norvia closes ports and stops trade",
    )
    for one, two in combinations(titles, 2):
        assert why(features(one), features(two)) is None


def test_an_outlet_uses_one_form_of_headline_for_one_thing_after_another() -> None:
    """The words that differ are no rare ones: the form alone tells, but only within an outlet."""
    one = (
        "University of Ollara receives delegation on cooperation",
        "Both sides spoke of ways to "
        "strengthen cooperation in research and training, the university said after the talks.",
    )
    two = (
        "University of Tamisu receives delegation on cooperation",
        "Both sides spoke of ways to "
        "strengthen cooperation in research and health, the university said after the talks.",
    )
    gazette = [features(*x, source="Gazette") for x in (one, two)]
    assert why(*gazette) == "series"
    unnamed = [features(*x) for x in (one, two)]
    assert why(*unnamed) != "series"


def test_equal_general_headlines_over_texts_that_share_nothing() -> None:
    one = features(
        "Fatal accident in the night",
        "A motorcyclist left the road near the old mill "
        "and struck a tree; he was twenty and lived with his parents.",
    )
    two = features(
        "Fatal accident in the night",
        "Two lorries collided on the ring road towards "
        "the harbour; traffic was diverted for hours after dawn.",
    )
    assert why(one, two) == "general"


def test_a_place_alone_is_a_topic() -> None:
    one = features("Quelmarsh: northern span of railway viaduct to be rebuilt with state money")
    two = features("Sewer upgrade near Quelmarsh hospital goes to voters after petition")
    assert why(one, two) in {"few", "untold"}


def test_days_apart_is_a_sequel() -> None:
    one = features("Norvia suspends trade with Kestan after missiles land", MISSILES)
    later = "Norvia halts commerce with Kestan over missiles"
    assert why(one, features(later, MISSILES, hours=40)) is None
    assert why(one, features(later, MISSILES, hours=60)) == SEQUEL
    assert why(one, features(later, MISSILES, hours=None)) is None


def test_a_look_alike_days_later_is_no_sequel() -> None:
    """Only news against which nothing else speaks follows the story."""
    one = features("Two dead after train crash in Quelmarsh")
    assert why(one, features("Two dead after train crash in Tamisu", hours=60)) not in {
        None,
        SEQUEL,
    }


def test_bare_headlines_without_times_have_to_tell_more_of_each_other() -> None:
    one = "Kestan elections: exiled ministers weigh boycott, alliances and foreign observers"
    two = "Kestan elections bring longer school holidays and cheaper trams for pensioners"
    assert why(features(one, hours=None), features(two, hours=None)) == "untold"


def test_a_list_of_news_joins_none_of_what_it_lists() -> None:
    items = [
        features("Grain train derails in Ollara, nobody hurt", "The grain train left the rails "
                 "near Ollara at dawn and nobody is hurt, the railway said."),
        features("Norvia suspends trade with Kestan after missiles land", MISSILES),
        features("Five things you may have missed this evening", LIST),
        features("Norvia halts commerce with Kestan over missiles", MISSILES[:90]),
    ]  # fmt: skip
    agreed = likenesses(items, Frequencies(), shipped())[1]
    assert not agreed[2, [0, 1, 3]].any()
    assert agreed[1, 3]


def test_several_items_are_judged_like_two() -> None:
    items = [
        features("Sismo de magnitud 4.6 a 12 km al SSO de Ollara"),
        features("Sismo de magnitud 4.6 a 87 km al NE de Tamisu"),
        features("Norvia suspends trade with Kestan after missiles land", MISSILES),
        features("Norvia halts commerce with Kestan over missiles", MISSILES[:90]),
        features("Grain train derails in Ollara, nobody hurt"),
        features("Grain train derails in Tamisu, nobody hurt"),
    ]
    agreed = likenesses(items, Frequencies(), shipped())[1]
    for one, two in combinations(range(len(items)), 2):
        alone = why(items[one], items[two]) is None
        assert agreed[one, two] == agreed[two, one] == alone, (one, two)
    assert agreed[2, 3]


WORDS = [
    "norvia",
    "kestan",
    "ollara",
    "tamisu",
    "trade",
    "missiles",
    "ports",
    "fire",
    "bridge",
    "vote",
    "court",
    "12",
    "47",
]
TITLES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=7).map(" ".join)


@settings(max_examples=60)
@given(st.lists(st.tuples(TITLES, st.lists(TITLES, max_size=4).map(" ".join)), min_size=2,
                max_size=5))  # fmt: skip
def test_agreement_is_symmetric_and_no_number_is_undefined(told: list[tuple[str, str]]) -> None:
    items = [features(title, text) for title, text in told]
    alike, agreed = likenesses(items, Frequencies(), shipped())
    assert (agreed == agreed.T).all()
    assert abs(alike - alike.T).max() < 1e-5
