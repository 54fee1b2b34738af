"""A hub on loopback: intent verified, a signed delivery taken, a bad signature not."""

from __future__ import annotations

import hashlib
import hmac
import signal
import socket
import urllib.error
import urllib.request
from urllib.parse import urlencode

import pytest

from tests.daemon.conftest import Installation
from tests.publishing import DEADLINE, rss

pytestmark = pytest.mark.slow

OLD = "Harbour bridge closes for repairs until autumn"
NEW = "Storm floods three villages in the northern valley"
FORGED = "Harbour bridge sold to a stranger"


def test_a_hub_is_asked_verified_and_its_deliveries_are_taken(installation: Installation) -> None:
    publisher = installation.publisher
    more = (
        f'<atom:link rel="hub" href="{publisher.url("/hub")}"/>'
        f'<atom:link rel="self" href="{publisher.url("/a")}"/>'
    )
    publisher.pages = {"/a": rss("alpha", OLD, more=more)}
    port = _free_port()
    callback = f'websub_callback = "http://127.0.0.1:{port}/hubs"'
    installation.configure("/a", fetch=f'{callback}\nwebsub_listen = "127.0.0.1:{port}"')
    daemon = installation.start()
    daemon.wait_for("listening for hubs", port=port)
    daemon.wait_for("polled", items=1)

    asked = publisher.forms.get(timeout=DEADLINE)
    daemon.wait_for("hub asked", status=202)
    assert asked["hub.mode"] == "subscribe"
    assert asked["hub.topic"] == publisher.url("/a")
    assert asked["hub.callback"].startswith(f"http://127.0.0.1:{port}/hubs/")

    wrong = {"hub.mode": "subscribe", "hub.topic": publisher.url("/b"), "hub.challenge": "x"}
    assert _call(f"{asked['hub.callback']}?{urlencode(wrong)}")[0] == 404
    early = rss("alpha", FORGED).encode()
    assert _call(asked["hub.callback"], early, _sign(early, asked["hub.secret"]))[0] == 410
    right = {**wrong, "hub.topic": asked["hub.topic"], "hub.lease_seconds": "86400"}
    assert _call(f"{asked['hub.callback']}?{urlencode(right)}") == (200, b"x")

    forged = rss("alpha", FORGED).encode()
    assert _call(asked["hub.callback"], forged, _sign(forged, "guess"))[0] == 202
    body = rss("alpha", NEW, OLD).encode()
    assert _call(asked["hub.callback"], body, _sign(body, asked["hub.secret"]))[0] == 202
    told = daemon.wait_for("hub delivered")
    assert (told["entries"], told["items"]) == (2, 1)
    assert daemon.end(signal.SIGTERM)[0] == 0
    assert "Traceback" not in daemon.said
    assert installation.titles() == sorted([OLD, NEW])  # the forged one is not there
    with installation.store() as store, store.reading() as tx:
        (state,) = tx.feeds.states().values()
    assert state.lease_until is not None
    assert state.polls == 1  # a delivery is no poll


def test_an_address_that_is_taken_is_said(installation: Installation) -> None:
    installation.publisher.pages = {"/a": rss("alpha", OLD)}
    taken = installation.publisher.address.removeprefix("http://")
    callback = 'websub_callback = "http://127.0.0.1:1/hubs"'
    installation.configure("/a", fetch=f'{callback}\nwebsub_listen = "{taken}"')
    daemon = installation.start()
    assert daemon.process.wait(DEADLINE) == 1
    daemon.end(signal.SIGTERM)
    assert "address already in use" in daemon.said
    assert "Traceback" not in daemon.said


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _sign(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _call(url: str, body: bytes | None = None, signature: str = "") -> tuple[int, bytes]:
    headers = {"X-Hub-Signature": signature, "Content-Type": "application/rss+xml"}
    request = urllib.request.Request(url, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
