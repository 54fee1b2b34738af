"""Whatever stands in the texts of a story, nothing of it takes effect."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from aggregator.digest import render
from aggregator.reading.story_view import Coverage
from tests.digest.hostile_stories import MARKUP, OURS, edition_of, stories, story
from tests.digest.inert import (
    GITHUB,
    browser,
    check_all,
    check_atom,
    check_json,
    check_markdown,
    check_page,
)
from tests.support import examples


@pytest.mark.slow
def test_markup_in_any_text_stays_text(make):
    for language in ("en", "ar"):
        check_all(edition_of(make, stories(make, MARKUP), language=language))


def test_markup_in_bare_headlines_and_section_names_stays_text(make):
    views = stories(make, MARKUP)
    tagged = [
        make.view(f"t{n}", make.coverage(f"t{n}", text, tags=(text,), source=text, link=None))
        for n, text in enumerate(MARKUP)
    ]
    found = edition_of(make, [*views, *tagged], limit=12, lead=2, section_limit=1)
    assert found.headlines and {view.section for view in found.headlines}
    check_page(render(found, "html"))
    check_markdown(render(found, "md"))
    check_atom(render(found, "atom"))
    check_json(render(found, "json"))


def test_a_bare_address_is_no_link_even_where_a_renderer_looks_for_them(make):
    """With linkify on, markdown-it makes links even of bare domain names."""
    pytest.importorskip("linkify_it")
    eager = MarkdownIt("gfm-like", {"html": True, "linkify": True})
    text = render(edition_of(make, stories(make, MARKUP)), "md")
    assert check_markdown(text, browser, eager.render) > 0


def test_titles_and_names_of_a_digest_are_text_too(make):
    for payload in MARKUP:
        edition = edition_of(make, stories(make, ["Plain"]), title=payload)
        check_page(render(edition, "html"))
        check_markdown(render(edition, "md"))
        check_json(render(edition, "json"))
        check_atom(render(edition, "atom"))


TEXT = st.text(
    st.one_of(
        st.sampled_from("<>[]()!*_`~#&\"'\\@:/.|$={}^+-1 \n\t\u202e\u2028م"), st.characters()
    ),
    max_size=40,
)


@pytest.mark.slow
@settings(max_examples=examples(60), deadline=None)
@given(texts=st.lists(TEXT, min_size=1, max_size=5))
def test_no_text_at_all_is_markup(make, texts):
    stories = [story(make, f"{n}", text) for n, text in enumerate(texts)]
    check_all(edition_of(make, stories))


@pytest.mark.slow
@settings(max_examples=examples(200), deadline=None)
@given(text=TEXT)
def test_markdown_says_what_the_title_says(make, text):
    """Escaping loses nothing: the reader sees the text as it passed the gate."""
    lead = make.coverage("a", text, link=None, url=None)
    edition = edition_of(make, [make.view("a", lead)])
    heading = browser(GITHUB.render(render(edition, "md"))).find(".//{*}h2")
    shown = json.loads(render(edition, "json"))["stories"][0]["headline"]
    seen = "".join(heading.itertext()).replace("\u2060", "")
    assert seen == (shown or "Untitled")


def test_parts_of_a_page_do_not_leak_into_each_other(make):
    """Coverage is data: an item that claims to be markup-safe is not believed."""

    class Sly(str):
        __slots__ = ()

        def __html__(self) -> str:
            return "<script>alert(1)</script>"

    sly = Sly("<script>alert(1)</script>")
    part = Coverage(make.item("a", sly, lead=sly, source=sly), "ca")
    check_page(render(edition_of(make, [make.view("a", part)]), "html").replace("a.example", OURS))
