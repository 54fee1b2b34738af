"""Titles and floods meant to cost time or to build false groups."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.dedupe import compare
from aggregator.model import Item
from aggregator.text.identity import item_id
from tests.dedupe.streams import START, Engine

ENOUGH = 20.0  # seconds: far above what any of these takes, far below a quadratic search


def item(number: int, title: str, *, minutes: float = 0, **more: object) -> Item:
    seen = START + timedelta(minutes=minutes)
    more.setdefault("url", f"https://f{number}.example/{number}")
    feed = f"f{number % 50}"
    return Item(
        item_id(feed, str(number)), feed, str(number), title, seen, content_hash=title, **more
    )


LONG = [
    "word " * 200_000,
    "a" * 1_000_000,
    "12 " * 330_000,
    "عاجل " * 200_000,
    "油" * 1_000_000,
    "(" * 1_000_000,
    "a-" * 500_000,
    "l'" * 500_000,
    "1,2." * 250_000,
    " - ".join(["x"] * 250_000),
    "\u0301" * 1_000_000,
]


@pytest.mark.slow
@pytest.mark.parametrize("title", LONG, ids=lambda title: repr(title[:6]))
@pytest.mark.parametrize("language", ["en", "zh", None])
def test_a_title_of_a_million_characters_costs_no_more_than_a_long_one(
    title: str, language: str | None
) -> None:
    engine = Engine()
    start = time.process_time()
    engine.put(item(1, title, language=language))
    engine.put(item(2, title + "!", language=language))
    engine.put(item(3, "Harbour council approves new bridge plan", language="en"))
    assert time.process_time() - start < 5


def test_a_body_of_many_megabytes_is_read_to_a_bound() -> None:
    start = time.process_time()
    a, b = (item(n, "Harbour council plan", text="word play " * 900_000) for n in (1, 2))
    compare(a, b, window=None)
    assert time.process_time() - start < 5


@pytest.mark.slow
def test_ten_thousand_items_with_one_title_take_linear_time() -> None:
    engine = Engine()
    title = "Harbour council approves new bridge plan for the old town"
    start = time.process_time()
    for number in range(500):
        engine.put(item(number, title, minutes=number / 100, language="en"))
    first = time.process_time() - start
    start = time.process_time()
    for number in range(500, 1_000):
        engine.put(item(number, title, minutes=number / 100, language="en"))
    assert time.process_time() - start < 3 * first + 1
    assert first < ENOUGH
    assert len(engine.groups()) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        lambda n: "goal " * (n + 3),
        lambda n: "🎉" * (n + 1),
        lambda n: "🔥 🎉 🔴"[: n % 5 + 1],
        lambda n: str(n) * 12,
        lambda n: f"{n} {n + 1} {n + 2} {n + 3}",
        lambda n: "12 34 56 78 90",
        lambda n: "?!?!… — “”",
        lambda n: "и та те но " * (n % 3 + 1),
        lambda n: "the of in and",
        lambda n: "no title",
        lambda n: "",
    ],
)
def test_titles_that_say_nothing_found_no_group(make: object) -> None:
    engine = Engine()
    for number in range(60):
        engine.put(item(number, make(number), minutes=number))  # type: ignore[operator]
    assert all(len(group) == 1 for group in engine.groups().values())


MIXED = st.text(st.sampled_from("0 1ab油㐀カのé선กا.-"), max_size=12)
LANGUAGES = st.sampled_from(("en", "ar", "tr", "zh", "ja", None))


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(MIXED, MIXED, LANGUAGES, LANGUAGES)
def test_titles_of_several_scripts_and_languages_are_compared_alike_from_both_sides(
    a: str, b: str, first: str | None, second: str | None
) -> None:
    one, two = item(1, a, language=first), item(2, b, language=second)
    there, back = compare(one, two, window=None), compare(two, one, window=None)
    assert (there.same, there.score, there.rule) == (back.same, back.score, back.rule)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(("en", "ar", "tr", "zh", None)))
def test_any_two_titles_are_compared_alike_from_both_sides(
    a: str, b: str, language: str | None
) -> None:
    one, two = item(1, a, language=language), item(2, b, language=language)
    there, back = compare(one, two, window=None), compare(two, one, window=None)
    assert (there.same, there.score, there.rule) == (back.same, back.score, back.rule)


@pytest.mark.slow
def test_a_migration_under_new_ids_floods_nothing() -> None:
    """A feed brings its whole archive again, under new ids and addresses, with old dates."""
    engine = Engine()
    places = ("Lyon", "Turin", "Porto", "Gent", "Basel", "Graz", "Bergen", "Malmo", "Riga", "Brno")
    things = ("tram", "library", "market", "swimming pool", "theatre", "bridge", "museum", "park")
    texts = [
        (
            f"Council of {place} opens rebuilt {thing}",
            f"After years of work the {thing} of {place} is open again. The council paid for the "
            f"roof, the citizens of {place} for the doors. A choir sang, and the mayor cut a "
            f"ribbon before the {thing} was shown to the first visitors by those who built it.",
        )
        for place in places
        for thing in things
    ]
    first = START - timedelta(days=400)
    for number, (title, text) in enumerate(texts):
        more = {"text": text, "language": "en", "published": first}
        old = item(number, title, minutes=number, url=f"https://f.example/{number}", **more)
        engine.put(old)
    before = len(engine.groups())
    for number, (title, text) in enumerate(texts, start=50 * len(texts)):
        more = {"text": text, "language": "en", "published": first}
        new = item(number, title, minutes=5_000, url=f"https://f.example/{number}", **more)
        decision = engine.put(new)
        assert decision is not None and not decision.founded
        assert "republished" not in decision.flags
    assert len(engine.groups()) == before == len(texts)
