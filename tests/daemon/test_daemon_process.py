"""The daemon as people run it: a process that polls, is told to stop, is killed, goes on."""

from __future__ import annotations

import signal
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.daemon.conftest import House
from tests.publishing import rss
from tests.support import run_command

STORM = "Storm floods three villages in the northern valley"
BRIDGE = "Harbour bridge closes for repairs until autumn"
STRIKE = "Dock workers begin a strike over wages"


def two_feeds(house: House) -> None:
    house.publisher.pages = {"/a": rss("alpha", STORM, BRIDGE), "/b": rss("beta", STORM, STRIKE)}
    house.configure("/a", "/b")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_polls_writes_digests_and_stops_cleanly(house: House, number: int) -> None:
    two_feeds(house)
    daemon = house.start()
    daemon.wait_for("polled", count=2, outcome="content", entries=2)
    daemon.wait_for("digest written")
    code, took = daemon.end(number)
    assert code == 0
    assert took < 15
    assert daemon.lines[-1]["event"] == "daemon stopped"
    assert "Traceback" not in daemon.said
    assert house.titles() == sorted([BRIDGE, STORM, STORM, STRIKE])
    digest = house.digest()
    assert digest.count(STORM) == 1  # two outlets, one story
    assert BRIDGE in digest
    assert STRIKE in digest


def test_it_stops_within_seconds_though_a_feed_hangs(house: House) -> None:
    two_feeds(house)
    house.publisher.held = {"/b"}
    daemon = house.start()
    daemon.wait_for("polled", feed=house.publisher.url("/a"))
    house.publisher.wait_for("/b")
    code, took = daemon.end(signal.SIGTERM)
    assert code == 0
    assert took < 20
    assert "Traceback" not in daemon.said
    assert house.titles() == sorted([BRIDGE, STORM])


def test_a_second_daemon_on_the_store_is_refused(house: House) -> None:
    two_feeds(house)
    daemon = house.start()
    daemon.wait_for("daemon started")
    second = run_command(["daemon"], cwd=house.folder)
    assert second.code == 1
    assert f"Another daemon (process {daemon.process.pid}) runs on this store" in second.err
    assert "Traceback" not in second.err
    assert daemon.process.poll() is None
    assert daemon.end(signal.SIGTERM)[0] == 0


def test_killed_in_the_middle_the_next_one_completes(house: House) -> None:
    """One feed stored, another under way: nothing of either is doubled or lost."""
    two_feeds(house)
    house.publisher.held = {"/b"}
    first = house.start()
    first.wait_for("polled", feed=house.publisher.url("/a"))
    house.publisher.wait_for("/b")
    assert first.end(signal.SIGKILL)[0] == -signal.SIGKILL
    assert house.titles() == sorted([BRIDGE, STORM])
    house.publisher.held = set()
    second = house.start()
    second.wait_for("polled", feed=house.publisher.url("/b"), items=2)
    second.wait_for("digest written")
    assert second.end(signal.SIGKILL)[0] == -signal.SIGKILL
    make_due(house)
    third = house.start()
    for _ in range(2):
        assert third.wait_for("polled")["items"] == 0
    assert third.end(signal.SIGTERM)[0] == 0
    assert house.titles() == sorted([BRIDGE, STORM, STORM, STRIKE])
    assert house.digest().count(STORM) == 1


def test_a_changed_feeds_toml_is_taken_up(house: House) -> None:
    two_feeds(house)
    house.configure("/a")
    daemon = house.start()
    daemon.wait_for("polled", feed=house.publisher.url("/a"))
    house.configure("/a", more="[[feeds]]\nurl = 5\n")
    daemon.wait_for("feeds.toml has mistakes; the old one stays in force")
    house.configure("/b")
    daemon.wait_for("feeds.toml read again", feeds=1)
    daemon.wait_for("polled", feed=house.publisher.url("/b"), items=2)
    daemon.process.send_signal(signal.SIGHUP)  # read again, changed or not
    daemon.wait_for("feeds.toml read again", feeds=1)
    make_due(house)
    daemon.wait_for("polled", feed=house.publisher.url("/b"), outcome="not_modified")
    assert daemon.end(signal.SIGTERM)[0] == 0
    assert [line["feed"] for line in daemon.lines if line["event"] == "polled"] == [
        house.publisher.url(path) for path in ("/a", "/b", "/b")
    ]
    assert len(house.titles()) == 4  # items of a feed that was taken out stay


def test_a_command_may_write_beside_it(house: House) -> None:
    """What another process stores is known to the daemon's next decision."""
    two_feeds(house)
    house.configure("/a")
    daemon = house.start()
    daemon.wait_for("polled", feed=house.publisher.url("/a"))
    page = house.folder / "in.xml"
    page.write_text(rss("gamma", STRIKE), encoding="utf-8")
    assert run_command(["import", "in.xml"], cwd=house.folder).code == 0
    house.configure("/a", "/b")
    daemon.wait_for("polled", feed=house.publisher.url("/b"), items=2, duplicates=2)
    assert daemon.end(signal.SIGTERM)[0] == 0


def make_due(house: House) -> None:
    with house.store() as store, store.transaction() as tx:
        for state in tx.feeds.states().values():
            past = datetime(2000, 1, 1, tzinfo=UTC)
            tx.feeds.save_state(replace(state, next_poll=past))
