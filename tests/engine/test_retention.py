"""Old items go as feeds.toml says, and a feed that repeats one does not bring it back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.config import ConfigError, load
from aggregator.daemon.removals import Removals
from aggregator.engine.polls import Engine
from aggregator.engine.retention import Removed, policy, retain
from aggregator.library.aggregator import Aggregator
from aggregator.publish.old_files import old_digest_files
from storage import ItemFilter
from tests.support import Ran

START = datetime(2026, 1, 1, tzinfo=UTC)
TITLES = {
    "ferry": "Ferry sinks in the harbour of Kardessa",
    "bank": "Central bank raises its key rate again",
    "storm": "Storm tears roofs off houses in the north",
}


def write(folder: Path, *names: str) -> None:
    entries = "".join(
        f"<item><title>{TITLES[name]}</title><guid>{name}</guid>"
        f"<link>https://one.example/{name}</link></item>"
        for name in names
    )
    (folder / "f.xml").write_text(
        f"<rss version='2.0'><channel><title>T</title>{entries}</channel></rss>"
    )


def configure(folder: Path, rules: str, feed: str = "") -> Path:
    path = folder / "feeds.toml"
    path.write_text(f'[retention]\n{rules}\n[[feeds]]\nurl = "f.xml"\n{feed}\n')
    return path


def titles(one: Aggregator) -> set[str]:
    with one.store.reading() as view:
        return {placed.item.title for placed in view.items.list(ItemFilter(), limit=99)}


def test_a_repeated_entry_is_not_brought_back(tmp_path: Path) -> None:
    now = [START]
    config = configure(tmp_path, 'items = "30d"\npolls = "10d"')
    with Aggregator(config, clock=lambda: now[0]) as one:
        write(tmp_path, "ferry")
        one.poll(everything=True)
        now[0] = START + timedelta(days=40)
        write(tmp_path, "bank", "ferry")
        one.poll(everything=True)
        assert titles(one) == {TITLES["ferry"], TITLES["bank"]}
        tried = sum(retain(one.store, one.settings, now[0], dry_run=True), Removed())
        assert (tried.items, tried.stories) == (1, 1)
        assert titles(one) == {TITLES["ferry"], TITLES["bank"]}
        done = sum(retain(one.store, one.settings, now[0]), Removed())
        assert done == replace(tried, polls=1)
        assert titles(one) == {TITLES["bank"]}
        now[0] += timedelta(days=1)
        write(tmp_path, "storm", "bank", "ferry")
        one.poll(everything=True)
        assert titles(one) == {TITLES["bank"], TITLES["storm"]}
        assert one.store.check() == []


def test_a_clock_that_is_ahead_makes_nothing_old(tmp_path: Path) -> None:
    config = configure(tmp_path, 'items = "30d"')
    with Aggregator(config, clock=lambda: START) as one:
        write(tmp_path, "ferry")
        one.poll(everything=True)
        future = START + timedelta(days=9_000)
        assert sum(retain(one.store, one.settings, future), Removed()).items == 0


def test_a_feed_may_have_a_rule_of_its_own(tmp_path: Path) -> None:
    config = configure(tmp_path, "", 'keep = "20d"')
    with Aggregator(config, clock=lambda: START) as one:
        write(tmp_path, "ferry")
        one.poll(everything=True)
        with one.store.reading() as view:
            found = policy(view, one.settings, START)
        assert list(found.feeds.values()) == [START - timedelta(days=20)]
        assert found.digests is None


def test_the_daemon_removes_a_part_and_goes_on(tmp_path: Path) -> None:
    now = [START]
    config = configure(tmp_path, 'items = "30d"')
    with Aggregator(config, clock=lambda: now[0]) as one:
        write(tmp_path, "ferry", "storm")
        one.poll(everything=True)
        now[0] = START + timedelta(days=40)
        write(tmp_path, "bank")
        one.poll(everything=True)
        removals = Removals(one.store, Engine(one.store, one.settings))
        assert removals.go_on(one.settings, now[0]).items == 2
        assert removals.go_on(one.settings, now[0]) == Removed()
        never = replace(one.settings, retention=replace(one.settings.retention, items=None))
        assert removals.go_on(never, now[0]) == Removed()


@pytest.mark.parametrize("rules", ['items = "13d"', 'items = "x"', 'item = "30d"'])
def test_a_rule_that_cannot_be_is_refused(tmp_path: Path, rules: str) -> None:
    with pytest.raises(ConfigError, match=r"line 2.*in \[retention\]"):
        load(configure(tmp_path, rules))


def test_only_old_dated_files_of_the_digest_are_found(tmp_path: Path) -> None:
    path = configure(tmp_path, 'digests = "30d"')
    with path.open("a") as file:
        file.write('[[digests]]\nname = "daily"\ndirectory = "d"\n')
    settings = load(path)
    folder = tmp_path / "d" / "daily"
    folder.mkdir(parents=True)
    names = [
        "daily-2025-12-01.html", "daily-2025-12-01T0700.md", "daily-2025-12-31.html",
        "latest.html", "weekly-2025-01-01.html", "daily-2025-12-01.html.bak", "notes.md",
    ]  # fmt: skip
    for name in names:
        (folder / name).touch()
    assert [one.name for one in old_digest_files(settings, START + timedelta(days=20))] == names[:2]
    assert list(old_digest_files(load(configure(tmp_path, "")), START)) == []


@pytest.mark.slow
def test_the_command_counts_and_removes(tmp_path: Path, run: object) -> None:
    config = configure(tmp_path, 'items = "30d"')
    now = [START]
    with Aggregator(config, clock=lambda: now[0]) as one:
        write(tmp_path, "ferry")
        one.poll(everything=True)
        now[0] = START + timedelta(days=60)
        write(tmp_path, "bank")
        one.poll(everything=True)
    assert callable(run)
    done: Ran = run("store", "retain", "--dry-run")
    assert "1 item in 1 story and 0 digest files would be removed; 0 old" in done.out
    done = run("store", "retain", "--json")
    assert json.loads(done.out)["items"] == 1
    assert json.loads(run("store", "retain", "--json").out)["items"] == 0
