"""A lack of descriptors or memory on this machine is not a fault of the feeds."""

from __future__ import annotations

import asyncio
import errno
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.engine.polls import Engine
from aggregator.engine.subscriptions import subscribe
from aggregator.model import FeedState
from aggregator.polling.poller import Poller
from aggregator.polling.subscriptions import all_feeds
from aggregator.settings import FeedSettings, Settings
from storage import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BODY = b"<rss><channel><title>A</title><item><title>The bridge opens</title></item></channel></rss>"


def polled(folder: Path, times: int) -> tuple[FeedState, int, int]:
    """The state of a feed after some polls: state, errors, crashes."""
    (folder / "a.xml").write_bytes(BODY)
    url = str(folder / "a.xml")
    feed = FeedSettings(url, key=url)
    settings = Settings(folder / "feeds.toml", f"sqlite:///{folder}/s.sqlite", feeds=(feed,))

    async def work(store: Store) -> None:
        engine = Engine(store, settings)
        async with Poller(engine, settings.fetch, clock=lambda: NOW, seed=1) as poller:
            for _ in range(times):
                due = all_feeds(store, settings.feeds, now=NOW, beyond=NOW)
                await poller.round(due)

    with Store.open(settings.store) as store:
        subscribe(store, settings.feeds)
        asyncio.run(work(store))
        with store.reading() as view:
            (state,) = view.feeds.states().values()
    return state.state, state.errors, state.crashes


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENOMEM, errno.EAGAIN])
def test_no_parser_can_be_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert polled(tmp_path, 5) == (FeedState.ACTIVE, 1, 0)


def test_no_file_can_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def refuse(path: object, *more: object, **named: object) -> int:
        if str(path).endswith("a.xml"):
            raise OSError(errno.EMFILE, "Too many open files")
        return real(path, *more, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        # Path.write_bytes does not use os.open, so the feed is written all the same.
        assert polled(tmp_path, 5) == (FeedState.ACTIVE, 1, 0)
    assert polled(tmp_path, 1)[1] == 0
