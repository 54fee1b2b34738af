"""How important a story is."""

from __future__ import annotations

import math
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.digest import rank

HOUR = timedelta(hours=1)


def story(make, *outlets: str, hours: float = 1.0, **said):
    parts = [make.coverage(name, f"Title by {name}", hours=hours, **said) for name in outlets]
    return make.view("a", *parts)


def test_the_parts_make_the_score(make, harbour):
    score, parts = rank(harbour, now=make.now, half_life=12 * HOUR)
    told = dict(parts)
    assert list(told) == ["outlets", "reach", "freshness", "growth"]
    assert told["outlets"] == 5
    assert told["reach"] == 3.5  # three articles, two repetitions at a quarter
    assert math.isclose(told["freshness"], 0.5 ** (1 / 12), abs_tol=1e-4)
    expected = math.log2(4.5) * 0.5 ** (1 / 12) * (1 + told["growth"])
    assert math.isclose(score, expected, abs_tol=1e-3)


def test_more_outlets_count_more_but_one_outlet_counts_once(make):
    one = rank(story(make, "a"), now=make.now)[0]
    two = rank(story(make, "a", "b"), now=make.now)[0]
    same = make.view(
        "a",
        make.coverage("a", "First", hours=20, source="The A"),
        make.coverage("x", "Second", hours=20, source=" the  a "),
    )
    assert two > one
    assert dict(rank(same, now=make.now)[1])["outlets"] == 1


def test_it_halves_with_a_half_life(make):
    fresh = rank(story(make, "a", hours=0), now=make.now, half_life=6 * HOUR)[0]
    old = rank(story(make, "a", hours=6), now=make.now, half_life=6 * HOUR)[0]
    assert math.isclose(old, fresh / 2, abs_tol=1e-3)


def test_a_growing_story_counts_more_than_one_that_has_stopped(make):
    growing = dict(rank(story(make, "a", "b", "c", hours=1), now=make.now)[1])
    stopped = dict(rank(story(make, "a", "b", "c", hours=20), now=make.now)[1])
    assert (growing["growth"], stopped["growth"]) == (round(2 / 6, 4), 0.0)


def test_source_weights_count(make):
    heavy = rank(story(make, "a", weight=3.0), now=make.now)[0]
    light = rank(story(make, "a", weight=0.0), now=make.now)[0]
    assert heavy > rank(story(make, "a"), now=make.now)[0] > light == 0.0


@given(st.integers(-48, 480), st.floats(-1, 100))
def test_it_is_bounded_whatever_the_publisher_says(make, hours, weight):
    """Dates in the future and odd weights give no story the front page for good."""
    score, parts = rank(story(make, "a", hours=hours, weight=weight), now=make.now)
    assert 0 <= score <= math.log2(1 + max(weight, 0)) * 2 + 1e-3
    assert 0 <= dict(parts)["freshness"] <= 1


def test_columns_that_recur_rank_below_news(make):
    news = rank(story(make, "a", hours=20), now=make.now)
    column = rank(story(make, "a", hours=20, flags=("recurring",)), now=make.now)
    assert column[0] < news[0]
    assert dict(column[1])["format"] == 0.25
    mixed = make.view(
        "a", make.coverage("a", "News"), make.coverage("b", "B", flags=("recurring",))
    )
    assert "format" not in dict(rank(mixed, now=make.now)[1])


def test_a_story_in_none_of_the_readers_languages_counts_less(make):
    french = story(make, "a", "b", language="fr")
    unknown = story(make, "a", "b", language=None)
    score, parts = rank(french, now=make.now, languages=("en", "ar"))
    assert dict(parts)["language"] == 0.25
    assert score < rank(french, now=make.now)[0] == rank(french, now=make.now, languages=("fr",))[0]
    assert rank(unknown, now=make.now, languages=("en",)) == rank(unknown, now=make.now)
