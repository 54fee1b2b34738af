"""Receivers of digests on loopback that fail in every way, and what is sent to them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from aggregator.engine.polls import Engine
from aggregator.model import Document, Entry, Feed
from aggregator.publish.deliveries.channel import Result
from aggregator.publish.editions import write_due
from aggregator.publish.outbox import send_due
from aggregator.settings import DigestSettings, FetchLimits, MailSettings, Settings
from storage import OutboxState, Store

NOW = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
LATER = timedelta(days=1)


class Postbox:
    """What an SMTP server does with each message, in order; then it takes everything."""

    def __init__(self, *behaviour: str) -> None:
        self.behaviour = list(behaviour)
        self.letters: list[bytes] = []
        self.port = 0

    def _next(self, *kinds: str) -> str:
        return self.behaviour.pop(0) if self.behaviour and self.behaviour[0] in kinds else ""

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        found = self._next("greylist", "unknown user")
        if found == "greylist":
            return "451 4.7.1 try again later"
        if found == "unknown user":
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        found = self._next("hang", "drop", "refuse", "busy", "taken, then drop")
        if found == "refuse":
            return "554 5.6.0 not this"
        if found == "busy":
            return "452 4.3.1 full"
        if found == "hang":
            await asyncio.sleep(60)
        if found == "taken, then drop":
            self.letters.append(envelope.content)
        if found:
            server.transport.abort()
            return "250 OK"
        self.letters.append(envelope.content)
        return "250 OK"


class Hook:
    """An HTTP receiver that answers with these statuses in order, then with 204."""

    def __init__(self) -> None:
        self.answers: list[int] = []  # 0: hang up without an answer
        self.got: list[tuple[dict[str, str], bytes]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                status = hook.answers.pop(0) if hook.answers else 204
                if not status:
                    self.connection.close()
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        Thread(target=self.server.serve_forever, daemon=True).start()


def settings_of(folder: Path, port: int = 1, **said: Any) -> Settings:
    server = {
        key: said.pop(key) for key in ("security", "user", "password", "ca_file") if key in said
    }
    values: dict[str, Any] = {"mail": ("reader@example.org",)} | said
    digest = DigestSettings(
        name="daily", title="The day", formats=("json",), directory=folder / "out", **values
    )
    sender = "The day <day@example.org>"
    return Settings(
        path=folder / "feeds.toml",
        store="",
        timezone="UTC",
        fetch=FetchLimits(allow_hosts=("127.0.0.1",)),
        digests=(digest,),
        mail=MailSettings("127.0.0.1", sender, port=port, **({"security": "none"} | server)),
    )


def write(store: Store, settings: Settings, title: str = "Harbour wall cracks") -> None:
    feed = Feed("f1", "https://one.example/rss", title="Outlet one")
    entry = Entry(title=title, guid=title, link="https://one.example/1", published=NOW)
    Engine(store, settings).take_document(feed, Document((entry,)), now=NOW)
    assert not write_due(store, settings, now=NOW).problems


def send(store: Store, settings: Settings, at: datetime = NOW) -> list[Result]:
    return [one.outcome.result for one in send_due(store, settings, clock=lambda: at)]


def states(store: Store) -> list[OutboxState]:
    with store.reading() as view:
        return [one.state for one in view.outbox.list(sent=True)]
