"""Corrections of stories: applied at once, obeyed later, undone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.engine import story_corrections
from aggregator.engine.polls import Engine
from aggregator.engine.standing_corrections import CorrectionError
from aggregator.model import Document, Entry, Feed
from aggregator.settings import Settings
from storage import Store
from tests.support import run_command

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAM = (
    ("Dam at Kessler Ridge bursts, thousands flee Orvale valley", "Kessler Ridge dam Orvale"),
    ("Orvale: thousands evacuated after Kessler Ridge dam bursts", "Orvale dam Kessler Ridge"),
    ("Kessler Ridge dam burst: rescuers search the Orvale valley", "Kessler dam Orvale rescue"),
)
RATES = ("Central bank of Norland keeps its key rate at 4.5 percent", "Norland bank rate")
TRIAL = ("Former mayor of Sundmark stands trial over harbour deal", "mayor trial Sundmark")


class World:
    """A store with an outlet for each article."""

    def __init__(self, folder: Path) -> None:
        self.path = f"sqlite:///{folder}/store.sqlite"
        self.store = Store.open(self.path)
        self.settings = Settings(folder / "feeds.toml", self.path)
        self.engine = Engine(self.store, self.settings)
        self.minute = 0

    def take(self, title: str, summary: str) -> str:
        """Store an article; its item's id."""
        self.minute += 1
        at = NOW + timedelta(minutes=self.minute)
        entry = Entry(title=title, summary=summary, guid=f"g{self.minute}", published=at)
        outlet = Feed(f"f{self.minute}", f"https://{self.minute}.example/rss", title="An outlet")
        self.engine.take_document(outlet, Document((entry,)), now=at)
        with self.store.reading() as tx:
            return tx.items.list(limit=1)[0].item.id

    def story(self, item: str) -> str:
        with self.store.reading() as tx:
            placed = tx.items.get(item)
            assert placed is not None
            canonical = tx.canonicals.get(placed.canonical)
            assert canonical is not None and canonical.story is not None
            return canonical.story

    def resolve(self, story: str) -> str | None:
        with self.store.reading() as tx:
            return tx.stories.resolve(story)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_same_makes_one_story_of_two_and_undo_two_again(world: World) -> None:
    a, b = world.take(*RATES), world.take(*TRIAL)
    older, younger = world.story(a), world.story(b)
    assert older != younger
    (said,) = story_corrections.same(world.engine, younger, older, now=NOW)
    assert world.story(a) == world.story(b) == older
    assert world.resolve(younger) == older, "the younger id redirects"
    story_corrections.undo(world.engine, said.id, now=NOW)
    assert (world.story(a), world.story(b)) == (older, younger)
    with pytest.raises(CorrectionError, match="already undone"):
        story_corrections.undo(world.engine, said.id, now=NOW)


def test_split_takes_items_out_and_keeps_them_out(world: World) -> None:
    first, second = world.take(*DAM[0]), world.take(*DAM[1])
    story = world.story(first)
    assert world.story(second) == story
    story_corrections.split(world.engine, story, [second], now=NOW)
    assert world.story(first) == story != world.story(second)
    third = world.take(*DAM[2])
    assert world.story(third) in {story, world.story(second)}
    assert world.story(first) != world.story(second), "a third report must not bridge them"


def test_split_is_taken_back_with_what_it_moved(world: World) -> None:
    first, second = world.take(*DAM[0]), world.take(*DAM[1])
    story = world.story(first)
    [said] = story_corrections.split(world.engine, story, [second], now=NOW)
    away = world.story(second)
    story_corrections.undo(world.engine, said.id, now=NOW)
    assert world.story(second) == story
    assert world.resolve(away) == story


def test_later_items_obey_same(world: World) -> None:
    dam, rates = world.take(*DAM[0]), world.take(*RATES)
    story_corrections.same(world.engine, world.story(dam), world.story(rates), now=NOW)
    later = world.take(*DAM[1])
    assert world.story(dam) == world.story(rates) == world.story(later)


def test_what_cannot_be_is_refused_with_the_reason(world: World) -> None:
    first, second = world.take(*DAM[0]), world.take(*DAM[1])
    other = world.take(*RATES)
    story = world.story(first)
    with pytest.raises(CorrectionError, match="already one story"):
        story_corrections.same(world.engine, story, story, now=NOW)
    with pytest.raises(CorrectionError, match="no story"):
        story_corrections.same(world.engine, story, "s0", now=NOW)
    with pytest.raises(CorrectionError, match="the story would be empty"):
        story_corrections.split(world.engine, story, [first, second], now=NOW)
    with pytest.raises(CorrectionError, match="is not in"):
        story_corrections.split(world.engine, story, [other], now=NOW)
    [said] = story_corrections.split(world.engine, story, [second], now=NOW)
    with pytest.raises(CorrectionError, match=said.id):
        story_corrections.same(world.engine, story, world.story(second), now=NOW)


def test_same_then_split_is_refused(world: World) -> None:
    a, b = world.take(*RATES), world.take(*TRIAL)
    (said,) = story_corrections.same(world.engine, world.story(a), world.story(b), now=NOW)
    with pytest.raises(CorrectionError, match=said.id):
        story_corrections.split(world.engine, world.story(a), [b], now=NOW)


def test_the_commands(world: World, tmp_path: Path) -> None:
    a, b = world.take(*RATES), world.take(*TRIAL)
    one, other = world.story(a), world.story(b)
    world.store.close()
    (tmp_path / "feeds.toml").write_text('[store]\nurl = "sqlite:///store.sqlite"\n')
    done = run_command(["stories", "same", one, other, "--note", "one affair"], cwd=tmp_path)
    assert done.code == 0, done.err
    listed = run_command(["stories", "corrections", "--json"], cwd=tmp_path).rows
    assert [row["note"] for row in listed] == ["one affair"]
    shown = run_command(["stories", "show", other], cwd=tmp_path)
    assert a in shown.out and b in shown.out and "A user correction says" in shown.out
    assert run_command(["stories", "undo", listed[0]["id"]], cwd=tmp_path).code == 0
    failed = run_command(["stories", "split", one, "i0"], cwd=tmp_path)
    assert failed.code != 0 and "no item i0" in failed.err
