"""Commands on feeds that ended, rest or hide behind a page; polls that nobody waits for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.model import FeedState
from storage import Store
from tests.faults import driver
from tests.publishing import Publisher, publishing, rss
from tests.support import Ran

pytestmark = pytest.mark.slow

Run = Callable[..., Ran]
STORM = "Storm floods three villages in the northern valley"
OLD = """<?xml version="1.0"?><rss version="2.0"><channel><title>Old</title>
<item><title>A story of long ago</title><guid>1</guid>
<pubDate>Sun, 01 Mar 2020 10:00:00 GMT</pubDate></item></channel></rss>"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Commands without the time that a start takes."""
    return lambda *arguments: driver.run(None, arguments, cwd=tmp_path, env={})


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Publisher]:
    with publishing() as one:
        configure(tmp_path, one, "/a")
        yield one


def configure(folder: Path, site: Publisher, *paths: str) -> None:
    feeds = "".join(f'[[feeds]]\nurl = "{site.url(path)}"\n' for path in paths)
    digest = '[[digests]]\nname = "daily"\n'
    (folder / "feeds.toml").write_text(
        f'[fetch]\nallow_hosts = ["127.0.0.1"]\n{digest}{feeds}', encoding="utf-8"
    )


def states(folder: Path) -> list[FeedState]:
    with Store.open(f"sqlite:///{folder}/var/store.sqlite") as store, store.reading() as tx:
        return [state.state for state in tx.feeds.states().values()]


def change(folder: Path, **said: object) -> None:
    url = f"sqlite:///{folder}/var/store.sqlite"
    with Store.open(url) as store, store.transaction() as tx:
        for state in tx.feeds.states().values():
            tx.feeds.save_state(replace(state, **said))


def test_a_feed_that_is_gone_is_polled_again_when_a_person_says_so(
    run: Run, tmp_path: Path, site: Publisher
) -> None:
    site.pages["/a"] = 410
    assert run("once").code == 1
    assert states(tmp_path) == [FeedState.GONE]
    site.pages["/a"] = rss("alpha", STORM)
    for command in ("once", "once --all"):
        done = run(*command.split())
        assert done.code == 0
        assert "1 ended" in done.out
    assert "was gone" in run("feeds", "resume", site.url("/a")).out
    assert run("once", "--json").rows[0]["items"] == 1
    assert states(tmp_path) == [FeedState.ACTIVE]


def test_a_feed_in_quarantine_is_resumed_with_its_crashes_forgotten(
    run: Run, tmp_path: Path, site: Publisher
) -> None:
    site.pages["/a"] = rss("alpha", STORM)
    assert run("once").code == 0
    change(tmp_path, state=FeedState.QUARANTINED, crashes=3, next_poll=None)
    assert run("once", "--json").rows[0]["polled"] == 0
    assert "was quarantined" in run("feeds", "resume", site.url("/a")).out
    row = run("once", "--json").rows[0]
    assert (row["polled"], row["ended"]) == (1, 0)
    assert states(tmp_path) == [FeedState.ACTIVE]


def test_only_subscribed_feeds_are_resumed(run: Run, site: Publisher) -> None:
    done = run("feeds", "resume", "nobody")
    assert done.code == 1
    assert "feeds list" in done.err


def test_all_polls_every_feed_but_those_that_asked_for_rest(
    run: Run, tmp_path: Path, site: Publisher
) -> None:
    configure(tmp_path, site, "/a", "/b")
    site.pages = {"/a": rss("alpha", STORM), "/b": 503}
    assert run("once", "--json").rows[0]["failed"] == 1
    assert run("once", "--json").rows[0]["polled"] == 0
    site.pages["/b"] = rss("beta", STORM)
    row = run("once", "--all", "--json").rows[0]
    assert (row["polled"], row["not_modified"], row["not_due"]) == (1, 1, 1)
    told = run("feeds", "resume", site.url("/b"))
    assert "Retry-After" in told.out
    assert run("once", "--json").rows[0]["polled"] == 0
    change(tmp_path, rest_until=datetime(2020, 1, 1, tzinfo=UTC))
    assert run("once", "--all", "--json").rows[0]["items"] == 1


def test_a_second_run_says_when_the_next_poll_is(run: Run, site: Publisher) -> None:
    site.pages["/a"] = rss("alpha", STORM)
    first = run("once")
    assert "latest.html, plus .md .json .atom" in first.out
    assert first.out.count("Open") == 1
    assert run("once").out.startswith("Nothing was due; next poll at 2")


def test_a_digest_that_is_empty_for_age_says_so(run: Run, site: Publisher) -> None:
    site.pages["/a"] = OLD
    done = run("once")
    assert done.code == 0
    assert "no story" in done.out.lower()
    assert "digest daily --since" in done.out


def test_the_first_of_several_feeds_is_taken_and_the_others_named(
    run: Run, tmp_path: Path, site: Publisher
) -> None:
    configure(tmp_path, site)
    link = '<link rel="alternate" type="application/rss+xml" href="/{0}" title="{1}">'
    head = link.format("comments", "Comments") + link.format("main", "News")
    site.pages["/"] = f"<!doctype html><html><head>{head}{link.format('sport', 'Sport')}"
    done = run("feeds", "add", site.address.removeprefix("http://"))  # as people type it
    assert done.code == 0, done.err
    assert f"added {site.url('/main')}" in done.out
    assert site.url("/sport") in done.out
    (row,) = run("feeds", "list", "--json").rows
    assert (row["url"], row["title"]) == (site.url("/main"), "News")


@pytest.mark.parametrize(
    ("command", "tells"),
    [
        ("feeds add none.xml", "file not found"),
        ("feeds add ftp://a.example/", "is not supported"),
        ("feeds add http://[", "Check the address"),
        ("feeds add ADDRESS/404", "could not fetch"),
        ("feeds add ADDRESS/page", "links to none"),
        ("feeds discover ADDRESS/404", "could not fetch"),
        ("feeds discover ::::", "not a valid web address"),
        ("items list --since 99999999999d", "is not a valid time"),
        ("items list --until 9999-12-31T23:59:59-14:00", "out of range"),
        ("digest daily --since 0001-01-01", "0001-01-01"),
        ("--store . check", "folder"),
        ("--store feeds.toml check", "not an SQLite file"),
        ("--store feeds.toml/x check", "There is no store"),
        ("--config broken.toml once", "not valid TOML"),
        ("--config toolong.toml once", "at most 100 years"),
        ("--config listen.toml daemon", "HOST:PORT"),
        ("replay .", "cannot be read"),
        ("copy feeds.toml", "exists"),
        ("import /dev/null", "could not be read"),
    ],
)
def test_nonsense_is_answered_in_a_sentence(
    run: Run, tmp_path: Path, site: Publisher, command: str, tells: str
) -> None:
    feeds = '[[feeds]]\nurl = "a.xml"\n'
    (tmp_path / "broken.toml").write_text("[[feeds]\n", encoding="utf-8")
    (tmp_path / "toolong.toml").write_text(
        feeds + '[fetch]\nmax_interval = "99999999d"\n', encoding="utf-8"
    )
    listen = '[fetch]\nwebsub_callback = "https://a.example"\nwebsub_listen = "x"\n'
    (tmp_path / "listen.toml").write_text(feeds + listen, encoding="utf-8")
    site.pages["/page"] = "<!doctype html><html><body>Nothing here."
    Store.open(f"sqlite:///{tmp_path}/var/store.sqlite").close()
    done = run(*(part.replace("ADDRESS", site.address) for part in command.split()))
    assert done.code == 1
    assert tells in done.err
    assert "Traceback" not in done.err


def test_a_title_that_says_more_than_text_stays_text(run: Run, site: Publisher) -> None:
    """What feeds.toml holds after an addition is read again as it was given."""
    title = 'A "quoted" \\ title\nwith = [[brackets]]'
    site.pages["/new"] = rss("beta", STORM)
    assert run("feeds", "add", site.url("/new"), "--title", title).code == 0
    assert json.loads(run("feeds", "list", "--json").out.splitlines()[-1])["title"] == title


def test_the_status_says_what_proves_nothing(run: Run, tmp_path: Path, site: Publisher) -> None:
    titles = (
        STORM,
        "New doctor opens surgery in Elm Valley",
        "Row over nursery fees divides the council",
        "Beavers return to the upper Tarn",
        "Mill Lane bridge gets a third lane",
    )
    furniture = "This article is for subscribers. Start your free trial and read everything on it."
    feed = rss("alpha", *titles).replace(
        "</item>", f"<description>{furniture}</description></item>"
    )
    site.pages["/a"] = feed
    assert run("once").code == 0
    (row,) = run("feeds", "status", "--json").rows
    assert row["distrusted"] == ["text"]
    told = " ".join(run("feeds", "status").out.split())
    assert "tell nothing apart" in told
