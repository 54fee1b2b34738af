"""The river remembers summaries as long as the items are the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.engine import effects
from aggregator.model import Decision, Evidence, Feed, Item, Keys, StoryDecision
from aggregator.model.effects import ItemFlagged
from aggregator.reading import river, stories
from aggregator.settings import Settings
from storage import Store, StoryListFilter

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = Settings(Path("feeds.toml"), "sqlite://")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(river, "_summaries", river._Summaries())  # other tests have made some
    with Store.open("sqlite://") as opened:
        with opened.transaction() as tx:
            tx.users.add("reader", START)
            tx.feeds.upsert(Feed("f1", "https://one.example/feed"), 0)
            for number in (1, 2):
                add(tx, item(number), f"s{number:016x}")
        yield opened


def item(number: int) -> Item:
    seen = START + timedelta(minutes=number)
    return Item(f"i{number:016x}", "f1", f"guid-{number}", f"Title {number}", seen)


def add(tx: Any, one: Item, story: str, canonical: str = "") -> None:
    own = f"c{one.id[1:]}"
    target = canonical or own
    decision = Decision(one.id, target, target == own, Evidence("new"), Keys())
    tx.apply(effects.stored(tx.standing, one, decision), one.seen)
    if target == own:
        placed = StoryDecision(own, story, story[1:] == own[1:], Evidence("terms"))
        tx.apply(effects.placed(tx.standing, placed), one.seen)
    tx.stories.summarise(story)


def titles(store: Store, settings: Settings = SETTINGS) -> list[str]:
    with store.reading() as view:
        page = river.page(view, 1, StoryListFilter(), settings, now=START)
    return [one.story.headline for one in page.stories]


def test_a_summary_is_made_once_until_its_items_change(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    summarise = stories.summarise

    def counted(story: str, *args: Any, **named: Any) -> Any:
        made.append(story)
        return summarise(story, *args, **named)

    monkeypatch.setattr(stories, "summarise", counted)
    assert titles(store) == titles(store) == ["Title 2", "Title 1"]
    assert len(made) == 2
    revised = replace(item(2), title="Another title", revision=1)
    with store.transaction() as tx:
        tx.apply(effects.revised(tx.standing, revised, Keys()), START)
    assert titles(store) == ["Another title", "Title 1"]
    with store.transaction() as tx:
        tx.apply((ItemFlagged(item(1).id, ("republished",)),), START)
    titles(store)
    with store.transaction() as tx:
        add(tx, item(3), "s0000000000000001", canonical="c0000000000000001")
    titles(store)
    assert len(made) == 5
    titles(store, replace(SETTINGS, languages=("ar",)))
    assert len(made) == 7


def test_another_store_with_the_same_ids_has_its_own_summaries(store: Store) -> None:
    assert titles(store)[0] == "Title 2"
    with Store.open("sqlite://") as other:
        with other.transaction() as tx:
            tx.users.add("reader", START)
            tx.feeds.upsert(Feed("f1", "https://one.example/feed"), 0)
            add(tx, replace(item(2), title="Elsewhere"), "s0000000000000002")
        assert titles(other) == ["Elsewhere"]
