"""Stories: who belongs to them, and how they merge, split and redirect for good."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from aggregator.model import Evidence, StoryChange, StoryMember
from storage import Store, StoryFilter


def canonical(number: int) -> str:
    return f"c{number:016x}"


def story(number: int) -> str:
    return f"s{number:016x}"


@pytest.fixture
def three(store: Store, make: Any) -> Store:
    """Three items, each a canonical item and a story of its own."""
    with store.transaction() as tx:
        for number in (1, 2, 3):
            make.save(tx, make.item(number, language="ar" if number == 3 else "en"))
            make.story(tx, canonical(number), features=bytes([number]))
    return store


def test_members_come_in_order_of_arrival(three: Store, make: Any) -> None:
    with three.transaction() as tx:
        make.story(tx, canonical(3), story(1))
        make.story(tx, canonical(2), story(1))
    with three.reading() as view:
        assert view.stories.members(story(1)) == [canonical(1), canonical(2), canonical(3)]
        found = view.stories.get(story(1))
        assert found is not None
        assert (found.first, found.last) == (make.at(1), make.at(3))
        for emptied in (2, 3):
            assert view.stories.resolve(story(emptied)) == story(1)
        assert [one.id for one in view.stories.list()] == [story(1)]
        assert view.counts().stories == 1


def test_a_merge_redirects_for_good_and_is_remembered(three: Store, make: Any) -> None:
    late = StoryChange("merge", story(2), story(1), evidence=Evidence("merge", 0.9, 0.8))
    with three.transaction() as tx:
        make.change(tx, late, make.at(10))
        make.change(tx, late, make.at(11))  # again: nothing happens
        make.change(tx, replace(late, story=story(1), into=story(3)), make.at(12))
    with three.reading() as view:
        for number in (1, 2, 3):  # never a chain of redirects
            assert view.stories.resolve(story(number)) == story(3)
            assert view.stories.get(story(number)).id == story(3)
        assert view.stories.members(story(2)) == [canonical(number) for number in (1, 2, 3)]
        changes = view.stories.changes_of(story(1))
        assert [(one.change.story, one.change.into) for one in changes] == [
            (story(2), story(1)),
            (story(1), story(3)),
        ]
        assert changes[0].change.members == (canonical(2),)
        assert changes[0].at == make.at(10)
        assert changes[0].change.evidence.score == 0.9
    assert three.check() == []


def test_a_split_makes_a_story_of_what_left(three: Store, make: Any) -> None:
    with three.transaction() as tx:
        make.story(tx, canonical(2), story(1))
        make.story(tx, canonical(3), story(1))
        away = StoryChange("split", story(1), story(3), (canonical(3), canonical(2)))
        make.change(tx, away, make.at(20))
    with three.reading() as view:
        assert view.stories.members(story(1)) == [canonical(1)]
        assert view.stories.members(story(3)) == [canonical(2), canonical(3)]
        assert view.stories.resolve(story(3)) == story(3)  # it no longer redirects
        assert view.stories.resolve(story(2)) == story(1)
    assert three.check() == []


def test_an_unknown_change_or_member_is_an_error(three: Store, make: Any) -> None:
    for change, error in (
        (StoryChange("swap", story(1), story(2)), ValueError),
        (StoryChange("merge", "s?", story(2)), KeyError),
        (StoryChange("split", story(1), "snew", ("c?",)), KeyError),
    ):
        with pytest.raises(error), three.transaction() as tx:
            make.change(tx, change, make.at())
    with pytest.raises(KeyError), three.transaction() as tx:
        make.story(tx, "c?")


def test_the_engine_gets_back_what_it_knew(three: Store, make: Any) -> None:
    with three.transaction() as tx:
        make.story(tx, canonical(2), story(1), features=b"\x00new")
    with three.reading() as view:
        known = [
            StoryMember(canonical(1), story(1), make.at(1), b"\x01", 1),
            StoryMember(canonical(2), story(1), make.at(2), b"\x00new", 2),
            StoryMember(canonical(3), story(3), make.at(3), b"\x03", 3),
        ]
        for limit in range(5):
            assert list(view.stories.restore(limit)) == (known[-limit:] if limit else [])


def test_decisions_are_kept_with_their_runner_up(three: Store, make: Any) -> None:
    with three.transaction() as tx:
        make.story(tx, canonical(2), story(1), runner_up=(story(3), 0.4), follows=story(3))
    with three.reading() as view:
        first, second = view.stories.decisions_of(canonical(2))
        assert first.decision.founded
        assert second.decision.runner_up == (story(3), 0.4)
        assert second.decision.follows == story(3)
        assert second.decision.evidence == Evidence("terms", 0.7, 0.5)


def test_a_summary_comes_back_and_narrows_lists(three: Store, make: Any) -> None:
    with three.transaction() as tx:
        for number in (1, 2, 3):
            tx.stories.summarise(story(number))
    with three.reading() as view:
        found = view.stories.get(story(3))
        assert found is not None
        assert (found.first, found.last) == (make.item(3).time, make.item(3).time)
        assert found.languages == ("ar",)

        def listed(**narrow: Any) -> list[str]:
            return [one.id for one in view.stories.list(StoryFilter(**narrow))]

        assert listed() == [story(3), story(2), story(1)]
        assert listed(language="ar") == [story(3)]
        assert listed(language="en") == [story(2), story(1)]
        assert listed(language="a") == []
        assert listed(since=make.at(2)) == [story(3), story(2)]
        assert listed(until=make.at(2)) == [story(1)]
        assert listed(feed="f1") == [story(3), story(2), story(1)]
        assert listed(feed="f2") == []


def test_stories_that_changed_are_told_oldest_change_first(three: Store, make: Any) -> None:
    with three.transaction() as tx:
        make.change(tx, StoryChange("merge", story(1), story(3)), make.at(30))
    with three.reading() as view:
        assert [one.id for one in view.stories.changed_since(make.at(30))] == [story(3)]
        assert view.stories.changed_since(make.at(31)) == []


def test_items_of_stories_come_by_the_id_asked_for(three: Store, make: Any) -> None:
    with three.transaction() as tx:
        make.change(tx, StoryChange("merge", story(2), story(1)), make.at(30))
    with three.reading() as view:
        found = view.stories.items_of([story(2), story(3), "s?"])
        assert {ident: make.ids(items) for ident, items in found.items()} == {
            story(2): [f"i{1:016x}", f"i{2:016x}"],
            story(3): [f"i{3:016x}"],
            "s?": [],
        }


def test_a_founding_item_that_comes_back_founds_its_own_story_again(
    three: Store, make: Any
) -> None:
    """Its only item had gone to another story; that one is not where it belongs now."""
    with three.transaction() as tx:
        make.story(tx, canonical(2), story(1))
    with three.reading() as view:
        assert view.stories.resolve(story(2)) == story(1)
    with three.transaction() as tx:
        make.story(tx, canonical(2))
    with three.reading() as view:
        assert view.stories.members(story(2)) == [canonical(2)]
        assert view.stories.members(story(1)) == [canonical(1)]
        assert {one.id for one in view.stories.list()} == {story(n) for n in (1, 2, 3)}
    assert three.check() == []
