"""Feeds for other readers: each story once, at addresses that are secret and can be revoked."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from lxml import etree
from typer.testing import CliRunner

from aggregator.cli.app import app
from tests.web.newsroom import DAM, RATES, TRIAL, Browser, Newsroom

pytestmark = pytest.mark.slow  # each starts a server

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def addresses(reader: Browser, feed: str, words: str = "") -> list[str]:
    """Make an address on the page; what it shows: Atom, JSON and RSS."""
    answer = reader.post("/feeds-out/add", feed=feed, words=words)
    assert answer.status_code == 200, answer.text
    return [unescape(one) for one in re.findall(r'href="(/feeds/[^"]+)"', answer.text)]


@pytest.mark.parametrize(
    ("host", "headers", "origin"),
    [
        ("127.0.0.1:8080", {"Sec-Fetch-Site": "same-origin"}, "http://127.0.0.1:8080"),
        ("[::1]:8080", {"Sec-Fetch-Site": "same-origin"}, "http://[::1]:8080"),
        ("localhost", {"Sec-Fetch-Site": "same-origin"}, "http://localhost"),
        ("192.0.2.7", {"Sec-Fetch-Site": "same-origin"}, "https://192.0.2.7"),
        ("192.0.2.7:8080", {"Sec-Fetch-Site": ""}, "http://192.0.2.7:8080"),
    ],
)
def test_the_whole_address_is_shown(
    reader: Browser, host: str, headers: dict[str, str], origin: str
) -> None:
    sent = {name: value for name, value in headers.items() if value}
    cookie = "; ".join(f"{one.name}={one.value}" for one in reader.client.cookies.jar)
    answer = reader.client.post(
        "/feeds-out/add",
        data={"feed": "tag:World"},
        headers={"Host": host, "Cookie": cookie} | sent,
    )
    assert f">{origin}/feeds/World.atom?key=" in answer.text


def entries(text: str) -> list[tuple[str, str, str]]:
    """Id, title and time of change of each entry."""
    feed = etree.fromstring(text.encode())
    return [
        tuple(entry.findtext(f"a:{name}", namespaces=ATOM) for name in ("id", "title", "updated"))
        for entry in feed.iterfind("a:entry", ATOM)
    ]


@pytest.fixture
def reader(newsroom: Newsroom) -> Browser:
    """A reader with a digest and a tag in feeds.toml."""
    text = newsroom.config.read_text()
    feeds = '[[feeds]]\nurl = "https://w.example/rss"\ntags = ["World"]\n'
    newsroom.config.write_text(f'{text}[[digests]]\nname = "daily news"\n{feeds}')
    return newsroom.reader()


def test_digests_tags_and_searches_are_feeds_in_three_formats(
    newsroom: Newsroom, reader: Browser
) -> None:
    for title, summary in (*DAM, RATES):
        newsroom.take(title, summary)
    outside = newsroom.browser()  # no cookie: the address is enough
    for feed, words, count in (
        ("digest:daily news", "", 2),
        ("tag:World", "", 2),
        ("search", "orvale", 1),
    ):
        atom, feed_json, rss = addresses(reader, feed, words)
        found = entries(outside.page(atom))
        assert len(found) == count
        items = json.loads(outside.page(feed_json))["items"]
        assert [one["id"] for one in items] == [name for name, _, _ in found]
        channel = etree.fromstring(outside.page(rss).encode())
        assert [guid.text for guid in channel.iter("guid")] == [name for name, _, _ in found]


def test_an_entry_changes_only_when_its_story_grows(newsroom: Newsroom, reader: Browser) -> None:
    newsroom.take(*DAM[0])
    newsroom.take(*RATES)
    (atom, *_) = addresses(reader, "tag:World")
    first = reader.get(atom)
    newsroom.now += timedelta(days=1)
    again = reader.get(atom, **{"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    newsroom.take(*DAM[1])
    newsroom.now += timedelta(minutes=10)
    (grown, rates) = entries(reader.page(atom))
    before = {name: updated for name, _, updated in entries(first.text)}
    assert before[rates[0]] == rates[2]
    assert before[grown[0]] < grown[2]


def test_an_address_opens_one_feed_and_can_be_revoked(newsroom: Newsroom, reader: Browser) -> None:
    newsroom.take(*TRIAL)
    (atom, *_) = addresses(reader, "tag:World")
    key = atom.rpartition("=")[2]
    other = newsroom.reader("second")
    for path in (
        atom.replace("World", "daily%20news"),
        atom[:-1],
        atom.replace(".atom", ".html"),
        atom.partition("?")[0],
    ):
        assert other.get(path).status_code == 404
    assert other.get("/api/v1/stories", Authorization=f"Bearer {key}").status_code == 401
    (number,) = re.findall(r'name="id" value="(\d+)"', reader.page("/feeds-out"))
    assert 'name="id"' not in other.page("/feeds-out")
    other.post("/feeds-out/revoke", id=number)
    assert reader.get(atom).status_code == 200
    reader.post("/feeds-out/revoke", id=number)
    assert reader.get(atom).status_code == 404
    with newsroom.store.reading() as view:
        assert key not in repr(view.api_tokens.list())


@pytest.mark.parametrize("feed", ["digest:none", "tag:none", "search", "user:x", ""])
def test_what_there_is_none_of_is_said(reader: Browser, feed: str) -> None:
    assert reader.post("/feeds-out/add", feed=feed).status_code == 400


def test_the_command_makes_an_address_too(newsroom: Newsroom, reader: Browser) -> None:
    newsroom.take(*RATES)
    run = CliRunner()
    base = ["--config", str(newsroom.config), "users"]
    made = run.invoke(app, [*base, "feed", "reader", "--search", "norland rate"])
    assert made.output.startswith("/feeds/norland%20rate.atom?key=")
    assert [title for _, title, _ in entries(reader.page(made.output.strip()))] == [RATES[0]]
    assert "search:norland rate" in run.invoke(app, [*base, "tokens"]).output
    both = run.invoke(app, [*base, "feed", "reader", "--tag", "World", "--search", "x"])
    assert "say one of" in str(both.exception)
