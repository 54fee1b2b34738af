"""Stories linked across languages: one id for all, and none is lost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.crosslingual import LanguageGroups
from aggregator.engine.placements import Placements
from aggregator.model import Evidence, Feed, StoryChange, StoryLink, StoryVector
from aggregator.model.effects import StoryGrouped
from storage import ItemFilter, Store, StoryFilter
from tests.support import examples


def canonical(number: int) -> str:
    return f"c{number:016x}"


def story(number: int) -> str:
    return f"s{number:016x}"


def link(number: int, into: int) -> StoryLink:
    return StoryLink("link", story(number), story(into), Evidence("counterpart", 0.8, 0.6))


def unlink(number: int, into: int) -> StoryLink:
    return StoryLink("unlink", story(number), story(into))


def vector(make: Any, number: int, language: str, said: bytes) -> StoryVector:
    seen, time = make.at(number), make.at(number - 90)
    return StoryVector(canonical(number), story(number), language, seen, time, said)


LANGUAGES = ("en", "ar", "fr", "es", "de")


@pytest.fixture
def five(store: Store, make: Any) -> Store:
    """Five stories of one item each, in five languages."""
    with store.transaction() as tx:
        for number, language in enumerate(LANGUAGES):
            item = make.item(number, language=language, title=f"Ferry {language}")
            make.save(tx, item)
            make.story(tx, canonical(number))
    return store


def test_what_is_linked_is_listed_once_and_found_by_every_id(five: Store, make: Any) -> None:
    with five.transaction() as tx:
        make.link(tx, link(1, 0), make.at(60))
        make.link(tx, link(3, 1), make.at(61))  # what stands for 1 stands for 3, too
    with five.reading() as view:
        assert [view.stories.resolve(story(n)) for n in range(5)] == [
            story(n) for n in (0, 0, 2, 0, 4)
        ]
        assert {one.id for one in view.stories.list()} == {story(n) for n in (0, 2, 4)}
        assert {one.id for one in view.stories.changed_since(make.at(60))} == {story(0)}
        told = [canonical(n) for n in (0, 1, 3)]
        assert view.stories.members(story(3)) == told
        found = view.stories.get(story(1))
        assert found is not None and found.id == story(0)
        assert view.stories.members(story(0)) == told
        assert view.stories.members_of(story(0)) == [canonical(0)]
        named = view.items.list(ItemFilter(story=story(0)))
        assert {one.canonical for one in named} == set(told)
        assert view.search.stories("ferry") == [story(4), story(0), story(2)]
        links = [one.link for one in view.language_groups.links_of(story(1))]
        assert [(one.story, one.into) for one in links] == [
            (story(1), story(0)),
            (story(3), story(1)),
        ]
    assert five.check() == []


def test_filters_by_feed_and_tag_ask_for_the_items_of_the_story_itself(
    five: Store, make: Any
) -> None:
    with five.transaction() as tx:
        tx.feeds.upsert(Feed("f2", "https://two.example/feed"), 1)
        make.save(tx, make.item(7, feed="f2", language="it", tags=("sea",)))
        make.story(tx, canonical(7))
        make.link(tx, link(7, 0), make.at(60))
        make.link(tx, link(1, 2), make.at(61))
    with five.reading() as view:
        for narrow in (StoryFilter(feed="f2"), StoryFilter(tag="sea")):
            assert [one.id for one in view.stories.list(narrow)] == [story(0)]
        every = {one.id for one in view.stories.list(StoryFilter(feed="f1"))}
        assert every == {story(n) for n in (0, 2, 3, 4)}
        assert view.counts().stories == 4


def test_a_group_follows_its_leader_into_another(five: Store, make: Any) -> None:
    with five.transaction() as tx:
        make.link(tx, link(2, 1), make.at(60))
        make.link(tx, link(1, 0), make.at(61))
    with five.reading() as view:
        assert view.language_groups.variants(story(0)) == [story(n) for n in (0, 1, 2)]
        assert view.language_groups.pairs() == {story(1): story(0), story(2): story(0)}
    assert five.check() == []


def test_what_is_unlinked_stands_for_itself_again(five: Store, make: Any) -> None:
    with five.transaction() as tx:
        make.link(tx, link(1, 0), make.at(60))
        make.link(tx, unlink(1, 0), make.at(61))
    with five.reading() as view:
        assert view.stories.resolve(story(1)) == story(1)
        assert {one.id for one in view.stories.list()} == {story(n) for n in range(5)}
        kinds = [one.link.kind for one in view.language_groups.links_of(story(1))]
        assert kinds == ["link", "unlink"]


def test_a_merge_takes_the_place_of_the_story_that_ends(five: Store, make: Any) -> None:
    """Of one language's stories: as the leader of others, or as one that is led."""
    with five.transaction() as tx:
        make.link(tx, link(1, 0), make.at(60))
        make.change(tx, StoryChange("merge", story(0), story(2)), make.at(61))
    with five.reading() as view:
        assert [view.stories.resolve(story(n)) for n in (0, 1, 2)] == [story(2)] * 3
    with five.transaction() as tx:
        make.change(tx, StoryChange("merge", story(1), story(3)), make.at(62))
    with five.reading() as view:
        assert [view.stories.resolve(story(n)) for n in (1, 3)] == [story(2)] * 2
    assert five.check() == []


def test_a_merge_into_a_story_that_is_told_with_others_brings_none_along(
    five: Store, make: Any
) -> None:
    """They may be of the languages that it is told in."""
    with five.transaction() as tx:
        for number in (1, 2):
            make.link(tx, link(number, 0), make.at(60))
        make.link(tx, link(4, 3), make.at(60))
        make.change(tx, StoryChange("merge", story(0), story(3)), make.at(61))
    with five.reading() as view:
        assert view.language_groups.variants(story(3)) == [story(3), story(4)]
        assert view.language_groups.variants(story(1)) == [story(1), story(2)]
    assert five.check() == []


def test_when_the_leader_ends_the_others_stay_together(five: Store, make: Any) -> None:
    """Its only item went to a story of another event: they do not follow it there."""
    with five.transaction() as tx:
        for number in (1, 2):
            make.link(tx, link(number, 0), make.at(60))
        make.story(tx, canonical(0), story(4))
    with five.reading() as view:
        assert view.stories.resolve(story(0)) == story(4)
        assert view.language_groups.variants(story(1)) == [story(1), story(2)]
    assert five.check() == []


def test_a_link_to_a_story_that_was_merged_away_reaches_its_heir(five: Store, make: Any) -> None:
    with five.transaction() as tx:
        make.change(tx, StoryChange("merge", story(0), story(2)), make.at(61))
        make.link(tx, link(1, 0), make.at(62))
        make.link(tx, link(0, 3), make.at(62))
    with five.reading() as view:
        assert [view.stories.resolve(story(n)) for n in (0, 1, 2)] == [story(3)] * 3
    assert five.check() == []


def test_a_leader_that_merges_into_its_follower_hands_over(five: Store, make: Any) -> None:
    with five.transaction() as tx:
        make.link(tx, link(1, 0), make.at(60))
        make.link(tx, link(2, 0), make.at(61))
        make.change(tx, StoryChange("merge", story(0), story(1)), make.at(62))
    with five.reading() as view:
        assert {view.stories.resolve(story(n)) for n in (0, 1, 2)} == {story(1)}
    assert five.check() == []


def test_vectors_come_back_in_order_of_arrival_the_latest_only(five: Store, make: Any) -> None:
    with five.transaction() as tx:
        for number in (3, 0, 2):
            tx.language_groups.save_vector(vector(make, number, LANGUAGES[number], bytes([number])))
        tx.language_groups.save_vector(vector(make, 3, "es", b"new"))
    with five.reading() as view:
        assert list(view.language_groups.vectors(2)) == [
            vector(make, 2, "fr", bytes([2])),
            vector(make, 3, "es", b"new"),
        ]
        assert len(list(view.language_groups.vectors(9))) == 3
        assert list(view.language_groups.vectors(0)) == []


def test_another_kind_of_link_is_refused(five: Store, make: Any) -> None:
    with five.transaction() as tx, pytest.raises(ValueError, match="bind"):
        make.link(tx, StoryLink("bind", story(1), story(0)), make.at())


_STEPS = st.lists(
    st.tuples(st.sampled_from(["link", "unlink", "merge"]), st.integers(0, 4), st.integers(0, 4)),
    max_size=12,
)


@pytest.mark.slow
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_STEPS)
def test_memory_and_store_agree_on_who_stands_for_whom(
    tmp_path_factory: pytest.TempPathFactory, make: Any, steps: Iterable[tuple[str, int, int]]
) -> None:
    """Whatever is linked, unlinked and merged: no id is lost, no leader is led."""
    groups, standing = LanguageGroups(), Placements()
    path = tmp_path_factory.mktemp("agree") / "store.sqlite"
    with Store.open(f"sqlite:///{path}") as store:
        with store.transaction() as tx:
            tx.feeds.upsert(Feed("f1", "https://one.example/feed"), 0)
            for number, language in enumerate(LANGUAGES):
                make.save(tx, make.item(number, language=language))
                make.story(tx, canonical(number))
            gone: set[int] = set()
            for kind, one, other in steps:
                if one == other or {one, other} & gone:
                    continue
                if kind == "merge":
                    make.change(tx, StoryChange("merge", story(one), story(other)), make.at(60))
                    gone.add(one)
                else:
                    make.link(tx, StoryLink(kind, story(one), story(other)), make.at(60))
            for event in tx.events.after(0, 1_000):
                standing.apply(event.effect)
                if isinstance(event.effect, StoryGrouped):
                    groups.group_under(event.effect.story, event.effect.primary)
        with store.reading() as view:
            for number in set(range(5)) - gone:
                assert view.stories.resolve(story(number)) == groups.of(story(number))
                assert groups.of(story(number)) == standing.primary_of(story(number))
                told = view.language_groups.variants(groups.of(story(number)))
                assert sorted(told) == sorted(groups.group(story(number)))
            assert all(view.stories.get(story(number)) for number in range(5))
        assert store.check() == []
