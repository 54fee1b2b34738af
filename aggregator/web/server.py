"""Runs the web application until stopped."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_address
from threading import Thread
from types import FrameType

import uvicorn

from aggregator.config import SettingsFile
from aggregator.engine import reading_states
from aggregator.model.errors import UserError
from aggregator.web import app
from aggregator.web.service import Service
from storage import Store

CONNECTIONS = 500
LISTEN = "127.0.0.1:8080"
"""Where to listen unless feeds.toml says otherwise."""


def listen_address(text: str) -> tuple[str, int]:
    """Host and port of HOST:PORT. Raises UserError."""
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and int(port) < 65_536):
        raise UserError(f'"{text}" is not an address to listen on; use HOST:PORT')
    return host.strip("[]"), int(port)


def serve(
    store: Store,
    file: SettingsFile,
    *,
    listen: str | None = None,
    listening: Callable[[str], None],
    invitation: str = "",
) -> None:
    """Serve until SIGTERM or SIGINT; ``listening`` is told the address once it is open.

    ``listen`` overrides the address in the file; with ``invitation``, whoever knows it can set the
    first password for the page. Raises UserError where listening would be unsafe,
    OSError where it is impossible.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stopped)
    with _opened(store, file, listen, invitation) as (server, opened):
        listening(_shown(opened))
        server.run(sockets=[opened])


@contextmanager
def in_background(store: Store, file: SettingsFile) -> Iterator[str]:
    """Serve in a thread of its own until the block ends; gives the address. Raises as ``serve``."""
    with _opened(store, file, None, "") as (server, opened):
        thread = Thread(target=server.run, args=([opened],), name="web")
        thread.start()
        try:
            yield _shown(opened)
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def _opened(
    store: Store, file: SettingsFile, listen: str | None, invitation: str
) -> Iterator[tuple[uvicorn.Server, socket.socket]]:
    """The server, and the socket on which it will listen."""
    settings = file.current().web
    address = listen or settings.listen or LISTEN
    host, port = listen_address(address)
    with store.reading() as view:
        protected = any(user.password or user.api_password for user in view.users.list())
    if not protected and not _loopback(host):
        raise UserError(
            f"{address} can be reached by others, and no user has a password: "
            "set one first with `run.py users password NAME`"
        )
    key = reading_states.server_key(store)
    service = Service(store, key, lambda: datetime.now(UTC), file)
    hosts = settings.hosts if _is_address(host) else (*settings.hosts, host)
    config = uvicorn.Config(
        app.create(service, clock=time.monotonic, hosts=hosts, invitation=invitation),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=10,
    )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=CONNECTIONS) as opened:
        yield uvicorn.Server(config), opened


def _shown(opened: socket.socket) -> str:
    host, port = opened.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _stopped(_: int, __: FrameType | None) -> None:
    """Uvicorn raises a signal again after it has stopped: that is not to end us before our turn."""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)
