"""A long document is decided in parts, and other feeds' polls come in between."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from aggregator.engine.polls import Engine
from aggregator.engine.subscriptions import subscribe
from aggregator.polling.poller import Poller
from aggregator.polling.subscriptions import all_feeds
from aggregator.settings import FeedSettings, Settings
from storage import ItemFilter, Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PLACES = ("Torvik", "Almere", "Quito", "Nagoya", "Tunis", "Perth")


def document(folder: Path, name: str, *titles: str) -> FeedSettings:
    items = "".join(f"<item><title>{title}</title></item>" for title in titles)
    path = folder / f"{name}.xml"
    path.write_text(f"<rss><channel><title>{name}</title>{items}</channel></rss>")
    return FeedSettings(str(path), key=str(path))


def test_a_short_feed_need_not_wait_for_the_whole_of_a_long_one(tmp_path: Path) -> None:
    feeds = (
        document(tmp_path, "long", *(f"The bridge in {place} opens" for place in PLACES)),
        document(tmp_path, "short", "A museum finds a lost painting"),
    )
    settings = Settings(tmp_path / "feeds.toml", f"sqlite:///{tmp_path}/s.sqlite", feeds=feeds)

    async def work(store: Store) -> None:
        engine = Engine(store, settings, part=0.0, timer=iter(range(1_000_000)).__next__)
        async with Poller(engine, settings.fetch, clock=lambda: NOW, seed=1) as poller:
            due = all_feeds(store, feeds, now=NOW, beyond=NOW)
            polls = [await poller.poll(one) for one in due]
            long, short = await asyncio.gather(*(poller.store(one) for one in polls))
            assert (long.items, short.items) == (len(PLACES), 1)

    with Store.open(settings.store) as store:
        subscribe(store, feeds)
        asyncio.run(work(store))
        with store.reading() as view:
            placed = view.items.list(ItemFilter(), limit=99, newest_first=False)
            titles = [one.item.title for one in placed]
            assert titles.index("A museum finds a lost painting") < len(PLACES) - 1
            assert store.check() == []
