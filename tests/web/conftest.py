"""A real server on loopback, over a store with a few items, and a client as apps are."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from aggregator.config import SettingsFile, load
from aggregator.engine import effects, reading_states
from aggregator.model import Decision, Evidence, Feed, Item, Keys
from aggregator.web import app, passwords
from aggregator.web.service import Service
from storage import Store
from tests.web.newsroom import Newsroom, opened

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
API = "/reader/api/0/"
CONFIG = """# our feeds
[fetch]
allow_hosts = ["127.0.0.1"] # for tests

[[feeds]] # the first
url = "https://one.example/feed"
title = "One"
tags = ["World", "Top"]
"""


@dataclass
class Site:
    """A running server, its store, and ways to add news to it."""

    store: Store
    config: Path  # feeds.toml
    url: str = ""
    time: datetime = START + timedelta(days=1)
    made: dict[int, Item] = field(default_factory=dict)

    def add(self, number: int, *, copy_of: int | None = None, **fields: Any) -> Item:
        """A new item, which founds a canonical item or is folded into that of another one."""
        values = {"feed": "f1", "title": f"Title {number}", "source": "One"} | fields
        seen = values.pop("seen", START + timedelta(minutes=number))
        item = Item(id=f"i{number:016x}", identity=f"guid-{number}", seen=seen, **values)
        own = f"c{number:016x}"
        target = own if copy_of is None else f"c{copy_of:016x}"
        why = Evidence("new" if target == own else "title", reason="The headlines are the same.")
        decision = Decision(item.id, target, target == own, why, Keys())
        with self.store.transaction() as tx:
            tx.apply(effects.stored(tx.standing, item, decision), item.seen)
        self.made[number] = item
        return item

    def move(self, number: int, target: int, at: datetime) -> None:
        """Put an item behind another canonical item, as a late merge or a correction does."""
        why = Evidence("correction", reason="A correction.")
        own = number == target
        decision = Decision(f"i{number:016x}", f"c{target:016x}", own, why, Keys())
        with self.store.transaction() as tx:
            tx.apply(effects.decided_again(tx.standing, decision, at), at)

    def number(self, number: int) -> str:
        """The id of a canonical item as the API has it."""
        with self.store.reading() as view:
            rows = view.session.connection.exec_driver_sql("SELECT id, number FROM canonicals")
            return str({row[0]: row[1] for row in rows}[f"c{number:016x}"])


@dataclass
class Reader:
    """An app that is logged in."""

    client: httpx.Client
    token: str

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.client.get(API + path, params=params, headers=self.headers)

    def post(self, path: str, **data: Any) -> httpx.Response:
        return self.client.post(API + path, data=data, headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"GoogleLogin auth={self.token}"}

    def ids(self, stream: str, **params: Any) -> list[str]:
        """All ids of a stream, page by page."""
        found: list[str] = []
        while True:
            answer = self.get("stream/items/ids", s=stream, **params).json()
            found += [one["id"] for one in answer["itemRefs"]]
            if "continuation" not in answer:
                return found
            params["c"] = answer["continuation"]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Store.open(f"sqlite:///{tmp_path / 'news.db'}") as store:
        with store.transaction() as tx:
            tx.feeds.upsert(Feed("f1", "https://one.example/feed", "One", ("World", "Top")), 0)
            tx.feeds.upsert(Feed("f2", "https://two.example/feed", "Two"), 1)
        reading_states.set_password(store, "reader", passwords.hashed(PASSWORD), now=START)
        config = tmp_path / "feeds.toml"
        config.write_text(CONFIG, encoding="utf-8")
        site = Site(store, config)
        file = SettingsFile(load(config))
        service = Service(store, reading_states.server_key(store), lambda: site.time, file)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            application = app.create(service, clock=time.monotonic)
            config = uvicorn.Config(application, log_level="error", lifespan="off")
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, args=([listening],))
            thread.start()
            site.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            try:
                yield site
            finally:
                server.should_exit = True
                thread.join()


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture
def reader(client: httpx.Client) -> Reader:
    data = {"Email": "reader", "Passwd": PASSWORD}
    answer = client.post("/accounts/ClientLogin", data=data)
    assert answer.status_code == 200
    return Reader(client, answer.text.split("Auth=")[1].strip())


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    with opened(tmp_path) as room:
        yield room
