"""What a digest says, the same in every format."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import html5lib
import pytest
from markdown_it import MarkdownIt

from aggregator.digest import Edition, render, select
from aggregator.reading.story_view import Earlier, StoryView
from aggregator.settings import DigestSettings

DAY = timedelta(hours=24)
FORMATS = ("md", "html", "json", "atom", "txt")


@pytest.fixture
def edition(make: Any, harbour: StoryView) -> Edition:
    return edition_of(make, harbour)


def edition_of(make: Any, *views: StoryView, **said: Any) -> Edition:
    settings = DigestSettings(name="daily", **{"title": "The day", **said})
    return select(
        settings,
        views,
        since=make.now - DAY,
        until=make.now,
        made=make.now,
        feeds_seen=7,
        listed={"iold": make.now - 2 * DAY},
    )


def page(edition: Edition) -> Any:
    return html5lib.parse(render(edition, "html"), namespaceHTMLElements=False)


def text_of(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def marked(edition: Edition) -> Any:
    rendered = MarkdownIt("commonmark").render(render(edition, "md"))
    return html5lib.parse(rendered, namespaceHTMLElements=False)


def links(element: Any) -> list[str]:
    return [a.get("href") for a in element.iter("a") if not a.get("href").startswith("#")]


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


def test_what_is_followed_on_the_same_page_is_linked_within_it(make: Any) -> None:
    first = make.view("one", make.coverage("a", "The ferry sinks"))
    second = make.view(
        "two", make.coverage("b", "The ferry is raised"), earlier=Earlier("sone", "The ferry sinks")
    )
    found = page(edition_of(make, first, second))
    assert found.find(".//*[@id='story-sone']") is not None
    assert [a.get("href") for a in found.iter("a")].count("#story-sone") == 1


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


def test_what_was_published_before_the_span_and_arrived_in_it_says_so(make: Any) -> None:
    late = make.coverage("a", "The dam bursts", published=make.now - 2 * DAY)
    shown = text_of(page(edition_of(make, make.view("late", late))))
    assert "Published earlier" in shown and "Sun, Nov 22" in shown
    fresh = make.view("fresh", make.coverage("b", "The dam is mended"))
    assert "Published earlier" not in text_of(page(edition_of(make, fresh)))


def test_sections_have_a_contents_list_whose_anchors_exist(make: Any) -> None:
    views = [
        make.view(f"{tag}{n}", make.coverage(f"{tag}{n}", f"{tag} number {n}", tags=(tag,)))
        for tag in ("sport", "science")
        for n in range(4)
    ]
    found = edition_of(make, *views, lead=1, section_limit=2)
    html = page(found)
    anchors = {one.get("id") for one in html.iter() if one.get("id")}
    targets = [a.get("href") for a in html.find(".//nav").iter("a")]
    assert len(targets) == 2 and all(target[1:] in anchors for target in targets)
    assert [text_of(h) for h in html.iter("h2") if h.get("class") == "section"] == [
        "science",
        "sport",
    ]
    for format in ("md", "txt"):
        shown = render(found, format)
        assert shown.index("science number 1") < shown.index("sport number 0")
        for link in (
            f"https://{tag}{n}.example/" for tag in ("sport", "science") for n in range(4)
        ):
            assert link in shown


def test_a_page_is_whole_in_itself(edition: Edition) -> None:
    shown = render(edition, "html")
    found = page(edition)
    for tag in ("script", "link", "img", "iframe", "form", "object", "embed", "svg"):
        assert list(found.iter(tag)) == []
    assert "default-src 'none'" in shown
    assert "prefers-color-scheme: dark" in shown
    assert 'name="viewport" content="width=device-width' in shown
    assert not re.search(r"url\(|@import|@font-face", shown)


def test_the_page_runs_in_the_direction_of_its_language_and_each_text_in_its_own(
    make: Any,
) -> None:
    arabic = make.view(
        "ar",
        make.coverage("sada", "غرق عبّارة", language="ar", source="صدى"),
        make.coverage("times", "Ferry sinks"),
    )
    english = make.view("en", make.coverage("post", "Bridge opens"))
    unknown = make.view("xx", make.coverage("xx", "Zzz", language=None))
    for language, direction in (("ar", "rtl"), ("en", "ltr"), ("fa-IR", "rtl")):
        found = page(edition_of(make, arabic, english, unknown, language=language))
        assert found.get("dir") == direction
        assert found.get("lang") == language[:2]
        turned = {one.get("id"): one.get("dir") for one in found.iter("article")}
        assert turned == {"story-sar": "rtl", "story-sen": "ltr", "story-sxx": "auto"}
        related = found.find(".//article[@id='story-sar']//li")
        assert (related.get("lang"), related.get("dir")) == ("en", "ltr")


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


def test_a_section_shows_some_headlines_at_once_and_the_rest_on_request(make: Any) -> None:
    views = [
        make.view(f"{tag}{n}", make.coverage(f"{tag}{n}", f"{tag} number {n}", tags=(tag,)))
        for tag in ("sport", "science")
        for n in range(8)
    ]
    html = page(edition_of(make, *views, lead=0, section_limit=1, section_headlines=2))
    for part in (one for one in html.iter("section") if one.get("class") == "part"):
        assert len(list(part.iter("article"))) == 1
        assert len(part.findall("ul/li")) == 2
        assert len(part.findall("details[@class='folded']/ul/li")) == 5
    listed = [one.get("id") for one in html.iter() if (one.get("id") or "").startswith("story-")]
    assert len(listed) == len(set(listed)) == 16


def test_how_long_it_takes_to_read_is_said(make: Any) -> None:
    views = [
        make.view(f"n{n}", make.coverage(f"n{n}", f"Number {n}", lead="word " * 50))
        for n in range(20)
    ]
    assert "Reading time: 5 min" in render(edition_of(make, *views, lead=20), "txt")
    assert "Reading time" not in render(edition_of(make), "txt")
