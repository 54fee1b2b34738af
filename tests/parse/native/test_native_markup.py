"""Markup that the compiled cleaner takes comes out as nh3 writes it, and inert whatever it is."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.parse.feeds import markup
from aggregator.parse.feeds.fast_scalars import gated
from tests.support import examples

clean_at_once = pytest.importorskip(
    "aggregator.parse.native.markup",
    reason="the compiled reader is not built",
    exc_type=ImportError,
).clean_at_once

ELEMENTS = [
    "div", "blockquote", "figure", "figcaption", "section", "center", "p", "h1", "h3", "li", "ul",
    "ol", "b", "i", "em", "a", "span", "font", "strong", "s", "u", "code", "tt",
]  # fmt: skip
ATTRIBUTES = [
    "", "", "", ' class="x"', " id='y'", " width=100%", " async", ' data-a-b="c"', ' title="@a"',
    ' href="https://x.example/p?q=r&amp;s=1&t=2" target="_blank"', " href=https://x.example/",
    ' href="http://x.example/@me#f" rel=nofollow', ' href="#x"', ' a="b"c="d"', ' href=""', " href",
    ' href="/r?a=1&b=2"', " href=/r/s", ' href="//r.example/"', ' href="r.html"',
    ' HREF="https://x.example/"', ' href="https://1.2.3.4/"', ' href="https://xn--a.example/"',
    ' href="https://u:p@x.example/"', ' href="javascript:alert(1)"', ' href="mailto:a@x.example"',
    ' href="https://x.example/" href="https://y.example/"', ' href="https://x.example/?&copy"',
    ' href=" https://x.example/"', ' href="https://x.example:99999/"', " onclick=alert(1)",
]  # fmt: skip
TEXTS = [
    "word", "two words ", "\n", " ", "كلمة", "中", "\U0001f600", "\xa0", ">", '"', "'", "& ", "&T)",
    "&amp;", "&lt;b&gt;", "&nbsp;", "&rsquo;", "&#8217;", "&#x1F600;", "&#128;", "&#0;", "&#xD800;",
    "&#160;", "&notit;", "&not", "&copy", "&copy;", "&quot;", "&fjlig;", "&", "<br>", "<br/>",
    "<hr>",
    '<img alt="q" src=x>', "<img src='x' onerror=alert(1)>", "</img>", "<!-- c -->", "<!-- > b -->",
    "<!-->", "<!--->", "<script src=x></script>", "<script>a<b</script>", "<iframe src=y></iframe>",
    "<iframe>", "</p>", "</li>", "</ul>", "</br>", "<P>", "<table><td>", "<svg>", "<", "</", "<a",
]  # fmt: skip


def _element(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def written(name: str, attributes: str, inner: list[str], end: str) -> str:
        return f"<{name}{attributes}>{''.join(inner)}" + (f"</{name}>" if end == "whole" else end)

    return st.builds(
        written,
        st.sampled_from(ELEMENTS),
        st.sampled_from(ATTRIBUTES),
        st.lists(inside, max_size=4),
        st.sampled_from(["whole"] * 8 + ["", "</b>"]),
    )


MARKUP = st.lists(st.recursive(st.sampled_from(TEXTS), _element, max_leaves=12), max_size=4)


def by_nh3(text: str, base: str | None = None) -> str:
    return markup._CREDENTIALS.sub(r"\1", markup._cleaner(base).clean(text)).strip()


BASES = st.sampled_from(
    [
        None, "https://b.example", "https://b.example/", "http://b.example/x/y.html?p=1&q=2#z",
        "https://b.example/x/./y", "https://B.example/X", "https://b.example:80/x", "http://b.example?q",
        "https://b.example/\u00e9", "https://b.example/%7ex", "https://u:p@b.example/x", "HTTP://b.example/",
    ]
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=examples(1_500))
@given(MARKUP.map("".join), BASES)
def test_what_is_taken_is_what_nh3_gives(text: str, base: str | None) -> None:
    text = gated(text)
    found = clean_at_once(text, base)
    if found is not None:
        assert found.strip() == by_nh3(text, base)


@given(st.lists(st.sampled_from(TEXTS + [f"<{e}>" for e in ELEMENTS]), max_size=12).map("".join))
def test_tags_in_any_order_are_taken_as_nh3_takes_them(text: str) -> None:
    text = gated(text)
    found = clean_at_once(text, None)
    if found is not None:
        assert found.strip() == by_nh3(text)


PATH = st.text(st.sampled_from("/#?a.b-_~=&;:@!$()*+,%'|^{}[]\\ é\u4e2d"), max_size=12)


@given(st.sampled_from(["", "/", "#", "//", "https://c.example/", "http:"]), PATH, BASES)
def test_addresses_are_joined_as_nh3_joins_them(start: str, rest: str, base: str | None) -> None:
    text = f'<a href="{start}{rest}">a</a>'
    found = clean_at_once(text, base)
    if found is not None:
        assert found == by_nh3(text, base)


@pytest.mark.parametrize(
    ("address", "base", "joined"),
    [
        ("/x?y=1&amp;z", "https://b.example/c/d", "https://b.example/x?y=1&amp;z"),
        ("#part", "https://b.example/c?d#e", "https://b.example/c?d#part"),
        ("#part", "https://b.example", "https://b.example/#part"),
    ],
)
def test_usual_relative_links_are_taken(address: str, base: str, joined: str) -> None:
    text = f'<a href="{address}">a</a>'
    assert clean_at_once(text, base) == f'<a href="{joined}">a</a>' == by_nh3(text, base)
    assert clean_at_once(text, None) == "<a>a</a>" == by_nh3(text)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("a</p>b", "a<p></p>b"),
        ("<p><blockquote>a</blockquote></p>", "<p></p><blockquote>a</blockquote><p></p>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<b>a", "<b>a</b>"),
        ("<span><div>a</div></span>", "<div>a</div>"),
        ("a<!-- b -->c", "ac"),
        ("a &amp; b & c &rsquo;", "a &amp; b &amp; c \u2019"),
        ('<a href="https://a.example/?b=1&c=2" onclick="x">a</a>',
         '<a href="https://a.example/?b=1&amp;c=2">a</a>'),
        ('<a href="javascript:alert(1)">a</a>', "<a>a</a>"),
        ('<p>a<img src="https://a.example/x.png"/></p>', "<p>a</p>"),
        ('<iframe src="https://a.example/"></iframe>a', "a"),
    ],
)  # fmt: skip
def test_usual_markup_is_taken(text: str, cleaned: str) -> None:
    assert clean_at_once(text, None) == cleaned == by_nh3(text)


@pytest.mark.parametrize(
    "text",
    [
        "<b><p>a</b></p>", "<p><b>a</p></b>", "<p><b><div>a</div></b></p>", "<a><a>b</a></a>",
        "<table><tr><td>a</table>", "<P>a</P>", "<svg><p>a</svg>", "<script>a < b</script>",
        '<a href="b">a</a>', '<a href="//b/c">a</a>', "<a href>a</a>",
        "<h1><h2>a</h2></h1>", "<li>a</li>", "&copy",
        "<b " * 40, "<", "<b", "</b", '<b x="', "<div>" * 33,
    ],
)  # fmt: skip
def test_the_rest_is_left_to_nh3(text: str) -> None:
    assert clean_at_once(text, "https://b.example/") is None


def test_long_texts_take_no_longer_than_their_length() -> None:
    """Quadratic, any of these would take minutes: pytest's limit of time says so."""
    for piece in ("<p>", "<b>a</b>", "<img ", "&amp", "<!-- ", "<li>", "</p>", '<a href="', "&#1;"):
        clean_at_once(piece * (200_000 // len(piece)), None)


def test_hostile_payloads_come_out_as_from_nh3(shared: Path) -> None:
    folder = shared / "feeds" / "hostile"
    texts = [one["payload"] for one in json.loads((folder / "dompurify_payloads.json").read_text())]
    texts += json.loads((folder / "naughty_strings.json").read_text())
    with tarfile.open(folder / "xss-payloadbox.tar.gz") as archive:
        for member in archive.getmembers():
            if member.isfile() and (opened := archive.extractfile(member)):
                texts += opened.read().decode("utf-8", "replace").splitlines()
    taken = 0
    for text in map(gated, texts):
        for wrapped in (
            text,
            f"<p>{text}</p>",
            f'<a href="{text}">a</a>',
            f"<b title='{text}'>b</b>",
        ):
            if (found := clean_at_once(wrapped, None)) is not None:
                taken += 1
                assert found.strip() == by_nh3(wrapped), wrapped
    assert len(texts) > 6_000
    assert taken > 1_000
