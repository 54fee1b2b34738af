"""Documents read by the compiled reader give what the Python reader gives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import Document
from aggregator.parse import ParseError, parse
from aggregator.parse.feeds import entry_source, markup
from tests.support import examples, render_samples

pytest.importorskip(
    "aggregator.parse.native.reader",
    reason="the compiled reader is not built",
    exc_type=ImportError,
)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://feeds.example/news.xml"


@contextmanager
def python_reader() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entry_source, "COMPILED", False)
        patch.setattr(markup, "_at_once", lambda text, base: None)
        yield


def read(body: bytes, **more: int) -> Document | str:
    try:
        return parse(body, url=URL, now=NOW, **more)
    except ParseError as problem:
        return str(problem)


def same(body: bytes, **more: int) -> Document | str:
    """What both readers say of ``body``."""
    compiled = read(body, **more)
    with python_reader():
        assert compiled == read(body, **more)
    return compiled


VALUES = st.sampled_from(
    [
        "", " ", "Flood wall gives way", "  two  words\n", "a &amp;amp; b",
        "&lt;b&gt;bold&lt;/b&gt; &amp;c",
        "<![CDATA[<p>One <a href='https://a.example/1?x=1&y=2'>two</a>]]>",
        "<![CDATA[a]]> b <![CDATA[c]]>",
        "<![CDATA[<p>Two<p>three<script>x</script>]]>", "<![CDATA[<a href='/rel'>a</a>]]>",
        "فيضانات في المدينة", "cafe\u0301", "zero\u200bwidth", "a\u00a0b", "&#150;", "&#13;",
        "https://a.example/1", "http://a.example/\u043d\u043e?x=1&amp;y=2", "/relative",
        "-https://b.example/",
        "https://u:p@c.example/", "tag:a.example,2026:1", "Sun, 22 Nov 2026 10:20:30 GMT",
        "2026-11-22T10:20:30+02:00", "Sun,22 Nov 2026 4:5:6 GMT+9", "tomorrow",
        "1999-99-99T00:00:00Z",
        "2035-01-01T00:00:00Z", "a@b.example (Ann Lee)", "Ann Lee", "ar-EG",
        "<em>markup</em> of its own",
        "<name>Bo</name><email>b@c.example</email>", "<name>",
        "<div xmlns='http://www.w3.org/1999/xhtml'>x</div>",
    ]
).map(lambda value: "" if value == "<name>" else value)  # fmt: skip
TAGS = [
    "title", "link", "guid", "id", "description", "summary", "content", "pubDate", "published",
    "updated", "date", "author", "category", "enclosure", "source", "comments", "language", "body",
    "content:encoded", "dc:date", "dc:creator", "dc:subject", "dc:title", "dc:language", "a:link",
    "a:content", "a:summary", "media:content", "media:group", "media:title", "media:description",
    "itunes:author", "itunes:summary", "feedburner:origLink", "x:body", "unknown", "contributor",
]  # fmt: skip
ATTRIBUTES = [
    "", "", "", "", "", ' type="html"', ' type="text"', ' type="xhtml"', ' type="text/html"',
    ' type="image/png"', ' mode="escaped"', ' mode="base64"', ' isPermaLink="false"',
    ' isPermaLink="true"', ' href="https://a.example/h"',
    ' href="/h" rel="alternate" type="text/html"',
    ' href="https://a.example/e.mp3" rel="enclosure"', ' rel="replies" href="https://a.example/r"',
    ' rel="canonical" href="https://a.example/c"', ' url="https://a.example/u.jpg"',
    ' term="T" label="L"',
    ' term="T"', ' src="https://a.example/s"', ' xml:lang="fr"',
    ' xml:base="https://base.example/x/"',
    ' url=""', ' a:type="html"',
]  # fmt: skip


def _element(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda tag, attributes, inner: f"<{tag}{attributes}>{''.join(inner)}</{tag}>",
        st.sampled_from(TAGS),
        st.sampled_from(ATTRIBUTES),
        st.lists(inside, min_size=1, max_size=2),
    )


ELEMENTS = _element(VALUES | _element(VALUES))
ITEMS = st.lists(st.lists(ELEMENTS, max_size=8).map("".join), min_size=1, max_size=4)
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:a="http://www.w3.org/2005/Atom" xmlns:x="http://www.w3.org/1999/xhtml" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def rss(inside: list[str], extra: str = "") -> bytes:
    body = "".join(f"<item{extra}>{one}</item>" for one in inside)
    head = "<title>T</title><link>https://s.example/</link>"
    return f'<rss version="2.0" {NAMESPACES}><channel>{head}{body}</channel></rss>'.encode()


def atom(inside: list[str], extra: str = "") -> bytes:
    body = "".join(f"<entry{extra}>{one}</entry>" for one in inside)
    names = f'xmlns="http://www.w3.org/2005/Atom" {NAMESPACES}'
    return f"<feed {names}><title>T</title>{body}</feed>".encode()


def rdf(inside: list[str], extra: str = "") -> bytes:
    names = f'xmlns="http://purl.org/rss/1.0/" xmlns:rdf="{RDF}" {NAMESPACES}'
    body = "".join(
        f'<item rdf:about="https://s.example/{n}"{extra}>{one}</item>'
        for n, one in enumerate(inside)
    )
    head = "<channel><title>T</title></channel>"
    return f"<rdf:RDF {names}>{head}{body}</rdf:RDF>".encode()


@pytest.mark.slow
@settings(max_examples=examples(1_500))
@given(
    st.sampled_from([rss, atom, rdf]),
    ITEMS,
    st.sampled_from(["", "", "", ' xml:lang="de"', ' xml:base="https://b.example/"']),
)
def test_any_entries_are_read_as_the_python_reader_reads_them(
    written: type[rss], inside: list[str], extra: str
) -> None:
    same(written(inside, extra))


def test_a_plain_feed_is_read_by_the_compiled_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.parse.feeds.build.entry", None)  # the Python way breaks
    said = read(rss(["<title>One</title><link>https://a.example/1</link>", "<title>Two</title>"]))
    assert isinstance(said, Document)
    assert [entry.title for entry in said.entries] == ["One", "Two"]
    assert said.entries[0].link == "https://a.example/1"


def test_entries_that_are_not_plain_are_read_between_plain_ones() -> None:
    odd = '<title>Two</title><a:content type="xhtml"><x:div>b <x:b>c</x:b></x:div></a:content>'
    said = same(atom(["<title>One</title>", odd, "<title>Three</title>"]))
    assert isinstance(said, Document)
    assert [entry.title for entry in said.entries] == ["One", "Two", "Three"]
    assert "<b>c</b>" in said.entries[1].content


def test_of_too_many_entries_the_newest_are_taken() -> None:
    days = [
        f"<title>{day}</title><pubDate>Sun, {day:02} Nov 2026 10:00:00 GMT</pubDate>"
        for day in (9, 11, 10)
    ]
    said = same(rss(days), max_entries=2)
    assert isinstance(said, Document)
    assert [entry.title for entry in said.entries] == ["11", "10"]


@pytest.mark.parametrize(
    "entry",
    [
        # A mark joins the sign before it: no tag is left, as the long way sees it.
        "<description>a &lt;\u0338b&gt;</description>",
        '<description>&lt;i&gt;x&lt;/i&gt; \U00011099\U000110ba href="http://u@v"</description>',
        "<description>a &lt;!-- " + "&lt;div&gt;" * 70 + " --&gt; b</description>",
        '<guid isPermaLink="true" ispermalink="false">https://a.example/1</guid>',
        '<guid ispermalink="false" isPermaLink="true">https://a.example/1</guid>',
        "<title>" + "\u0958" * 500 + "</title>",
        "<category>" + "\u0958" * 150 + "</category><guid>" + "\u0958" * 900 + "</guid>",
        "<description>&lt;p&gt;" + "\u0958" * 90_000 + "</description>",
        '<a:summary type="text">&lt;' + "\u0958" * 90_000 + "</a:summary>",
        '<category label="' + " " * 801 + 'Hello"/>',
        "<description>a&amp;#8203;b &lt;\u0338c</description>",
        '<guid isPermaLink="false">https://a.example/1</guid><guid isPermaLink="">https://a.example/2</guid>',
        "<pubDate>S29,31 Jul 2025 13:0:27 -1</pubDate>",
        "<pubDate>Mon, 01 Jan 0001 00:00:00 +0100</pubDate>",
        "<title>" + " " * 990 + "title of many blanks" + " " * 4_000 + "</title>",
        "<title>" + "\u0958" * 990 + "</title>",
        "<pubDate>0001-01-01T00:00:00+05:00</pubDate><title>the first day</title>",
        "<pubDate>9999-12-31T23:59:59-05:00</pubDate><title>the last day</title>",
    ],
    ids=lambda entry: entry[:24],
)
def test_odd_entries_are_read_alike(entry: str) -> None:
    for written in (rss, atom):
        said = same(written([entry, "<title>another</title>"]))
        assert isinstance(said, Document)
        assert said.entries[-1].title == "another"


def test_a_document_with_more_names_than_are_remembered() -> None:
    names = "".join(f"<n{number}>x</n{number}>" for number in range(200))
    said = same(rss([f"{names}<title>One</title>{names}", "<title>Two</title>"]))
    assert isinstance(said, Document)
    assert [entry.title for entry in said.entries] == ["One", "Two"]


def test_the_sample_edition(tmp_path: Path) -> None:
    render_samples(tmp_path)
    paths = [path for path in sorted(tmp_path.rglob("*")) if path.suffix in (".xml", ".json")]
    assert len(paths) > 30
    for path in paths:
        same(path.read_bytes())


def test_real_documents(shared: Path) -> None:
    for path in sorted((shared / "feeds" / "real").glob("*.xml")):
        same(path.read_bytes())
