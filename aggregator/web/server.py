"""Runs the web application until stopped."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address
from types import FrameType

import uvicorn

from aggregator.engine import reading_states
from aggregator.model.errors import UserError
from aggregator.settings import WebSettings
from aggregator.web import app
from aggregator.web.greader.service import Service
from storage import Store

CONNECTIONS = 500


def listen_address(text: str) -> tuple[str, int]:
    """Host and port of HOST:PORT. Raises UserError."""
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and int(port) < 65_536):
        raise UserError(f'"{text}" is not an address to listen on; use HOST:PORT')
    return host.strip("[]"), int(port)


def serve(store: Store, settings: WebSettings, *, listening: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; ``listening`` is told the address once it is open.

    Raises UserError where listening would be unsafe, OSError where it is impossible.
    """
    host, port = listen_address(settings.listen)
    with store.reading() as view:
        protected = any(user.api_password for user in view.users.list())
    if not protected and not _loopback(host):
        raise UserError(
            f"{settings.listen} can be reached by others, and no user has a password: "
            "set one first with `run.py users password NAME`"
        )
    service = Service(store, reading_states.server_key(store), lambda: datetime.now(UTC))
    hosts = settings.hosts if _is_address(host) else (*settings.hosts, host)
    config = uvicorn.Config(
        app.create(service, clock=time.monotonic, hosts=hosts),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=10,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stopped)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=CONNECTIONS) as opened:
        shown = f"[{host}]" if ":" in host else host
        listening(f"{shown}:{opened.getsockname()[1]}")
        uvicorn.Server(config).run(sockets=[opened])


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
