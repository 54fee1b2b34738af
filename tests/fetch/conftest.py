"""A small web server on loopback that does whatever a test tells it, however rude."""

from __future__ import annotations

import asyncio
import errno
import shutil
import socket
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest

from aggregator.fetch import Fetcher
from aggregator.model import PollOutcome, PollState
from aggregator.settings import FeedSettings, FetchLimits

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>A</title></channel></rss>'


@dataclass
class Asked:
    """A request as it came in."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        return next((v for k, v in self.headers if k.lower() == name), None)


Play = Callable[["Wire", Asked], Awaitable[None]]


@dataclass
class Wire:
    """The server's end of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, status: str = "200 OK", body: bytes = RSS, **headers: str | int) -> None:
        """A well-formed answer; a header set to an empty string is left out."""
        fields: dict[str, str | int] = {"content_length": len(body), **headers}
        lines = [f"HTTP/1.1 {status}"]
        lines += [f"{k.replace('_', '-')}: {v}" for k, v in fields.items() if v != ""]
        await self.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)

    def reset(self) -> None:
        """Break off with a TCP reset."""
        self.writer.transport.abort()

    async def silence(self) -> None:
        """Say nothing until the client goes away."""
        while await self.reader.read(65_536):
            pass


@dataclass
class Site:
    """Pages by path, and a list of what was asked for."""

    pages: dict[str, Play] = field(default_factory=dict)
    host: str = "127.0.0.1"
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    ssl: object = None
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Site:
        self._server = await asyncio.start_server(
            self._connected, self.host, 0, limit=1 << 20, ssl=self.ssl
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def url(self, path: str = "/feed", host: str | None = None, scheme: str = "http") -> str:
        return f"{scheme}://{host or self.host}:{self.port}{path}"

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            while await self._one(Wire(reader, writer)):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError, ValueError):
            return
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _one(self, wire: Wire) -> bool:
        head = (await wire.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *lines = head.rstrip("\r\n").split("\r\n")
        method, path, _ = line.split(" ", 2)
        headers = [(k, v.strip()) for k, _, v in (text.partition(":") for text in lines)]
        asked = Asked(method, path, headers)
        length = int(asked.header("content-length") or 0)
        asked.body = await wire.reader.readexactly(length)
        self.asked.append(asked)
        play = self.pages.get(path) or self.pages.get("*")
        if play is None:
            await wire.answer("404 Not Found", b"no")
            return True
        await play(wire, asked)
        return not wire.writer.is_closing()


def limits(**changes: object) -> FetchLimits:
    """Limits that let loopback pass and do not let a test wait."""
    given: dict[str, object] = {
        "contact": "https://reader.example/contact",
        "allow_hosts": ("127.0.0.1",),
        "deadline": 5.0,
        "max_bytes": 1_000_000,
        **changes,
    }
    return FetchLimits(**given)  # type: ignore[arg-type]


async def no_names(host: str, port: int) -> list[str]:
    """A resolver that knows nobody: no test asks a real one."""
    raise OSError(f"{host}: not in this test")


@dataclass
class Kit:
    """What tests of this room share."""

    now: datetime = NOW
    rss: bytes = RSS
    Site: type[Site] = Site
    limits: Callable[..., FetchLimits] = limits

    def fetcher(self, resolver: Callable[..., object] = no_names, **changes: object) -> Fetcher:
        return Fetcher(limits(**changes), resolver=resolver)  # type: ignore[arg-type]

    def poll(
        self,
        play: Play,
        *,
        state: PollState | None = None,
        feed: FeedSettings | None = None,
        pages: dict[str, Play] | None = None,
        **changes: object,
    ) -> tuple[PollOutcome, Site]:
        """Poll ``/feed`` of a site that plays ``play``."""

        async def run() -> tuple[PollOutcome, Site]:
            async with (
                Site({"/feed": play, **(pages or {})}) as site,
                self.fetcher(**changes) as fetcher,
            ):
                settings = feed or FeedSettings(site.url())
                outcome = await fetcher.poll(settings, state or PollState("f1"), now=NOW)
            return outcome, site

        return asyncio.run(run())


@pytest.fixture
def kit() -> Kit:
    return Kit()


@pytest.fixture(autouse=True)
def connector(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Every address that anything here tries to connect to; none but loopback is let out.

    It stands in the socket itself, the last place before a packet leaves.
    """
    tried: list[tuple[str, int]] = []

    def watched(
        real: Callable[[socket.socket, object], object],
    ) -> Callable[[socket.socket, object], object]:
        def connect(self: socket.socket, address: object) -> object:
            if isinstance(address, tuple):  # not a socket in the file system
                tried.append((str(address[0]), int(address[1])))
                if not ip_address(str(address[0])).is_loopback:
                    raise OSError(errno.ENETUNREACH, "not in a test")
            return real(self, address)

        return connect

    monkeypatch.setattr(socket.socket, "connect", watched(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", watched(socket.socket.connect_ex))
    return tried


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for ``feeds.example`` and its key, made for this run."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-nodes", "-days", "30", "-newkey", "ec"),
            *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=feeds.example"),
            *("-addext", "subjectAltName=DNS:feeds.example"),
            *("-keyout", str(key), "-out", str(made)),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return made, key
