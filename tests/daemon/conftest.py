"""The daemon as a process of its own, and a publisher on loopback for it to poll."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from storage import ItemFilter, Store
from tests.publishing import DEADLINE, Publisher, publishing
from tests.support import ROOT

TICK = "0.1"


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as site:
        yield site


class Running:
    """A daemon that runs, with its log."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, str(ROOT / "run.py"), "daemon", "--json-logs", "--tick", TICK]
        env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        self.process = subprocess.Popen(
            command, cwd=folder, env=env, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        self.lines: list[dict[str, Any]] = []
        self._news: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            try:
                self._news.put(json.loads(line))
            except ValueError:
                self._news.put({"event": line.decode("utf-8").rstrip()})
        self._news.put(None)

    def wait_for(self, event: str, count: int = 1, **said: object) -> dict[str, Any]:
        """Until the log has a new line for ``event`` (``count`` of them) that says ``said``."""
        end = time.monotonic() + DEADLINE
        while True:
            try:
                line = self._news.get(timeout=max(end - time.monotonic(), 0.01))
            except queue.Empty:
                raise AssertionError(f"no {event} {said} in {self.lines}") from None
            assert line is not None, f"ended before {event} {said}: {self.lines}"
            self.lines.append(line)
            if line["event"] == event and said.items() <= line.items():
                count -= 1
            if count <= 0:
                return line

    def end(self, number: int) -> tuple[int, float]:
        """Send a signal; the exit code and how many seconds the end took."""
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(DEADLINE)
        took = time.monotonic() - began
        self._reader.join()
        while (line := self._news.get()) is not None:
            self.lines.append(line)
        return code, took

    @property
    def said(self) -> str:
        return "\n".join(str(line) for line in self.lines)


@dataclass
class Installation:
    """A folder with a feeds.toml for the publisher's feeds."""

    folder: Path
    publisher: Publisher
    running: list[Running] = field(default_factory=list)

    def configure(self, *paths: str, fetch: str = "", more: str = "") -> None:
        """Subscribe to the feeds at ``paths``; written in one step, as editors do."""
        feeds = "".join(f'[[feeds]]\nurl = "{self.publisher.url(path)}"\n\n' for path in paths)
        text = (
            f'[fetch]\nallow_hosts = ["127.0.0.1"]\n{fetch}\n'
            f'[[digests]]\nname = "daily"\nspan = "24h"\n\n{feeds}{more}'
        )
        draft = self.folder / "draft.toml"
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.folder / "feeds.toml")

    def start(self) -> Running:
        one = Running(self.folder)
        self.running.append(one)
        return one

    def store(self) -> Store:
        return Store.open(f"sqlite:///{self.folder}/var/store.sqlite", create=False)

    def titles(self) -> list[str]:
        """The titles of all stored items, sorted; the store is found in order."""
        with self.store() as store:
            assert store.check() == []
            with store.reading() as tx:
                items = tx.items.list(ItemFilter(), limit=10_000)
                assert len({placed.item.id for placed in items}) == len(items)
                return sorted(placed.item.title for placed in items)

    def digest(self) -> str:
        return (self.folder / "var/digests/daily/latest.md").read_text(encoding="utf-8")


@pytest.fixture
def installation(tmp_path: Path, publisher: Publisher) -> Iterator[Installation]:
    one = Installation(tmp_path, publisher)
    yield one
    publisher.free.set()
    for running in one.running:
        if running.process.poll() is None:
            running.end(signal.SIGKILL)
