"""A server with the web page, over a store that the engine fills, and browsers without scripts."""

from __future__ import annotations

import hashlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from aggregator.config import SettingsFile, load
from aggregator.engine import reading_states, web_logins
from aggregator.engine.polls import Engine
from aggregator.model import Document, Entry, Feed
from aggregator.settings import Settings
from aggregator.text.identity import feed_id
from aggregator.web import app, passwords
from aggregator.web.pages import sessions
from aggregator.web.service import Service
from storage import Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"
INVITATION = "a-secret-of-the-terminal"

DAM = (
    ("Dam at Kessler Ridge bursts, thousands flee Orvale valley", "Kessler Ridge dam Orvale"),
    ("Orvale: thousands evacuated after Kessler Ridge dam bursts", "Orvale dam Kessler Ridge"),
)
RATES = ("Central bank of Norland keeps its key rate at 4.5 percent", "Norland bank rate")
TRIAL = ("Former mayor of Sundmark stands trial over harbour deal", "mayor trial Sundmark")
FLOOD = ("فيضانات وادي السارم تغمر قرى المزارعين", "غمرت مياه السارم قرى كثيرة صباح اليوم.")


@cache
def hashed(password: str) -> str:
    """Hashing takes a tenth of a second, so it is done once."""
    return passwords.hashed(password)


@dataclass
class Newsroom:
    """A running server, and ways to add news to it."""

    store: Store
    settings: Settings
    url: str = ""
    now: datetime = NOW + timedelta(days=1)
    config: Path = Path()  # feeds.toml
    invitation: str = INVITATION
    made: int = 0
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = Engine(self.store, self.settings)

    def take(self, title: str, summary: str = "", *, outlet: str = "", **fields: Any) -> str:
        """Take an article as an outlet's feed has it; the id of its item."""
        self.made += 1
        outlet = outlet or f"Outlet {self.made}"
        at = NOW + timedelta(minutes=self.made)
        url = f"https://outlet{self.made}.example/rss"
        values = {
            "guid": f"g{self.made}",
            "published": at,
            "link": f"https://x.example/{self.made}",
        }
        entry = Entry(title=title, summary=summary, **(values | fields))
        feed = Feed(feed_id(url), url, title=outlet, tags=("World", outlet))
        self.engine.take_document(feed, Document((entry,)), now=at)
        with self.store.reading() as view:
            return view.items.list(limit=1)[0].item.id

    def story(self, item: str) -> str:
        """The story that an item is in."""
        with self.store.reading() as view:
            canonical = view.canonicals.get(self.canonical(item))
            assert canonical is not None and canonical.story is not None
            return view.stories.resolve(canonical.story) or ""

    def canonical(self, item: str) -> str:
        """The canonical item that an item is in."""
        with self.store.reading() as view:
            placed = view.items.get(item)
            assert placed is not None
            return placed.canonical

    def user(self, name: str = "reader") -> int:
        """The id of a user, who gets the password."""
        return web_logins.set_password(self.store, name, hashed(PASSWORD), now=NOW).id

    def browser(self) -> Browser:
        """A browser that is not logged in."""
        return Browser(httpx.Client(base_url=self.url, timeout=30, trust_env=False))

    def reader(self, name: str = "reader") -> Browser:
        """A browser that is logged in, without the time that a login takes."""
        token, expires = f"token of {name}", self.now + sessions.LIFETIME
        hashed_token = hashlib.sha256(token.encode()).hexdigest()
        user = self.user(name)
        web_logins.begin(self.store, user, hashed_token, now=self.now, expires=expires)
        browser = self.browser()
        browser.client.cookies.set(sessions.COOKIE, token)
        return browser


@dataclass
class Browser:
    """What a browser without scripts does: it keeps cookies and sends forms."""

    client: httpx.Client

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers=headers)

    def page(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, answer
        return answer.text

    def post(
        self, path: str, headers: dict[str, str] | None = None, **fields: str
    ) -> httpx.Response:
        sent = {"Sec-Fetch-Site": "same-origin"} | (headers or {})
        return self.client.post(path, data=fields, headers=sent)

    def log_in(self, name: str = "reader", password: str = PASSWORD) -> httpx.Response:
        return self.post("/login", name=name, password=password, back="/")

    def stories(self, path: str = "/") -> list[str]:
        """The stories on a page, in order."""
        return re.findall(r'<article class="story[^"]*" id="(s\w+)"', self.page(path))

    def press(self, path: str, pattern: str) -> httpx.Response:
        """Press the first button of the list whose value matches, as its form would send it."""
        text = self.page(path)
        (value, *_) = re.findall(rf'name="mark"[^>]*? value="({pattern})"', text)
        until = re.findall(r'name="until" value="(\d+)"', text)
        fields = {"mark": value, "back": path} | ({"until": until[0]} if until else {})
        return self.post("/mark", None, **fields)


@contextmanager
def opened(folder: Path) -> Iterator[Newsroom]:
    """A newsroom with nothing in it."""
    config = folder / "feeds.toml"
    config.write_text('[store]\nurl = "news.db"\n[reader]\ntimezone = "UTC"\n', encoding="utf-8")
    settings = load(config)
    with Store.open(settings.store) as store:
        room = Newsroom(store, settings, config=config)
        key = reading_states.server_key(store)
        service = Service(store, key, lambda: room.now, SettingsFile(settings))
        with socket.create_server(("127.0.0.1", 0)) as listening:
            application = app.create(service, clock=time.monotonic, invitation=INVITATION)
            server = uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="off"))
            thread = threading.Thread(target=server.run, args=([listening],))
            thread.start()
            room.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            try:
                yield room
            finally:
                server.should_exit = True
                thread.join()
