"""Feed formats and their namespaces, as entries."""
# ruff: noqa: E501 - documents read best on one line

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from aggregator.model import Document, Entry
from aggregator.parse import ParseError, parse

NOW = datetime(2026, 11, 24, tzinfo=UTC)
WHEN = datetime(2024, 12, 25, 8, 58, tzinfo=UTC)


def document(text: str, url: str | None = "https://news.example/feeds/all.xml") -> Document:
    return parse(text.encode(), url=url, now=NOW)


def rss(item: str, head: str = "", names: str = "") -> Entry:
    (entry,) = document(
        f'<rss version="2.0" {names}><channel><title>News</title>{head}<item>{item}</item></channel></rss>'
    ).entries
    return entry


def atom(entry: str) -> Entry:
    (found,) = document(
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><entry>{entry}</entry></feed>'
    ).entries
    return found


DOCUMENTS = {
    "rss091": """<rss version="0.91"><channel><title>News</title><link>https://news.example/</link>
        <language>en-us</language><item><title>The bridge opens</title>
        <link>https://news.example/1</link><description>It opened.</description></item></channel></rss>""",
    "rss20": """<rss version="2.0"><channel><title>News</title><link>https://news.example/</link>
        <language>en</language><item><title>The bridge opens</title><link>https://news.example/1</link>
        <description>It opened.</description></item></channel></rss>""",
    "rss10": """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel rdf:about="https://news.example/"><title>News</title>
        <link>https://news.example/</link><dc:language>en</dc:language></channel>
        <item rdf:about="https://news.example/1"><title>The bridge opens</title>
        <link>https://news.example/1</link><description>It opened.</description></item></rdf:RDF>""",
    "atom03": """<feed version="0.3" xmlns="http://purl.org/atom/ns#" xml:lang="en"><title>News</title>
        <link rel="alternate" type="text/html" href="https://news.example/"/>
        <entry><title>The bridge opens</title><link rel="alternate" type="text/html"
        href="https://news.example/1"/><summary>It opened.</summary></entry></feed>""",
    "atom10": """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>News</title>
        <link href="https://news.example/"/><entry><title>The bridge opens</title>
        <link href="https://news.example/1"/><summary>It opened.</summary></entry></feed>""",
    "json10": json.dumps(
        {"version": "https://jsonfeed.org/version/1", "title": "News", "language": "en",
         "home_page_url": "https://news.example/",
         "items": [{"id": 1, "url": "https://news.example/1", "title": "The bridge opens",
                    "content_text": "It opened."}]}
    ),
    "json11": json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "News", "language": "en",
         "home_page_url": "https://news.example/",
         "items": [{"id": "1", "url": "https://news.example/1", "title": "The bridge opens",
                    "content_html": "It opened.", "authors": [{"name": "Jane"}], "tags": ["x"]}]}
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_every_format_says_the_same(kind: str) -> None:
    found = document(DOCUMENTS[kind])
    (entry,) = found.entries
    assert found.kind == kind
    assert (found.title, found.link, found.language) == ("News", "https://news.example/", "en")
    assert (entry.title, entry.link) == ("The bridge opens", "https://news.example/1")
    assert (entry.content or entry.summary) == "It opened."
    assert found.parser == ("json" if kind.startswith("json") else "fast")
    assert not found.problems


def test_namespaces_give_what_the_format_lacks() -> None:
    entry = rss(
        """<title>The bridge opens</title><dc:creator>Jane Doe</dc:creator>
        <dc:date>2024-12-25T08:58:00Z</dc:date><dc:subject>World</dc:subject>
        <content:encoded><![CDATA[<p>It opened <b>today</b>.</p>]]></content:encoded>
        <description>Short.</description><link>https://r.example/x</link>
        <feedburner:origLink>https://news.example/1</feedburner:origLink>
        <media:content url="https://news.example/a.jpg"/><thr:total>4</thr:total>
        <source url="https://other.example/feed">The Other Paper</source>
        <enclosure url="https://news.example/a.mp3" type="audio/mpeg" length="1"/>
        <comments>https://news.example/1#comments</comments>""",
        names="""xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:thr="http://purl.org/syndication/thread/1.0"
        xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"
        xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" """,
    )
    assert entry.authors == ("Jane Doe",)
    assert entry.categories == ("World",)
    assert entry.published == WHEN
    assert entry.content == "<p>It opened <b>today</b>.</p>"
    assert entry.summary == "Short."
    assert entry.link == "https://news.example/1"
    assert entry.source_title == "The Other Paper"
    assert entry.source_url == "https://other.example/feed"
    assert set(entry.enclosures) == {"https://news.example/a.jpg", "https://news.example/a.mp3"}
    assert entry.comments == "https://news.example/1#comments"


def test_itunes_and_untitled_entries() -> None:
    names = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    entry = rss(
        "<itunes:title>Part two</itunes:title><itunes:summary>Long.</itunes:summary>", names=names
    )
    assert (entry.title, entry.summary) == ("Part two", "Long.")


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("&lt;b&gt;Bold&lt;/b&gt; move", "Bold move"),
        ("<![CDATA[<em>New</em> bridge]]>", "New bridge"),
        ("5 &lt; 6 and 7 &gt; 3", "5 < 6 and 7 > 3"),
        ("Caf&#233; &amp;eacute;t&amp;eacute;", "Café été"),
        ("The &#150; dash", "The – dash"),
        ("a\u0007b\u202ec\u200bd", "abcd"),
        ("  two\n   lines ", "two lines"),
    ],
)
def test_titles_are_plain_text(said: str, title: str) -> None:
    assert rss(f"<title>{said}</title>").title == title


def test_atom_titles_follow_their_type() -> None:
    assert atom('<title type="html">A &lt;b&gt;b&lt;/b&gt;</title>').title == "A b"
    assert atom('<title type="text">A &lt;b&gt;</title>').title == "A <b>"
    xhtml = '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <i>b</i></div></title>'
    assert atom(xhtml).title == "A b"


def test_relative_links_are_resolved() -> None:
    assert rss("<title>a b</title><link>/x?a=1</link>").link == "https://news.example/x?a=1"
    entry = atom('<title>a b</title><link href="c" xml:base="https://b.example/d/"/>')
    assert entry.link == "https://b.example/d/c"
    assert (
        "https://news.example/y"
        in rss(
            "<title>a b</title><description>&lt;a href='/y'&gt;y&lt;/a&gt;</description>"
        ).summary
    )


@pytest.mark.parametrize(
    "bad",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "http://[bad",
        "mailto:a@b.example",
    ],
)
def test_links_that_are_no_web_pages_are_dropped(bad: str) -> None:
    entry = rss(f"<title>a b</title><link>{bad}</link>")
    assert entry.link is None
    assert "bad_link" in entry.flags


def test_credentials_in_links_are_dropped() -> None:
    entry = rss("<title>a b</title><link>https://user:secret@news.example/1</link>")
    assert "secret" not in (entry.link or "")


@pytest.mark.parametrize(
    "said",
    ["Wed, 25 Dec 2024 08:58:00 GMT", "Wed, 25 Dec 2024 09:58:00 +0100", "2024-12-25T08:58:00Z",
     "2024-12-25T11:58:00+03:00", "1735117080", "Wed,25 Dec 2024 8:58:0 GMT"],
)  # fmt: skip
def test_dates_are_utc(said: str) -> None:
    assert rss(f"<title>a b</title><pubDate>{said}</pubDate>").published == WHEN


@pytest.mark.parametrize(
    "said", ["0000-00-00", "yesterday-ish", "Fri, 31 Dec 9999 00:00:00 GMT", "", "1405/99/99"]
)
def test_broken_dates_are_none(said: str) -> None:
    assert rss(f"<title>a b</title><pubDate>{said}</pubDate>").published is None


def test_entries_that_say_nothing_are_dropped() -> None:
    found = document(
        '<rss version="2.0"><channel><item/><item><title> </title></item></channel></rss>'
    )
    assert found.entries == ()
    assert any("no title, text" in problem for problem in found.problems)


def test_what_a_publisher_wishes() -> None:
    found = document(
        """<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
        xmlns:atom="http://www.w3.org/2005/Atom"><channel><ttl>90</ttl>
        <skipHours><hour>1</hour><hour>24</hour></skipHours><skipDays><day>sunday</day></skipDays>
        <sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
        <atom:link rel="hub" href="https://hub.example/"/>
        <atom:link rel="self" href="https://news.example/feed"/>
        <item><title>a b</title></item></channel></rss>"""
    )
    assert found.ttl == 5_400.0
    assert (found.skip_hours, found.skip_days) == ((0, 1), ("Sunday",))
    assert (found.hub, found.topic) == ("https://hub.example/", "https://news.example/feed")


def test_the_newest_entries_are_kept() -> None:
    items = "".join(
        f"<item><title>Story number {i}</title><pubDate>{WHEN.replace(day=1 + i):%a, %d %b %Y} 00:00:00 GMT"
        "</pubDate></item>"
        for i in range(20)
    )
    found = parse(
        f'<rss version="2.0"><channel>{items}</channel></rss>'.encode(), now=NOW, max_entries=5
    )
    assert [e.title for e in found.entries] == [f"Story number {i}" for i in range(15, 20)]
    assert any("only the newest 5" in problem for problem in found.problems)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "hello",
        "<html><body>x</body></html>",
        "<!doctype html><title>x</title>",
        "<opml/>",
        "[]",
        "{}",
    ],
)
def test_what_is_no_feed_is_named(text: str) -> None:
    with pytest.raises(ParseError) as found:
        document(text)
    assert len(str(found.value)) > 10
