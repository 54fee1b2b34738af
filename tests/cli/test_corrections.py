"""Corrections of duplicates: applied at once, obeyed later, undone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.engine import item_corrections
from aggregator.engine.polls import Engine
from aggregator.engine.standing_corrections import CorrectionError
from aggregator.model import Document, Entry, Feed
from aggregator.settings import Settings
from storage import Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SAME = "Harbour bridge closes for repairs until autumn"
OTHER = "Storm floods three villages in the northern valley"


class World:
    """A store with three outlets."""

    def __init__(self, folder: Path) -> None:
        self.store = Store.open(f"sqlite:///{folder}/store.sqlite")
        self.engine = Engine(self.store, Settings(folder / "feeds.toml", f"sqlite:///{folder}/s"))
        self.minute = 0

    def take(self, feed: int, title: str) -> str:
        self.minute += 1
        at = NOW + timedelta(minutes=self.minute)
        entry = Entry(title=title, guid=f"g{self.minute}", published=at)
        outlet = Feed(f"f{feed}", f"https://{feed}.example/rss", title=f"Outlet {feed}")
        self.engine.take_document(outlet, Document((entry,)), now=at)
        with self.store.reading() as tx:
            return tx.items.list(limit=1)[0].item.id

    def say(self, kind: str, a: str, b: str | None = None) -> str:
        said = item_corrections.make("item", kind, a, b, at=NOW + timedelta(minutes=self.minute))
        item_corrections.apply(self.engine, said, now=NOW)
        return said.id

    def groups(self, *items: str) -> list[str]:
        with self.store.reading() as tx:
            return [placed.canonical for item in items if (placed := tx.items.get(item))]

    def stories(self) -> set[str | None]:
        with self.store.reading() as tx:
            return {c.story for c in tx.canonicals.list()}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_same_joins_and_undo_parts_again(world: World) -> None:
    a, b = world.take(0, SAME), world.take(1, OTHER)
    said = world.say("same", a, b)
    assert len(set(world.groups(a, b))) == 1
    assert len(world.stories()) == 1
    item_corrections.undo(world.engine, said, now=NOW)
    assert len(set(world.groups(a, b))) == 2
    with pytest.raises(CorrectionError, match="already undone"):
        item_corrections.undo(world.engine, said, now=NOW)


def test_split_parts_and_a_third_one_still_finds_its_place(world: World) -> None:
    a, b = world.take(0, SAME), world.take(1, SAME)
    assert len(set(world.groups(a, b))) == 1
    said = world.say("split", a, b)
    assert len(set(world.groups(a, b))) == 2
    assert None not in world.stories()
    world.take(2, SAME)
    assert len(set(world.groups(a, b))) == 2
    item_corrections.undo(world.engine, said, now=NOW)
    assert len(set(world.groups(a, b))) == 1


def test_the_founder_can_be_split_from_all_others(world: World) -> None:
    a, b, c = world.take(0, SAME), world.take(1, SAME), world.take(2, SAME)
    world.say("split", a)
    first, *others = world.groups(a, b, c)
    assert first not in others
    assert len(set(others)) == 1


def test_words_that_contradict_each_other_are_refused(world: World) -> None:
    a, b, c = (
        world.take(0, SAME),
        world.take(1, OTHER),
        world.take(2, "Chess champion wins in Lisbon"),
    )
    world.say("same", a, b)
    with pytest.raises(CorrectionError, match="opposite"):
        world.say("split", a, b)
    world.say("split", b, c)
    with pytest.raises(CorrectionError, match="opposite"):
        world.say("same", c, b)
    with pytest.raises(CorrectionError, match="opposite"):
        world.say("same", c, a)
    with pytest.raises(CorrectionError, match="no item"):
        world.say("same", a, "i404")
