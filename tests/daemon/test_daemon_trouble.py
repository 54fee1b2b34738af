"""What the daemon does when its store or its feeds.toml fails under it."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from pathlib import Path
from typing import cast

import pytest

from aggregator.daemon.service import Daemon
from aggregator.engine.subscriptions import subscribe
from aggregator.polling.hubs import Hubs
from aggregator.polling.poller import Poller
from aggregator.polling.subscriptions import Due
from aggregator.settings import FeedSettings, Settings
from storage import Store, StoreFull
from tests.daemon.conftest import Installation
from tests.publishing import rss

pytestmark = pytest.mark.slow

STORM = "Storm floods three villages in the northern valley"
ONE = {"/a": rss("alpha", STORM), "/b": rss("beta", STORM)}


def test_an_emptied_feeds_toml_is_refused_and_another_store_is_told(
    installation: Installation,
) -> None:
    installation.publisher.pages = dict(ONE)
    installation.configure("/a")
    daemon = installation.start()
    daemon.wait_for("polled")
    installation.configure()
    daemon.wait_for("feeds.toml has no feeds; keeping the previous configuration")
    installation.configure("/a", "/b", more='[store]\nurl = "other.sqlite"\n')
    daemon.wait_for("[store] url changed; it takes effect at the next start")
    daemon.wait_for("polled", feed=installation.publisher.url("/b"))
    assert daemon.end(signal.SIGTERM)[0] == 0
    assert not (installation.folder / "other.sqlite").exists()


def test_it_ends_in_time_though_its_store_is_locked(installation: Installation) -> None:
    installation.publisher.pages = dict(ONE)
    installation.publisher.held = {"/a"}
    installation.configure("/a")
    daemon = installation.start()
    installation.publisher.wait_for("/a")
    path = installation.folder / "var" / "store.sqlite"
    blocker = sqlite3.connect(path, isolation_level=None, timeout=20)
    blocker.execute("BEGIN IMMEDIATE")
    installation.publisher.free.set()
    code, took = daemon.end(signal.SIGTERM)
    assert code == 0
    assert took < 15  # the store would be waited for 30 s
    assert "Traceback" not in daemon.said
    blocker.close()
    with installation.store() as store:
        assert store.check() == []


def test_what_could_not_be_stored_is_not_asked_for_again_at_the_next_tick(tmp_path: Path) -> None:
    """The store does not know of such a poll; the daemon remembers it."""
    feed = FeedSettings("https://a.example/feed", key="https://a.example/feed")
    settings = Settings(tmp_path / "feeds.toml", f"sqlite:///{tmp_path}/s.sqlite", feeds=(feed,))
    asked = []

    class Failing:
        async def poll(self, due: Due) -> str:
            asked.append(due.settings.url)
            return "a poll"

        async def store(self, poll: str) -> None:
            raise StoreFull("The disk is full", "here", "Free some space.")

    async def scene(store: Store) -> None:
        daemon = Daemon(store, settings, reload=lambda: settings)
        for _ in range(3):
            await daemon._tick(cast("Poller", Failing()), cast("Hubs", None))
            await asyncio.gather(*daemon._under_way.values())

    with Store.open(settings.store) as store:
        subscribe(store, settings.feeds)
        asyncio.run(scene(store))
    assert asked == ["https://a.example/feed"]
