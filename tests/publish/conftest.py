"""Editions to deliver, those that the tests of the formats use; a store and receivers."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from storage import Store
from tests.digest.conftest import harbour, make
from tests.publish.receivers import Hook, Postbox

__all__ = ["harbour", "make"]


@pytest.fixture
def serve() -> Iterator[Callable[..., Postbox]]:
    running: list[Controller] = []

    def start(*behaviour: str, **said: Any) -> Postbox:
        box = Postbox(*behaviour)
        with socket.create_server(("127.0.0.1", 0)) as free:
            box.port = free.getsockname()[1]
        controller = Controller(box, hostname="127.0.0.1", port=box.port, **said)
        controller.start()
        running.append(controller)
        return box

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def hook() -> Iterator[Hook]:
    one = Hook()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        yield store
