"""The Atom output is a valid feed: the rules of RFC 4287, and two readers that take it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree

from aggregator.digest import Edition, render, select
from aggregator.model import Document
from aggregator.parse import parse
from aggregator.reading.story_view import StoryView
from aggregator.settings import DigestSettings
from tests.support import Edition as Polled

ATOM = "{http://www.w3.org/2005/Atom}"
XML = "{http://www.w3.org/XML/1998/namespace}"
ONCE = {"id", "title", "updated", "published", "content", "subtitle", "generator", "rights"}
FEED = {"id", "title", "subtitle", "updated", "author", "generator", "link", "entry"}
ENTRY = {"id", "title", "updated", "published", "content", "link", "category", "author"}
ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:\S+")


def check(text: str) -> Any:
    """The feed as a tree; fails where RFC 4287 says MUST and the feed does not."""
    feed = etree.fromstring(text.encode("utf-8"))
    assert feed.tag == f"{ATOM}feed"
    _container(feed, FEED, {"id", "title", "updated", "author"})
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    for entry in feed.iter(f"{ATOM}entry"):
        _container(entry, ENTRY, {"id", "title", "updated"})
        content = entry.find(f"{ATOM}content")
        assert content.get("type") == "html"  # 4.1.3.3: escaped, no children
        assert len(content) == 0
        rels = [link.get("rel", "alternate") for link in entry.iter(f"{ATOM}link")]
        assert rels.count("alternate") <= 1  # 4.1.2: else types or languages must differ
        assert entry.get(f"{XML}lang") is None or entry.get(f"{XML}lang")
    return feed


def _container(element: Any, allowed: set[str], needed: set[str]) -> None:
    names = [child.tag.removeprefix(ATOM) for child in element]
    assert set(names) <= allowed
    assert needed <= set(names)
    for name in set(names) & ONCE:
        assert names.count(name) == 1, name
    assert ABSOLUTE.fullmatch(element.findtext(f"{ATOM}id"))
    for name in ("updated", "published"):
        for stamp in element.findall(f"{ATOM}{name}"):
            assert datetime.fromisoformat(stamp.text).tzinfo is not None
            assert "T" in stamp.text
    for author in element.findall(f"{ATOM}author"):
        assert author.findtext(f"{ATOM}name")
    for link in element.findall(f"{ATOM}link"):
        assert urlsplit(link.get("href")).scheme in ("http", "https")
    for category in element.findall(f"{ATOM}category"):
        assert category.get("term")


@pytest.fixture
def issue(make: Any, harbour: StoryView) -> Edition:
    settings = DigestSettings(name="daily", title="The day", link="https://me.example/digests/")
    bare = make.view("bare", make.coverage("b", "", link=None, url=None, lead="", source=""))
    return select(
        settings,
        [harbour, bare],
        since=make.now - timedelta(hours=24),
        until=make.now,
        made=make.now,
    )


def test_it_is_valid_also_without_titles_links_and_leads(issue: Edition) -> None:
    feed = check(render(issue, "atom"))
    links = {link.get("rel", "alternate"): link for link in feed.findall(f"{ATOM}link")}
    assert links["self"].get("href") == "https://me.example/digests/daily/latest.atom"
    assert links["alternate"].get("href") == "https://me.example/digests/daily/latest.html"
    assert len(feed.findall(f"{ATOM}entry")) == 2


def test_an_empty_one_is_valid_too(make: Any) -> None:
    settings = DigestSettings(name="قصص اليوم", language="ar")
    empty = select(settings, [], since=make.now, until=make.now, made=make.now)
    assert check(render(empty, "atom")).get(f"{XML}lang") == "ar"


def test_ids_stay_when_the_edition_changes(make: Any, harbour: StoryView) -> None:
    """A reader that has seen a story is not told of it as another one."""

    def entries(until: datetime, name: str) -> set[str]:
        settings = DigestSettings(name=name)
        span = timedelta(hours=30)
        found = select(settings, [harbour], since=until - span, until=until, made=until)
        return {e.findtext(f"{ATOM}id") for e in check(render(found, "atom")).iter(f"{ATOM}entry")}

    later = make.now + timedelta(hours=6)
    assert entries(make.now, "daily") == entries(later, "weekly") != set()


def test_two_readers_take_it(issue: Edition, make: Any) -> None:
    text = render(issue, "atom")
    known = feedparser.parse(text.encode("utf-8"))
    assert not known.bozo
    assert known.version == "atom10"
    assert known.entries[0].title == "Harbour bridge closes for repairs"
    assert known.entries[0].link == "https://herald.example/news/1"
    ours = parse(text.encode("utf-8"), content_type="application/atom+xml", now=make.now)
    assert isinstance(ours, Document)
    assert ours.entries[0].title == "Harbour bridge closes for repairs"
    assert ours.entries[0].link == "https://herald.example/news/1"


@pytest.mark.slow
def test_the_digests_of_the_sample_edition_are_valid(edition: Polled) -> None:
    files = sorted(Path(edition.folder).rglob("latest.atom"))
    assert files
    for path in files:
        feed = check(path.read_text(encoding="utf-8"))
        assert len(feed.findall(f"{ATOM}entry")) > 20
        assert not feedparser.parse(path.read_bytes()).bozo
