"""Flat markup is cleaned without nh3 to just what nh3 makes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.feeds import markup
from aggregator.parse.feeds.fast_html import clean_simple

PIECES = [
    "<p>", "</p>", "<b>", "</b>", "<i>", "</i>", "<em>", "</em>", "<strong>", "</strong>",
    "<br>", "<br/>", "<br />", '<img src="https://a.example/x.png" alt="a b">', "<img/>",
    '<img src="x" onerror="alert(1)"/>', "<img src=x>", "<IMG>", "<script>", "</script>", "<!--",
    "-->", "<p class='x'>", "<P>", "<", ">", "&", "&amp;", "&nbsp;", "\xa0", '"', "'", " ", "\n",
    "word", "\u0643\u0644\u0645\u0629", "\U0001f600", "<a href='https://a.example/'>", "</a>",
    "<p", "</p", "<table>", "<td>", "<svg>", "<plaintext>",
]  # fmt: skip


def by_nh3(text: str) -> str:
    return markup._ABSOLUTE.clean(text).strip()


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_what_is_simple_is_what_nh3_gives(text: str) -> None:
    found = clean_simple(text)
    if found is not None:
        assert found.strip() == by_nh3(text)


FLOW = st.lists(
    st.sampled_from(
        ["word ", "\n", "<br/>", '<img alt="" src="x">', "<b>a</b>", "<i></i>", '"', "\u4e2d"]
    ),
    max_size=5,
).map("".join)


@given(st.lists(FLOW | FLOW.map(lambda inside: f"<p>{inside}</p>"), max_size=5).map("".join))
def test_flat_markup_is_simple(text: str) -> None:
    found = clean_simple(text)
    assert found is not None
    assert found.strip() == by_nh3(text)
    assert "<img" not in found


def test_a_password_goes_from_links_and_nothing_goes_from_texts() -> None:
    assert markup.clean_html('<table><a href="https://u:p@a.example/">b</a>') == (
        '<a href="https://a.example/">b</a><table></table>'
    )
    said = '<table></table> write: href="https://user@a.example/"'
    assert markup.clean_html(said) == said


@pytest.mark.parametrize("base", ["http://[", "http://", "http://a b/", "https://a.example:port/"])
def test_a_base_that_is_no_address_costs_only_the_relative_links(base: str) -> None:
    said = '<table></table><a href="/x">a</a> <a href="https://b.example/">b</a>'
    assert markup.clean_html(said, base) == (
        '<table></table><a>a</a> <a href="https://b.example/">b</a>'
    )


def test_of_attributes_only_addresses_are_kept() -> None:
    said = (
        '<table title="a"><tr lang="fr"><td><a href="/b" title="c" lang="d">e</a></td></tr></table>'
    )
    assert markup.clean_html(said, "https://a.example/x/") == (
        '<table><tbody><tr><td><a href="https://a.example/b">e</a></td></tr></tbody></table>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<p>a<p>b</p>", "<p><b>a</p></b>", "<p>a", "a</p>", "<b><i>a</i></b>", "a > b", "a & b",
        "<img src=x>", "<img alt='a>b'>", '<img alt="a>b">', "<p id='x'>a</p>", "<p >a</p>",
        "<script>a</script>", "<!-- a -->", "a\xa0b",
    ],
)  # fmt: skip
def test_the_rest_is_left_to_nh3(text: str) -> None:
    assert clean_simple(text) is None


def test_long_texts_take_no_longer_than_their_length() -> None:
    for text in ("<p>" * 30_000, "<img " + 'a="b" ' * 15_000, "<b>a" * 20_000, "a" * 100_000 + "<"):
        assert clean_simple(text) is None
