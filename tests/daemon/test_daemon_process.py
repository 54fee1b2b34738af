"""The daemon as people run it: a process that polls, is told to stop, is killed, goes on."""

from __future__ import annotations

import signal
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.daemon.conftest import Installation
from tests.publishing import rss
from tests.support import run_command

pytestmark = pytest.mark.slow

STORM = "Storm floods three villages in the northern valley"
BRIDGE = "Harbour bridge closes for repairs until autumn"
STRIKE = "Dock workers begin a strike over wages"


def two_feeds(installation: Installation) -> None:
    installation.publisher.pages = {
        "/a": rss("alpha", STORM, BRIDGE),
        "/b": rss("beta", STORM, STRIKE),
    }
    installation.configure("/a", "/b")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_polls_writes_digests_and_stops_cleanly(installation: Installation, number: int) -> None:
    two_feeds(installation)
    daemon = installation.start()
    daemon.wait_for("polled", count=2, outcome="content", entries=2)
    daemon.wait_for("digest written")
    code, took = daemon.end(number)
    assert code == 0
    assert took < 15
    assert daemon.lines[-1]["event"] == "daemon stopped"
    assert "Traceback" not in daemon.said
    assert installation.titles() == sorted([BRIDGE, STORM, STORM, STRIKE])
    digest = installation.digest()
    assert digest.count(STORM) == 1  # two outlets, one story
    assert BRIDGE in digest
    assert STRIKE in digest


def test_it_stops_within_seconds_though_a_feed_hangs(installation: Installation) -> None:
    two_feeds(installation)
    installation.publisher.held = {"/b"}
    daemon = installation.start()
    daemon.wait_for("polled", feed=installation.publisher.url("/a"))
    installation.publisher.wait_for("/b")
    code, took = daemon.end(signal.SIGTERM)
    assert code == 0
    assert took < 20
    assert "Traceback" not in daemon.said
    assert installation.titles() == sorted([BRIDGE, STORM])


def test_a_second_daemon_on_the_store_is_refused(installation: Installation) -> None:
    two_feeds(installation)
    daemon = installation.start()
    daemon.wait_for("daemon started")
    second = run_command(["daemon"], cwd=installation.folder)
    assert second.code == 1
    assert f"Another daemon (process {daemon.process.pid}) is using this store" in second.err
    assert "Traceback" not in second.err
    assert daemon.process.poll() is None
    assert daemon.end(signal.SIGTERM)[0] == 0


def test_killed_in_the_middle_the_next_one_completes(installation: Installation) -> None:
    """One feed stored, another under way: nothing of either is doubled or lost."""
    two_feeds(installation)
    installation.publisher.held = {"/b"}
    first = installation.start()
    first.wait_for("polled", feed=installation.publisher.url("/a"))
    installation.publisher.wait_for("/b")
    assert first.end(signal.SIGKILL)[0] == -signal.SIGKILL
    assert installation.titles() == sorted([BRIDGE, STORM])
    installation.publisher.held = set()
    second = installation.start()
    second.wait_for("polled", feed=installation.publisher.url("/b"), items=2)
    second.wait_for("digest written")
    assert second.end(signal.SIGKILL)[0] == -signal.SIGKILL
    make_due(installation)
    third = installation.start()
    for _ in range(2):
        assert third.wait_for("polled")["items"] == 0
    assert third.end(signal.SIGTERM)[0] == 0
    assert installation.titles() == sorted([BRIDGE, STORM, STORM, STRIKE])
    assert installation.digest().count(STORM) == 1


def test_a_changed_feeds_toml_is_taken_up(installation: Installation) -> None:
    two_feeds(installation)
    installation.configure("/a")
    daemon = installation.start()
    daemon.wait_for("polled", feed=installation.publisher.url("/a"))
    installation.configure("/a", more="[[feeds]]\nurl = 5\n")
    daemon.wait_for("feeds.toml is invalid; keeping the previous configuration")
    installation.configure("/b")
    daemon.wait_for("feeds.toml reloaded", feeds=1)
    daemon.wait_for("polled", feed=installation.publisher.url("/b"), items=2)
    daemon.process.send_signal(signal.SIGHUP)  # read again, changed or not
    daemon.wait_for("feeds.toml reloaded", feeds=1)
    make_due(installation)
    daemon.wait_for("polled", feed=installation.publisher.url("/b"), outcome="not_modified")
    assert daemon.end(signal.SIGTERM)[0] == 0
    assert [line["feed"] for line in daemon.lines if line["event"] == "polled"] == [
        installation.publisher.url(path) for path in ("/a", "/b", "/b")
    ]
    assert len(installation.titles()) == 4  # items of a feed that was taken out stay


def test_a_command_may_write_beside_it(installation: Installation) -> None:
    """What another process stores is known to the daemon's next decision."""
    two_feeds(installation)
    installation.configure("/a")
    daemon = installation.start()
    daemon.wait_for("polled", feed=installation.publisher.url("/a"))
    page = installation.folder / "in.xml"
    page.write_text(rss("gamma", STRIKE), encoding="utf-8")
    assert run_command(["import", "in.xml"], cwd=installation.folder).code == 0
    installation.configure("/a", "/b")
    daemon.wait_for("polled", feed=installation.publisher.url("/b"), items=2, duplicates=2)
    assert daemon.end(signal.SIGTERM)[0] == 0


def make_due(installation: Installation) -> None:
    with installation.store() as store, store.transaction() as tx:
        for state in tx.feeds.states().values():
            past = datetime(2000, 1, 1, tzinfo=UTC)
            tx.feeds.save_state(replace(state, next_poll=past))
