"""Events tell all: what they make of nothing is what the tables hold, whatever happened."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.engine import item_corrections, story_corrections
from aggregator.engine.placements import Placements
from aggregator.engine.polls import Engine
from aggregator.engine.standing_corrections import CorrectionError
from aggregator.model import Document, Entry, Feed
from aggregator.model.effects import CanonicalRedirected, ItemMoved, ItemStored, StoryPlaced
from aggregator.settings import Settings
from storage import ItemFilter, Store
from tests.support import examples

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEEDS = [Feed(f"f{n}", f"https://{n}.example/rss", title=f"Outlet {n}") for n in range(3)]
TITLES = [
    "Harbour bridge closes for repairs until autumn",
    "Harbor bridge closes for repairs until autumn",
    "Council votes to reopen the old harbour bridge",
    "Harbour bridge repairs delayed, council says",
    "Storm floods three villages in the northern valley",
    "Storm floods four villages in the northern valley",
    "فيضانات تغمر ثلاث قرى في الوادي الشمالي",
]


class World:
    """A store, and an engine that goes on or is made anew before each step."""

    def __init__(self, store: Store, *, restarts: bool) -> None:
        self.store, self.restarts = store, restarts
        self.settings = Settings("feeds.toml", "")  # type: ignore[arg-type]
        self._engine = Engine(store, self.settings)
        self.minute = 0

    @property
    def engine(self) -> Engine:
        if self.restarts:
            self._engine = Engine(self.store, self.settings)
        return self._engine

    def step(self, kind: str, one: int, other: int) -> object:
        """One step; corrections that are not possible are refused."""
        self.minute += 1
        try:
            return getattr(self, kind)(one, other, NOW + timedelta(minutes=self.minute))
        except CorrectionError as error:
            return str(error)

    def news(self, one: int, other: int, at: datetime) -> object:
        title = TITLES[one % len(TITLES)]
        text = f"{title} today. Report {one} of {other} says so in some more words."
        entry = Entry(title=title, guid=f"g{other}", published=at, content=text)
        self.engine.take_document(FEEDS[one % 3], Document((entry,)), now=at)
        return None

    def same(self, one: int, other: int, at: datetime) -> object:
        return self._correct("same", self._item(one), self._item(other), at)

    def split(self, one: int, other: int, at: datetime) -> object:
        return self._correct("split", self._item(one), self._item(other) if other else None, at)

    def _correct(self, kind: str, a: str, b: str | None, at: datetime) -> object:
        said = item_corrections.make("item", kind, a, b, at=at)
        return item_corrections.apply(self.engine, said, now=at)

    def story_same(self, one: int, other: int, at: datetime) -> object:
        made = story_corrections.same(self.engine, self._story(one), self._story(other), now=at)
        return [correction.id for correction in made]

    def story_split(self, one: int, _: int, at: datetime) -> object:
        story = self._story(one)
        made = story_corrections.split(self.engine, story, [self._item(one)], now=at)
        return [correction.id for correction in made]

    def undo(self, one: int, _: int, at: datetime) -> object:
        with self.store.reading() as view:
            made = [record.correction for record in view.corrections.list()]
        if not made:
            return None
        chosen = made[one % len(made)]
        level = item_corrections if chosen.level == "item" else story_corrections
        return level.undo(self.engine, chosen.id, now=at)

    def _item(self, number: int) -> str:
        with self.store.reading() as view:
            found = view.items.list(ItemFilter(), newest_first=False)
        if not found:
            raise CorrectionError("nothing is there")
        return found[number % len(found)].item.id

    def _story(self, number: int) -> str:
        with self.store.reading() as view:
            placed = view.items.get(self._item_in(view, number))
            assert placed is not None
            standing = view.canonicals.get(placed.canonical)
            assert standing is not None and standing.story is not None
            return standing.story

    def _item_in(self, view: Any, number: int) -> str:
        found = view.items.list(ItemFilter(), newest_first=False)
        if not found:
            raise CorrectionError("nothing is there")
        name: str = found[number % len(found)].item.id
        return name


def standing(store: Store) -> dict[str, Any]:
    """What the tables hold, by id."""
    with store.reading() as view:
        connection = view.session.connection
        return {
            name: sorted(map(tuple, connection.exec_driver_sql(query)))
            for name, query in (
                ("items", "SELECT id, canonical FROM items"),
                ("canonicals", "SELECT id, representative, redirect FROM canonicals"),
                ("members", "SELECT canonical, story FROM story_members"),
                ("stories", "SELECT id, coalesce(redirect, id) FROM stories"),
                ("groups", "SELECT story, leader FROM counterparts"),
            )
        }


def told(store: Store) -> dict[str, Any]:
    """What the events make of nothing, in the same form."""
    made = Placements()
    items: list[str] = []
    placed: defaultdict[str, str | None] = defaultdict()
    with store.reading() as view:
        sequence = 0
        while found := view.events.after(sequence, 7):
            assert [event.sequence for event in found] == list(
                range(sequence + 1, sequence + 1 + len(found))
            )
            for event in found:
                made.apply(event.effect)
                if isinstance(event.effect, ItemStored):
                    items.append(event.effect.item)
                if isinstance(event.effect, StoryPlaced):
                    placed[event.effect.canonical] = None
            sequence = found[-1].sequence
        assert view.events.last() == sequence
    canonicals = made.canonicals()
    members = [(name, story) for name in canonicals if (story := made.story_of(name))]
    stories = made.stories()
    return {
        "items": sorted((item, made.canonical_of(item)) for item in items),
        "canonicals": sorted(
            (name, place.representative, place.redirect) for name, place in canonicals.items()
        ),
        "members": sorted(members),
        "stories": sorted((name, made.heir_of(name)) for name in stories),
        "groups": sorted(
            (name, primary) for name in stories if (primary := made.primary_of(name)) != name
        ),
    }


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["news"] * 6 + ["same", "split", "story_same", "story_split", "undo"]),
        st.integers(0, 11),
        st.integers(0, 11),
    ),
    min_size=3,
    max_size=22,
)


@pytest.mark.slow
@settings(max_examples=examples(25), deadline=None)
@given(_STEPS)
def test_the_live_state_decides_as_a_restart_and_events_tell_all(
    steps: list[tuple[str, int, int]],
) -> None:
    with Store.open("sqlite://") as one, Store.open("sqlite://") as other:
        live, anew = World(one, restarts=False), World(other, restarts=True)
        for kind, a, b in steps:
            assert live.step(kind, a, b) == anew.step(kind, a, b)
            assert standing(one) == standing(other)
        assert told(one) == standing(one)
        assert told(other) == standing(other)
        assert one.check() == []


def test_what_happens_is_told_in_order() -> None:
    with Store.open("sqlite://") as store:
        world = World(store, restarts=False)
        world.step("news", 0, 0)
        world.step("news", 4, 1)
        world.step("same", 0, 1)
        with store.reading() as view:
            events = view.events.after(0)
            items = [one.item.id for one in view.items.list(newest_first=False)]
        kinds = [type(event.effect).__name__ for event in events]
        assert kinds[:4] == ["CanonicalFounded", "ItemStored", "StoryFounded", "StoryPlaced"]
        assert kinds[8] == "CorrectionMade"
        moved = [event.effect for event in events if isinstance(event.effect, ItemMoved)]
        assert [(one.item, one.rule) for one in moved] == [(items[1], "correction")]
        (ended,) = (e.effect for e in events if isinstance(e.effect, CanonicalRedirected))
        assert ended == CanonicalRedirected("c" + items[1][1:], "c" + items[0][1:])


def test_an_effect_read_back_cannot_be_written() -> None:
    with Store.open("sqlite://") as store:
        World(store, restarts=False).step("news", 0, 0)
        with store.reading() as view:
            (stored,) = (e.effect for e in view.events.after(0) if isinstance(e.effect, ItemStored))
        with pytest.raises(ValueError, match="without its text"), store.transaction() as tx:
            tx.apply((stored,), NOW)
