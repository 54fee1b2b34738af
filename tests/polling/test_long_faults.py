"""Faults that last for days, and the same documents over and over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.engine.polls import Engine
from aggregator.engine.subscriptions import subscribe
from aggregator.fetch import horizon
from aggregator.model import FeedState
from aggregator.polling.poller import Poller
from aggregator.polling.subscriptions import all_feeds, due_feeds
from aggregator.settings import FeedSettings, Settings
from storage import ItemFilter, Store

pytestmark = pytest.mark.slow

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = 7 * 24
PAGE = "<!DOCTYPE html><html><head><title>Sorry</title></head><body>Back soon</body></html>"


def rss(*titles: str) -> str:
    items = "".join(f"<item><title>{title}</title></item>" for title in titles)
    return f"<rss><channel><title>A</title>{items}</channel></rss>"


class Feed:
    """A feed in a file, polled by a clock that a test sets."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "a.xml"
        self.path.write_text(rss("The bridge opens"))
        feed = FeedSettings(str(self.path), key=str(self.path))
        self.settings = Settings(
            folder / "feeds.toml", f"sqlite:///{folder}/s.sqlite", feeds=(feed,)
        )
        self.store = Store.open(self.settings.store)
        subscribe(self.store, self.settings.feeds)

    def hours(self, first: int, last: int, *, everything: bool = False) -> int:
        """Poll when due, or always, at each of these hours; the number of polls."""
        clock = [START]

        async def work() -> int:
            count = 0
            engine, feeds = Engine(self.store, self.settings), self.settings.feeds
            async with Poller(
                engine, self.settings.fetch, clock=lambda: clock[0], seed=1
            ) as poller:
                for hour in range(first, last):
                    clock[0] = now = START + hour * HOUR
                    beyond = horizon(self.settings.fetch, now)
                    if everything:
                        due = all_feeds(self.store, feeds, now=now, beyond=beyond)
                    else:
                        due = due_feeds(self.store, feeds, now=now, limit=9, beyond=beyond)
                    count += len(due)
                    await poller.round(due)
            return count

        return asyncio.run(work())

    def titles(self) -> list[str]:
        with self.store.reading() as view:
            return sorted(one.item.title for one in view.items.list(ItemFilter(), limit=99))

    def state(self) -> FeedState:
        with self.store.reading() as view:
            (state,) = view.feeds.states().values()
            return state.state


@pytest.mark.parametrize(
    "broken",
    [
        lambda path: path.write_text(PAGE),
        lambda path: path.write_text(""),
        lambda path: path.write_text(rss()),
        lambda path: path.unlink(),
    ],
    ids=["a page", "empty", "no entries", "gone"],
)
def test_after_a_week_of_it_the_feed_goes_on_as_before(
    tmp_path: Path, broken: Callable[[Path], object]
) -> None:
    feed = Feed(tmp_path)
    assert feed.hours(0, 1) == 1
    broken(feed.path)
    assert 7 <= feed.hours(1, WEEK) <= WEEK / 2  # ever more rarely, and never given up
    assert feed.state() is FeedState.ACTIVE
    feed.path.write_text(rss("A museum burns", "The bridge opens"))
    most = int(feed.settings.fetch.max_interval / HOUR.total_seconds()) + 3
    feed.hours(WEEK, WEEK + most)
    assert feed.titles() == ["A museum burns", "The bridge opens"]
    feed.store.close()


def test_a_hundred_polls_of_the_same_entries_change_nothing(tmp_path: Path) -> None:
    feed = Feed(tmp_path)
    feed.hours(0, 1)
    with feed.store.reading() as view:
        before = (
            replace(view.counts(), polls=0),
            view.events.last(),
            view.items.list(ItemFilter(), limit=9),
        )
    for spaces in range(4):  # other bytes, the same entries
        feed.path.write_text(rss("The bridge opens") + " " * spaces)
        feed.hours(1 + 25 * spaces, 26 + 25 * spaces, everything=True)
    with feed.store.reading() as view:
        assert len(view.polls.recent(limit=200)) == 101
        after = (
            replace(view.counts(), polls=0),
            view.events.last(),
            view.items.list(ItemFilter(), limit=9),
        )
    assert after == before
    feed.store.close()


def test_ten_thousand_feeds(tmp_path: Path) -> None:
    blocks = (f'[[feeds]]\nurl = "https://p{n}.example/feed"\n' for n in range(10_000))
    (tmp_path / "feeds.toml").write_text("".join(blocks))
    settings = load(tmp_path / "feeds.toml")
    with Store.open(f"sqlite:///{tmp_path}/s.sqlite") as store:
        subscribe(store, settings.feeds)
        beyond = horizon(settings.fetch, START)
        due = due_feeds(store, settings.feeds, now=START, limit=500, beyond=beyond)
        assert len({one.feed.id for one in due}) == 500
