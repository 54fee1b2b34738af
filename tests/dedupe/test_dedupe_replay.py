"""Deciding is a pure function of the earlier items in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.dedupe import compare
from aggregator.model import Correction, Item
from tests.dedupe.streams import START, Engine, streams

pytestmark = pytest.mark.slow

WINDOW = timedelta(hours=48)

UNRELATED = Item(
    id="iunrelated",
    feed="far",
    identity="far",
    title="Volcanologists measure tremors beneath Icelandic glacier Grimsvotn",
    seen=START,
    text="Instruments below the ice recorded forty shocks before noon. " * 3,
    language="en",
    url="https://far.example/glacier",
)


@settings(max_examples=30, deadline=None)
@given(streams(), st.sets(st.integers(0, 24)))
def test_restarts_change_nothing(items: list[Item], restarts: set[int]) -> None:
    steady, restarted = Engine(), Engine()
    for place, item in enumerate(items):
        if place in restarts:
            restarted.restart()
        assert restarted.put(item) == steady.put(item)


@settings(max_examples=25, deadline=None)
@given(streams(), st.data())
def test_items_that_come_again_change_nothing(items: list[Item], data: st.DataObject) -> None:
    once, again = Engine(), Engine()
    for place, item in enumerate(items):
        decision = once.put(item)
        assert again.put(item) == decision
        repeated = items[data.draw(st.integers(0, place))]
        assert again.put(repeated) is None
    assert once.groups() == again.groups()


@settings(max_examples=25, deadline=None)
@given(streams(), st.integers(0, 24))
def test_an_unrelated_item_changes_no_other_decision(items: list[Item], place: int) -> None:
    without, with_it = Engine(), Engine()
    for number, item in enumerate(items):
        if number == place:
            with_it.put(replace(UNRELATED, seen=item.seen, published=item.seen))
        assert with_it.put(item) == without.put(item)


@settings(max_examples=25, deadline=None)
@given(streams(), st.sets(st.integers(0, 24)), st.data())
def test_revisions_and_restarts_give_one_result(
    items: list[Item], restarts: set[int], data: st.DataObject
) -> None:
    steady, restarted = Engine(), Engine()
    for place, item in enumerate(items):
        if place in restarts:
            restarted.restart()
        assert restarted.put(item) == steady.put(item)
        old = items[data.draw(st.integers(0, place))]
        title = data.draw(st.sampled_from([one.title for one in items]))
        revised = replace(old, title=title, content_hash=f"{old.content_hash}/{place}")
        assert restarted.put(revised) == steady.put(revised)
    assert restarted.groups() == steady.groups()


@settings(max_examples=30, deadline=None)
@given(streams())
def test_no_group_holds_a_pair_that_a_guard_forbids(items: list[Item]) -> None:
    engine = Engine()
    for item in items:
        engine.put(item)
    for members in engine.groups().values():
        found = [placed.item for name in members if (placed := engine.archive.placed(name))]
        pairs = [
            (a, b, compare(a, b, window=timedelta(hours=48))) for a, b in combinations(found, 2)
        ]
        proven = {frozenset((a.id, b.id)) for a, b, verdict in pairs if verdict.firm}
        for a, b, verdict in pairs:
            if verdict.same or frozenset((a.id, b.id)) in proven:
                continue
            guards = {veto.guard for veto in verdict.guards}
            guards -= {"short", "telling", "time", "extra", "typos"}
            # A third that is proven to be one page or text with either side may bind them.
            bound = any(
                frozenset((a.id, c.id)) in proven or frozenset((b.id, c.id)) in proven
                for c in found
            )
            assert not guards or bound, (a.title, b.title, guards)


@settings(max_examples=25, deadline=None)
@given(streams(), st.data())
def test_corrections_are_obeyed_by_every_decision(items: list[Item], data: st.DataObject) -> None:
    names = [item.id for item in items]
    a, b = data.draw(st.permutations(names))[:2]
    kind = data.draw(st.sampled_from(("same", "split")))
    engine = Engine((Correction("k", "item", kind, a, b, START),))
    for item in items:
        engine.put(item)
    together = any({a, b} <= group for group in engine.groups().values())
    assert together == (kind == "same")


@settings(max_examples=30, deadline=None)
@given(streams())
def test_every_decision_says_why_and_by_which_rules(items: list[Item]) -> None:
    engine = Engine()
    for item in items:
        decision = engine.put(item)
        assert decision is not None and decision.rules_version
        assert decision.evidence.reason and decision.evidence.rule
        if not decision.founded:
            assert decision.evidence.partner and decision.evidence.threshold > 0
            assert decision.evidence.score >= decision.evidence.threshold
