"""Two canonical items become one when a later item proves that they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.dedupe import compare
from aggregator.dedupe.index import known
from aggregator.engine.decider import Decider
from aggregator.engine.recorder import MemoryRecords, Recorder
from aggregator.model import CanonicalMerge, Correction, Item
from aggregator.settings import ClusterSettings, DedupeSettings
from tests.dedupe.streams import SENTENCES, START, streams

WORDS = " ".join(SENTENCES).split()
HALF = len(WORDS) // 2
WHOLE = " ".join(WORDS)


def item(name: str, title: str, text: str, hours: int) -> Item:
    at = START + timedelta(hours=hours)
    return Item(
        id=f"i{name}", feed=name, identity=name, title=title, text=text, language="en",
        seen=at, published=at, source=name, content_hash=name,
    )  # fmt: skip


FIRST = item("a", "Harbour council opens new bridge plan", " ".join(WORDS[:HALF]), 0)
SECOND = item("b", "Old porter got cake from four hundred", " ".join(WORDS[HALF:]), 1)
BOTH = item("c", "Neighbours and members heard of trains and costs", WHOLE, 2)


def recorded(items: list[Item], *said: Correction) -> tuple[Recorder, MemoryRecords]:
    records = MemoryRecords()
    decider = Decider(DedupeSettings(), ClusterSettings(), corrections=said)
    recorder = Recorder(lambda: decider, records)
    for one in items:
        recorder.take(one, one.seen)
    return recorder, records


def test_an_item_that_holds_both_texts_makes_their_canonical_items_one() -> None:
    _, records = recorded([FIRST, SECOND])
    assert records.standing.canonical_of("ia") != records.standing.canonical_of("ib")
    _, records = recorded([FIRST, SECOND, BOTH])
    assert {records.standing.canonical_of(f"i{name}") for name in "abc"} == {"ca"}
    gone = records.standing.canonical("cb")
    assert gone is not None and gone.redirect == "ca"
    assert [placed.item.id for placed in records.archive.members("ca")] == ["ia", "ib", "ic"]


def test_what_a_person_set_apart_never_merges() -> None:
    said = Correction("k", "item", "split", "ia", "ib", START)
    _, records = recorded([FIRST, SECOND, BOTH], said)
    assert records.standing.canonical_of("ia") != records.standing.canonical_of("ib")
    alone = Correction("k", "item", "split", "ib", None, START)
    _, records = recorded([FIRST, SECOND, BOTH], alone)
    assert records.standing.canonical_of("ia") != records.standing.canonical_of("ib")


def test_a_merge_says_why() -> None:
    records = MemoryRecords()
    decider = Decider(DedupeSettings(), ClusterSettings())
    recorder = Recorder(lambda: decider, records)
    for one in (FIRST, SECOND):
        recorder.take(one, one.seen)
    decision = decider.decide(BOTH, records.archive)
    (merge,) = decision.merges
    assert isinstance(merge, CanonicalMerge)
    assert (merge.canonical, merge.into) == ("cb", "ca")
    assert merge.evidence.rule == "merge" and "new item" in merge.evidence.reason


def test_one_text_is_one_canonical_item_whatever_a_third_title_says() -> None:
    first = replace(FIRST, text=WHOLE)
    third = item("d", "Harbour council opens new bridge plan on Monday", "", 1)
    copy = item("e", "Harbour council rejects new bridge plan", WHOLE, 2)
    assert compare(first, copy, window=timedelta(hours=48)).same
    _, records = recorded([first, third, copy])
    assert records.standing.canonical_of("ie") == records.standing.canonical_of("ia")


def restored(records: MemoryRecords) -> Decider:
    """A decider that remembers the titles that a start would read."""
    decider = Decider(DedupeSettings(), ClusterSettings())
    decider.restore([known(placed.item) for placed, _ in records.archive.all()], [])
    return decider


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(streams(), st.sets(st.integers(0, 24)))
def test_restarts_change_no_late_merge(items: list[Item], restarts: set[int]) -> None:
    _, steady = recorded(items)
    records = MemoryRecords()
    recorder = Recorder(lambda: Decider(DedupeSettings(), ClusterSettings()), records)
    for place, one in enumerate(items):
        if place in restarts:
            recorder = Recorder(partial(restored, records), records)
        recorder.take(one, one.seen)
    for one in items:
        assert records.standing.canonical_of(one.id) == steady.standing.canonical_of(one.id)
