"""What holds for every stream: restarts, ids, corrections, order within the hour."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.cluster import ClusterState, assign
from aggregator.cluster.document_frequencies import Frequencies
from aggregator.cluster.views import features_of
from aggregator.model import Correction, Item, StoryMember
from aggregator.settings import ClusterSettings
from tests.cluster.streams import START, canonical, item, run, stories, streams

pytestmark = pytest.mark.slow


@settings(max_examples=40)
@given(streams(), st.data())
def test_a_restart_anywhere_changes_nothing(items: list[Item], data: st.DataObject) -> None:
    whole, decisions = run(items)
    cuts = data.draw(st.sets(st.integers(0, len(items)), max_size=3))
    state = ClusterState(ClusterSettings())
    kept: dict[str, StoryMember] = {}
    for number, one in enumerate(items):
        if number in cuts:
            now = stories(state, items[:number])
            state = ClusterState(ClusterSettings())
            state.restore(
                StoryMember(name, now[name], member.seen, member.features)
                for name, member in kept.items()
            )
        decision = assign(state, one, canonical(one))
        assert decision == decisions[number]
        state.apply(decision, one.seen)
        kept[canonical(one)] = StoryMember(canonical(one), "", one.seen, decision.features)
    assert stories(state, items) == stories(whole, items)


@settings(max_examples=40)
@given(streams())
def test_every_id_that_was_ever_shown_leads_to_a_story_with_members(items: list[Item]) -> None:
    state = ClusterState(ClusterSettings())
    shown: set[str] = set()
    merged: dict[str, str] = {}
    for number, one in enumerate(items):
        decision = assign(state, one, canonical(one))
        state.apply(decision, one.seen)
        merged.update({c.story: c.into for c in decision.changes if c.kind == "merge"})
        current = set(stories(state, items[: number + 1]).values())
        assert not current & merged.keys(), "an id that redirects does so for good"
        shown |= current
        for name in shown:
            assert _led(name, merged) in current, "what was shown is gone"


def _led(name: str, merged: dict[str, str]) -> str:
    while name in merged:
        name = merged[name]
    return name


@settings(max_examples=30)
@given(streams(), st.data())
def test_what_a_person_said_holds_whatever_comes(items: list[Item], data: st.DataObject) -> None:
    if len(items) < 4:
        return
    names = [canonical(one) for one in items]
    a, b, c = data.draw(
        st.lists(st.sampled_from(names), min_size=3, max_size=3, unique=True).map(sorted)
    )
    said = (
        Correction("k1", "story", "same", a, b, START),
        Correction("k2", "story", "split", c, a, START),
    )
    state, _ = run(items, said)
    found = stories(state, items)
    assert found[a] == found[b]
    assert found[c] != found[a]


@settings(max_examples=20)
@given(streams(most=25))
def test_a_story_in_another_language_changes_nothing(items: list[Item]) -> None:
    alone, _ = run(items)
    strangers = [
        item(f"a{number}", "زلزال يضرب الجزيرة ويخلف قتلى", at=one.seen, language="ar")
        for number, one in enumerate(items)
    ]
    mixed, _ = run([one for pair in zip(items, strangers, strict=True) for one in pair])
    assert stories(alone, items) == stories(mixed, items)


def test_closed_stories_are_followed_not_joined() -> None:
    words = "Stella Norda ferry aground off Cape Merrow with passengers and crew rescued in fog"
    first = item("1", "Ferry Stella Norda aground off Cape Merrow", words)
    later = item(
        "2",
        "Captain of ferry Stella Norda charged over Cape Merrow grounding",
        f"The captain stands trial. {words}",
        at=START + timedelta(days=30),
    )
    _, decisions = run([first, later])
    assert decisions[1].founded
    assert decisions[1].follows == decisions[0].story


def test_news_of_a_story_that_paused_for_days_follows_it() -> None:
    words = "Stella Norda ferry aground off Cape Merrow with passengers and crew rescued in fog"
    first = item("1", "Ferry Stella Norda aground off Cape Merrow", words)
    later = item(
        "2",
        "Grounded ferry Stella Norda towed off Cape Merrow",
        words,
        at=START + timedelta(days=3),
    )
    _, decisions = run([first, later])
    assert decisions[1].founded
    assert decisions[1].follows == decisions[0].story
    assert "two days" in decisions[1].evidence.reason


def test_news_of_another_ferry_follows_nothing() -> None:
    words = "Stella Norda ferry aground off Cape Merrow with passengers and crew rescued in fog"
    first = item("1", "Ferry Stella Norda aground off Cape Merrow", words)
    other = item(
        "2",
        "New ferry for the Farola line is named Blue Gull",
        "The shipyard of Ellery has delivered a ferry with room for ninety cars and a bakery.",
        at=START + timedelta(days=30),
    )
    _, decisions = run([first, other])
    assert decisions[1].founded
    assert decisions[1].follows is None


def test_recurring_formats_found_no_stories() -> None:
    briefing = "Harbour strike ends, budget passes, storm nears the Outer Isles coast tonight"
    first = item("1", "Morning briefing", briefing, flags=("recurring",))
    second = item("2", "Evening briefing", briefing, flags=("recurring",))
    strike = item("3", "Harbour strike ends on Outer Isles", briefing)
    state, decisions = run([first, second, strike])
    assert all(decision.founded for decision in decisions)
    assert len(set(stories(state, [first, second, strike]).values())) == 3


def test_a_column_that_a_person_bound_to_a_story_does_not_disturb_it() -> None:
    words = "Stella Norda ferry aground off Cape Merrow with passengers and crew rescued in fog"
    first = item("1", "Ferry Stella Norda aground off Cape Merrow", words)
    column = item("2", "Morning briefing", words, flags=("recurring",))
    later = item("3", "Stella Norda: ferry aground at Cape Merrow, all rescued", words)
    said = Correction("k1", "story", "same", "c1", "c2", START)
    state, _ = run([first, column, later], (said,))
    assert len(set(stories(state, [first, column, later]).values())) == 1


def test_another_language_met_first_changes_no_weight() -> None:
    """Its background once shared a table with the others: rare words began to look common."""
    english = features_of(item("1", "word " * 3 + " ".join(f"rare{n}" for n in range(400))))
    alone, mixed = Frequencies(), Frequencies()
    for language in ("ar", "de", "fr", "ru", "zh"):
        mixed.idf(english.terms, language)
    assert (alone.idf(english.terms, "en") == mixed.idf(english.terms, "en")).all()
