"""Stories of different languages are linked by what they mean, and by nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.crosslingual import CrosslingualState, LinkCorrections, linked
from aggregator.engine import effects
from aggregator.engine.placements import Placements
from aggregator.model import Evidence, StoryChange, StoryDecision, StoryLink, StoryVector
from aggregator.model.effects import CanonicalFounded, Effect

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def meaning(likeness: float, about: int = 0) -> bytes:
    """A vector that is so alike to the first of ``about`` (two of these are not alike)."""
    vector = np.zeros(512)
    vector[about] = likeness
    vector[256 + about + int(likeness * 100)] = np.sqrt(1 - likeness**2)
    return np.rint(vector * 127).astype(np.int8).tobytes()


class World:
    """A stream of items that are stories already."""

    def __init__(self, corrections: LinkCorrections | None = None) -> None:
        self.state = CrosslingualState()
        self.standing = Placements()
        self.corrections = corrections or LinkCorrections()
        self.known: list[StoryVector] = []

    def take(
        self,
        name: str,
        language: str,
        vector: bytes,
        *,
        story: str = "",
        hours: int = 0,
        ago: int = 0,
    ) -> tuple[StoryLink, ...]:
        seen = NOW + timedelta(hours=hours, seconds=len(self.known))
        time = seen - timedelta(hours=ago)
        item = StoryVector(f"c-{name}", story or f"s-{name}", language, seen, time, vector)
        self.known.append(item)
        self.standing.apply(CanonicalFounded(item.canonical, f"i-{name}", seen))
        placed = StoryDecision(item.canonical, item.story, not story, Evidence("new"), vector=item)
        self.apply(effects.placed(self.standing, placed))
        return self.decide(item.story, seen)

    def decide(self, story: str, at: datetime) -> tuple[StoryLink, ...]:
        found = linked(
            self.state,
            story,
            now=int(at.timestamp()),
            live_days=5.0,
            corrections=self.corrections,
        )
        for link in found:
            self.link(link)
        return found

    def apply(self, made: Sequence[Effect]) -> None:
        for effect in made:
            self.standing.apply(effect)
            self.state.apply(effect)

    def link(self, link: StoryLink) -> None:
        self.apply(effects.linked(self.standing, link))

    def change(self, change: StoryChange) -> None:
        self.apply(effects.changed(self.standing, change))

    def together(self, *names: str) -> bool:
        return len({self.state.groups.of(f"s-{name}") for name in names}) == 1


def test_the_older_story_stands_for_both() -> None:
    world = World()
    assert world.take("dam", "en", meaning(1.0)) == ()
    (link,) = world.take("سد", "ar", meaning(0.8))
    assert (link.kind, link.story, link.into) == ("link", "s-سد", "s-dam")
    assert link.evidence.score == pytest.approx(0.8, abs=0.01)
    assert link.evidence.threshold < link.evidence.score
    assert dict(link.evidence.details)["languages"] == "ar, en"


def test_a_third_language_has_to_be_like_all() -> None:
    world = World()
    world.take("dam", "en", meaning(1.0))
    world.take("سد", "ar", meaning(0.9))
    world.take("presa", "es", meaning(0.85))
    assert world.together("dam", "سد", "presa")
    world.take("barrage", "fr", meaning(0.5))
    assert not world.together("dam", "barrage")


@pytest.mark.parametrize(
    ("language", "vector", "hours"),
    [
        ("en", meaning(0.95), 0),  # the engine of that language decides
        ("ar", meaning(0.55), 0),  # not alike enough
        ("ar", meaning(1.0, about=1), 0),  # another event
        ("ar", meaning(0.95), 60),  # days later
    ],
)
def test_what_is_not_linked(language: str, vector: bytes, hours: int) -> None:
    world = World()
    world.take("dam", "en", meaning(1.0))
    assert world.take("other", language, vector, hours=hours) == ()


def test_news_of_other_days_that_came_with_one_first_poll_is_not_linked() -> None:
    world = World()
    world.take("dam", "en", meaning(1.0), ago=200)
    assert world.take("سد", "ar", meaning(0.95)) == ()
    world.take("presa", "es", meaning(0.95), ago=190)
    assert world.together("dam", "presa"), "both are as old: an archive is linked, too"


def test_a_place_that_two_could_take_is_taken_by_none_unless_it_is_sure() -> None:
    """Two stories of one language that are nearly as near: which of them it is, is not known."""
    unsure, sure = World(), World()
    for world, first, second in ((unsure, 0.66, 0.64), (sure, 0.9, 0.88)):
        world.take("quake", "en", meaning(first))
        world.take("shock", "en", meaning(second))
        world.take("زلزال", "ar", meaning(1.0))
    assert not unsure.together("quake", "زلزال")
    assert sure.together("quake", "زلزال") and not sure.together("shock", "زلزال")


def test_two_stories_of_one_language_never_stand_in_one_group() -> None:
    world = World()
    world.take("dam", "en", meaning(1.0))
    world.take("سد", "ar", meaning(0.9))
    world.take("sdd", "ar", meaning(0.95))
    assert world.together("dam", "سد") and not world.together("dam", "sdd")


def test_late_evidence_parts_what_was_linked() -> None:
    world = World()
    world.take("dam", "en", meaning(1.0))
    world.take("سد", "ar", meaning(0.62))
    assert world.together("dam", "سد")
    for more in range(3):
        world.take(f"more{more}", "ar", meaning(1.0, about=more + 1), story="s-سد")
    assert not world.together("dam", "سد")


def test_a_leader_that_leaves_hands_over() -> None:
    world = World()
    world.take("dam", "en", meaning(0.64))
    world.take("سد", "ar", meaning(0.98))
    world.take("presa", "es", meaning(1.0))
    assert world.together("dam", "سد", "presa")
    for more in range(4):
        world.take(f"more{more}", "en", meaning(1.0, about=more + 1), story="s-dam")
    assert world.together("سد", "presa") and not world.together("dam", "سد")


def test_a_merge_within_one_language_keeps_the_link() -> None:
    world = World()
    world.take("dam", "en", meaning(0.9))
    world.take("burst", "en", meaning(0.3))
    world.take("سد", "ar", meaning(1.0))
    assert world.together("dam", "سد")
    world.change(StoryChange("merge", "s-dam", "s-burst"))
    assert world.state.groups.of("s-سد") == "s-burst"
    assert [one.id for one in world.state.group("s-سد")] == ["s-burst", "s-سد"]


def test_a_split_takes_its_items_and_no_link() -> None:
    world = World()
    world.take("dam", "en", meaning(0.9))
    world.take("more", "en", meaning(1.0, about=1), story="s-dam")
    world.take("سد", "ar", meaning(1.0, about=0))
    world.change(StoryChange("split", "s-dam", "s-new", ("c-more",)))
    assert world.state.groups.of("s-new") == "s-new"
    facet = world.state.variant("s-new")
    assert facet is not None and facet.members == {"c-more"}


def pair(*names: str) -> frozenset[frozenset[str]]:
    return frozenset({frozenset(f"s-{name}" for name in names)})


def test_a_person_keeps_apart_what_is_alike_and_together_what_is_not() -> None:
    world = World(LinkCorrections(split=pair("dam", "سد")))
    world.take("dam", "en", meaning(1.0))
    assert world.take("سد", "ar", meaning(0.99)) == ()
    world = World(LinkCorrections(same=pair("dam", "سد")))
    world.take("dam", "en", meaning(1.0))
    world.take("سد", "ar", meaning(0.9, about=5))
    world.link(StoryLink("link", "s-سد", "s-dam"))
    world.take("more", "ar", meaning(0.8, about=5), story="s-سد")
    assert world.together("dam", "سد"), "a person said that they are one"


def test_whom_a_person_adds_does_not_drive_out_a_third_language() -> None:
    world = World(LinkCorrections(same=pair("dam", "damm")))
    world.take("dam", "en", meaning(1.0))
    world.take("barrage", "fr", meaning(0.7))
    world.take("damm", "de", meaning(0.9, about=5))
    world.link(StoryLink("link", "s-damm", "s-dam"))
    world.take("more", "fr", meaning(0.7), story="s-barrage")
    assert world.together("dam", "barrage", "damm")


def test_a_group_with_a_story_that_is_not_remembered_takes_in_nothing() -> None:
    """Its language is not known: it may be the same."""
    world = World()
    world.state.groups.restore({"s-dam": "s-old"})
    world.take("dam", "en", meaning(1.0))
    assert world.take("سد", "ar", meaning(0.95)) == ()


_ITEMS = st.lists(
    st.tuples(
        st.sampled_from(["en", "ar", "fr"]),
        st.integers(0, 5),
        st.floats(0.3, 1.0),
        st.integers(0, 3),
    ),
    max_size=30,
)


@pytest.mark.slow
@given(_ITEMS, st.integers(0, 30))
def test_a_restart_changes_nothing(stream: list[tuple[str, int, float, int]], at: int) -> None:
    """What was restored from items and groups goes on as what was never stopped."""
    whole, first = World(), World()
    whole_links, links = [], []
    for number, (language, story, likeness, about) in enumerate(stream):
        if number == at:
            second = World()
            groups = {
                one.story: first.state.groups.of(one.story)
                for one in first.known
                if first.state.groups.of(one.story) != one.story
            }
            second.state.restore(first.known, groups)
            second.known, second.standing = first.known, first.standing
            first = second
        vector = meaning(round(likeness, 2), about)
        named = f"s-{language}{story}"
        whole_links += whole.take(str(number), language, vector, story=named)
        links += first.take(str(number), language, vector, story=named)
    assert links == whole_links


@pytest.mark.slow
@given(_ITEMS)
def test_no_group_ever_holds_a_language_twice(stream: list[tuple[str, int, float, int]]) -> None:
    world = World()
    for number, (language, story, likeness, about) in enumerate(stream):
        vector = meaning(round(likeness, 2), about)
        world.take(str(number), language, vector, story=f"s-{language}{story}")
        for one in world.known:
            spoken = [lang for facet in world.state.group(one.story) for lang in facet.languages]
            assert len(spoken) == len(set(spoken))
