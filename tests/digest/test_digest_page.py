"""The HTML page: its parts, anchors and directions, and that it is whole in itself."""

from __future__ import annotations

import re
from typing import Any

import pytest

from aggregator.digest import Edition, render
from aggregator.reading.story_view import Earlier, StoryView
from tests.digest.pages import DAY, edition_of, page, text_of


@pytest.fixture
def edition(make: Any, harbour: StoryView) -> Edition:
    return edition_of(make, harbour)


def test_what_is_followed_on_the_same_page_is_linked_within_it(make: Any) -> None:
    first = make.view("one", make.coverage("a", "The ferry sinks"))
    second = make.view(
        "two", make.coverage("b", "The ferry is raised"), earlier=Earlier("sone", "The ferry sinks")
    )
    found = page(edition_of(make, first, second))
    assert found.find(".//*[@id='story-sone']") is not None
    assert [a.get("href") for a in found.iter("a")].count("#story-sone") == 1


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


def test_a_fact_is_not_torn_and_the_dot_after_it_keeps_its_space(edition: Edition) -> None:
    """White space at the end of an inline block is dropped, unless it does not break."""
    style = page(edition).find(".//style").text
    assert ".fact { display: inline-block;" in style
    assert r'.fact:not(:last-child)::after { content: "\00a0·\00a0";' in style
