"""The daemon serves reading apps beside its polls, and polls where it cannot serve."""

from __future__ import annotations

import signal
import socket

import httpx
import pytest

from tests.daemon.conftest import Installation
from tests.publishing import rss
from tests.support import run_command

pytestmark = pytest.mark.slow

WEB = '[web]\nlisten = "{}"\n'
PASSWORD = {"AGGREGATOR_API_PASSWORD": "correct horse"}


def test_it_serves_what_it_polled_and_stops_cleanly(installation: Installation) -> None:
    installation.publisher.pages = {"/a": rss("alpha", "One", "Two")}
    installation.configure("/a", more=WEB.format("127.0.0.1:0"))
    added = run_command(["users", "password", "reader"], cwd=installation.folder, env=PASSWORD)
    assert added.code == 0
    daemon = installation.start()
    address = daemon.wait_for("serving reading apps")["address"]
    daemon.wait_for("polled", outcome="content", entries=2)
    with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
        login = client.post(
            "accounts/ClientLogin",
            data={"Email": "reader", "Passwd": "correct horse", "output": "json"},
        )
        header = {"Authorization": f"GoogleLogin auth={login.json()['Auth']}"}
        counts = client.get("reader/api/0/unread-count", headers=header).json()
        assert counts["max"] == 2
        code, _ = daemon.end(signal.SIGTERM)  # while the app is still connected
    assert code == 0
    assert daemon.lines[-1]["event"] == "daemon stopped"
    assert "Traceback" not in daemon.said


def test_a_port_that_is_taken_is_one_line_and_polling_goes_on(installation: Installation) -> None:
    installation.publisher.pages = {"/a": rss("alpha", "One")}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        installation.configure("/a", more=WEB.format(listen))
        daemon = installation.start()
        line = daemon.wait_for("reading apps are not served")
        assert (line["listen"], line["error"]) == (listen, "Address already in use")
        daemon.wait_for("polled", outcome="content", entries=1)
        code, _ = daemon.end(signal.SIGTERM)
    assert code == 0
    assert "Traceback" not in daemon.said
