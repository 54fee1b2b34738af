"""What a digest says, the same in every format."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aggregator.digest import Edition, render, select
from aggregator.reading.story_view import Earlier, StoryView
from aggregator.settings import DigestSettings
from tests.digest.pages import DAY, edition_of, links, marked, page, text_of

FORMATS = ("md", "html", "json", "atom", "txt")


@pytest.fixture
def edition(make: Any, harbour: StoryView) -> Edition:
    return edition_of(make, harbour)


def test_a_story_stands_once_with_every_outlet_a_link(edition: Edition) -> None:
    articles = list(page(edition).iter("article"))
    assert len(articles) == 1
    (article,) = articles
    assert text_of(article.find("h2")) == "Harbour bridge closes for repairs"
    said = text_of(article)
    for words in ("5 outlets", "2 duplicates collapsed", "in a sentence."):
        assert words in said
    for outlet in ("herald", "post", "wire", "times", "gazette"):
        assert f"https://{outlet}.example/news/1" in links(article)
        assert f"The {outlet.title()}" in said


def test_markdown_says_the_same_as_html(edition: Edition) -> None:
    found = marked(edition)
    assert [text_of(h) for h in found.iter("h1")] == ["The day"]
    assert [text_of(h) for h in found.iter("h2")] == ["Harbour bridge closes for repairs"]
    assert sorted(set(links(found))) == sorted(set(links(page(edition))))
    said = text_of(found)
    for words in (
        "5 outlets",
        "2 duplicates collapsed",
        "Reported by: The Herald, The Wire, The Post",
    ):
        assert words in said
    assert len(list(found.iter("li"))) == 2


def test_json_has_every_field_a_program_needs(edition: Edition) -> None:
    document = json.loads(render(edition, "json"))
    assert document["schema"] == 2
    assert document["counts"] == {
        "stories": 1,
        "listed": 1,
        "headlines": 0,
        "dropped": 0,
        "items": 5,
        "repetitions": 2,
        "feeds": 7,
    }
    (story,) = document["stories"]
    assert story["headline"] == "Harbour bridge closes for repairs"
    assert story["repetitions"] == 2
    first, *related = story["coverage"]
    assert [copy["source"] for copy in first["copies"]] == ["The Wire", "The Post"]
    assert [part["item"]["source"] for part in related] == ["The Times", "The Gazette"]
    assert first["item"]["published"] == "2026-11-24T06:00:00Z"


def test_an_old_text_published_again_says_when_it_was_first(make: Any) -> None:
    old = make.now - 300 * DAY
    view = make.view(
        "again",
        make.coverage("fresh", "Something new about it"),
        make.coverage("again", "An old report", flags=("republished",), first_published=old),
    )
    for format in FORMATS:
        shown = render(edition_of(make, view), format)
        if format == "json":
            assert json.loads(shown)["stories"][0]["coverage"][1]["first_published"] == (
                "2026-01-28T07:00:00Z"
            )
        else:
            assert "First published January 28, 2026" in shown


def test_what_a_story_follows_and_that_it_is_an_update(make: Any) -> None:
    earlier = Earlier("sold", "The ferry sinks", "https://old.example/1")
    view = make.view(
        "listed",
        make.coverage("a", "The ferry is raised"),
        make.coverage("old", "The ferry sinks", hours=60),
        earlier=earlier,
    )
    said = text_of(page(edition_of(make, view)))
    assert "Follows The ferry sinks" in said
    assert "Update" in said
    assert "Follows: The ferry sinks" in text_of(marked(edition_of(make, view)))


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_new_is_said(make: Any, format: str) -> None:
    shown = render(edition_of(make), format)
    if format == "json":
        assert json.loads(shown)["stories"] == []
    else:
        assert "Nothing new." in shown.replace("\\", "")
        assert "<h2>" not in shown or format == "html"
    assert "لا جديد" in render(edition_of(make, language="ar"), "html")


@pytest.mark.parametrize("format", ["html", "md", "txt"])
def test_what_the_limit_left_out_follows_as_headlines_and_then_as_a_number(
    make: Any, format: str
) -> None:
    views = [make.view(f"n{n}", make.coverage(f"n{n}", f"Story number {n}")) for n in range(7)]
    found = edition_of(make, *views, limit=2, headlines=2)
    shown = render(found, format)
    assert "2 of 7 stories" in shown
    assert "3 more stories are not listed here." in shown.replace("\\", "")
    assert "python run.py stories list --since 2026-11-23T07:00:00Z" in shown
    assert "That was all." in shown.replace("\\", "")
    for number in range(7):
        assert (f"Story number {number}" in shown) is (number < 4)
        assert (f"https://n{number}.example/news/1" in shown) is (number < 4)
    assert "Story number 2, in a sentence" not in shown


@pytest.mark.parametrize("format", FORMATS)
def test_headline_lead_outlet_and_time_are_of_one_new_article(make: Any, format: str) -> None:
    old = make.coverage("a", "Dam bursts, valley evacuated", hours=41, link="https://a.example/1")
    new = make.coverage("b", "What we know of the burst dam", hours=3)
    view = make.view("dam", old, new)  # its standing headline is the old one
    shown = render(edition_of(make, view), format)
    if format == "json":
        story = json.loads(shown)["stories"][0]
        assert story["headline"] == "What we know of the burst dam"
        assert story["lead"] == "What we know of the burst dam, in a sentence."
        assert story["link"] == "https://b.example/news/1"
        return
    assert shown.index("What we know") < shown.index("Dam bursts")
    assert "Since Sun, Nov 22" in shown
    if format == "html":
        article = next(page(edition_of(make, view)).iter("article"))
        assert article.find(".//time").get("datetime") == "2026-11-24T04:00:00Z"


def test_markdown_isolates_what_runs_the_other_way(make: Any) -> None:
    view = make.view("ar", make.coverage("sada", "غرق عبّارة", language="ar", source="صدى"))
    assert "[\u2068صدى\u2069](" in render(edition_of(make, view), "md")
    assert "[صدى](" in render(edition_of(make, view, language="ar"), "md")


def test_times_are_told_in_the_reader_s_zone_and_language(make: Any, harbour: StoryView) -> None:
    settings = DigestSettings(name="daily", language="de")
    found = select(
        settings,
        [harbour],
        since=make.now - DAY,
        until=make.now,
        made=make.now,
        timezone="Asia/Tokyo",
    )
    shown = render(found, "html")
    assert "Dienstag, 24. November 2026" in shown
    assert ">15:00</time>" in shown  # 06:00 in UTC
    assert 'datetime="2026-11-24T06:00:00Z"' in shown
    assert "Asia" not in shown


def test_the_same_edition_is_the_same_bytes(make: Any, harbour: StoryView) -> None:
    for format in FORMATS:
        assert render(edition_of(make, harbour), format) == render(
            edition_of(make, harbour), format
        )


def test_an_unknown_format_is_refused(edition: Edition) -> None:
    with pytest.raises(ValueError, match="pdf"):
        render(edition, "pdf")


def test_what_outlets_call_the_same_article_stands_side_by_side(make: Any) -> None:
    told = make.view(
        "a",
        make.coverage(
            "herald",
            "Harbour bridge closes for repairs",
            make.item("post", "Bridge shut: city braces for chaos"),
            make.item("wire", "Harbour Bridge Closes for Repairs"),
            make.item("times", "Harbour bridge closes for the repairs"),
        ),
    )
    for format in ("html", "md", "txt"):
        shown = render(edition_of(make, told), format).replace("\\", "")
        assert "Other headlines" in shown
        assert shown.count("Bridge shut: city braces for chaos — The Post") == 1
        assert "— The Wire" not in shown and "— The Times" not in shown
    alone = make.view("b", make.coverage("herald", "Harbour bridge closes for repairs"))
    assert "Other headlines" not in render(edition_of(make, alone), "html")


def test_how_long_it_takes_to_read_is_said(make: Any) -> None:
    views = [
        make.view(f"n{n}", make.coverage(f"n{n}", f"Number {n}", lead="word " * 50))
        for n in range(20)
    ]
    assert "Reading time: 5 min" in render(edition_of(make, *views, lead=20), "txt")
    assert "Reading time" not in render(edition_of(make), "txt")
