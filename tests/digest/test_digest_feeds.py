"""Feeds out: RSS and JSON Feed say what Atom says; JSON keeps to its schema."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from aggregator.digest import Edition, render, select
from aggregator.parse import parse
from aggregator.settings import DigestSettings
from tests.support import ROOT

SCHEMA = json.loads((ROOT / "docs" / "digest.schema.json").read_text("utf-8"))


def edition_of(make: Any, *views: Any, installation: str = "", **said: Any) -> Edition:
    values = {"title": "The day", "link": "https://me.example/digests/"} | said
    return select(
        DigestSettings(name="daily", **values),
        views,
        since=make.now - timedelta(days=1),
        until=make.now,
        made=make.now,
        installation=installation,
    )


@pytest.fixture
def issue(make: Any, harbour: Any) -> Edition:
    arabic = make.view("tunis", make.coverage("t", "ميناء تونس يغلق <b>", language="ar"))
    bare = make.view("bare", make.coverage("b", "", link=None, url=None, lead="", source=""))
    return edition_of(make, harbour, arabic, bare, limit=2)


def test_three_feeds_have_the_same_entries(issue: Edition, make: Any) -> None:
    atom = feedparser.parse(render(issue, "atom").encode())
    rss = feedparser.parse(render(issue, "rss").encode())
    feed = json.loads(render(issue, "jsonfeed"))
    assert not rss.bozo and rss.version == "rss20"
    assert [one.id for one in rss.entries] == [one.id for one in atom.entries]
    assert [one["id"] for one in feed["items"]] == [one.id for one in atom.entries]
    assert [one.title for one in rss.entries] == [one.title for one in atom.entries]
    assert [one.updated_parsed for one in atom.entries] == [
        one.published_parsed for one in rss.entries
    ]
    languages = {one["title"]: one.get("language") for one in feed["items"]}
    assert languages["ميناء تونس يغلق <b>"] == "ar"
    for text, kind in ((render(issue, "rss"), "rss20"), (render(issue, "jsonfeed"), "json11")):
        assert len(parse(text.encode(), now=make.now).entries) == 3
        assert parse(text.encode(), now=make.now).kind == kind


def test_each_feed_says_where_it_is(issue: Edition) -> None:
    rss = etree.fromstring(render(issue, "rss").encode())
    (link,) = rss.iter("{http://www.w3.org/2005/Atom}link")
    assert link.get("href") == "https://me.example/digests/daily/latest.rss"
    feed = json.loads(render(issue, "jsonfeed"))
    assert feed["feed_url"] == "https://me.example/digests/daily/latest.jsonfeed"


def test_two_installations_have_two_feeds_of_the_same_stories(make: Any, harbour: Any) -> None:
    one, other = (
        feedparser.parse(render(edition_of(make, harbour, installation=name), "atom").encode())
        for name in ("a", "b")
    )
    assert one.feed.id != other.feed.id
    assert [entry.id for entry in one.entries] == [entry.id for entry in other.entries]


def test_an_entry_is_updated_by_news_and_not_by_a_copy(make: Any) -> None:
    def updated(*parts: Any) -> str:
        text = render(edition_of(make, make.view("a", *parts)), "atom")
        return str(feedparser.parse(text.encode()).entries[0].updated)

    first = make.coverage("one", "Dam bursts", hours=5)
    copied = make.coverage("one", "Dam bursts", make.item("two", "Dam bursts", hours=1), hours=5)
    grown = (first, make.coverage("three", "What we know of the burst dam", hours=1))
    assert updated(first) == updated(copied) < updated(*grown)


def test_the_json_keeps_to_its_schema(issue: Edition, make: Any, harbour: Any) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    validator = Draft202012Validator(SCHEMA)
    for edition in (issue, edition_of(make), edition_of(make, harbour, limit=1, headlines=0)):
        validator.validate(json.loads(render(edition, "json")))


def test_the_schema_knows_every_field(issue: Edition) -> None:
    document = json.loads(render(issue, "json"))
    story = document["stories"][0]
    defined = SCHEMA["$defs"]
    coverage = defined["story"]["properties"]["coverage"]["items"]
    for found, known in (
        (document, SCHEMA),
        (document["counts"], SCHEMA["properties"]["counts"]),
        (document["gaps"], SCHEMA["properties"]["gaps"]),
        (story, defined["story"]),
        (document["headlines"][0], defined["headline"]),
        (story["coverage"][0], coverage),
        (story["coverage"][0]["item"], defined["item"]),
    ):
        assert found.keys() == known["properties"].keys() == set(known["required"])
