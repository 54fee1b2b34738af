"""Reading many stories takes few queries: their number does not grow with the stories."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.engine import effects
from aggregator.model import Decision, Evidence, Feed, Item, Keys, StoryDecision
from aggregator.reading import listed, stories
from aggregator.settings import Settings
from storage import CanonicalFilter, Store, StoryFilter, View

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = Settings(Path("feeds.toml"), "sqlite://")
STORIES = 50
ITEMS = 3  # of each story, each a canonical item of its own
BATCHED = 10  # queries that a batch of stories may take, however many they are


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("queries") / "news.db"
    with Store.open(f"sqlite:///{path}") as opened:
        with opened.transaction() as tx:
            tx.feeds.upsert(Feed("f1", "https://one.example/feed"), 0)
            for number in range(STORIES * ITEMS):
                seen = START + timedelta(minutes=number)
                item = Item(f"i{number:016x}", "f1", f"guid-{number}", f"Title {number}", seen)
                name, story = f"c{number:016x}", f"s{number % STORIES:016x}"
                decision = Decision(item.id, name, True, Evidence("new"), Keys())
                tx.apply(effects.stored(tx.standing, item, decision), seen)
                placed = StoryDecision(name, story, number < STORIES, Evidence("terms"))
                tx.apply(effects.placed(tx.standing, placed), seen)
        yield opened


def _queries(view: View) -> list[str]:
    """Every query that the view's connection runs from now on."""
    found: list[str] = []
    view.session.connection.connection.driver_connection.set_trace_callback(found.append)
    return found


def test_reading_stories_takes_far_less_than_a_query_for_each(store: Store) -> None:
    names = [f"s{number:016x}" for number in range(STORIES)]
    with store.reading() as view:
        queries = _queries(view)
        shown = list(stories.views(view, names, SETTINGS, now=START))
    assert [len(one.coverage) for one in shown] == [ITEMS] * STORIES
    assert len(queries) <= BATCHED < STORIES


def test_listing_stories_takes_one_query(store: Store) -> None:
    with store.reading() as view:
        queries = _queries(view)
        assert len(view.stories.list(StoryFilter(), limit=STORIES)) == STORIES
        assert len(queries) == 1


def test_listing_entries_with_their_copies_and_reasons_takes_few_queries(store: Store) -> None:
    with store.transaction() as tx:
        for number in range(STORIES):
            seen = START + timedelta(days=1, minutes=number)
            item = Item(f"i{number + 5000:016x}", "f1", f"copy-{number}", "Copy", seen)
            why = Evidence("title", reason=f"Reason {number}.")
            decision = Decision(item.id, f"c{number:016x}", False, why, Keys())
            tx.apply(effects.stored(tx.standing, item, decision), seen)
    with store.reading() as view:
        numbers = view.lists.numbers(1, CanonicalFilter(), limit=STORIES, oldest_first=True)
        queries = _queries(view)
        shown = listed.entries(view, 1, numbers)
    assert [[copy.reason for copy in one.copies] for one in shown] == [
        [f"Reason {number}."] for number in range(STORIES)
    ]
    assert len(queries) <= BATCHED < STORIES
