"""The feeds of a page, and one feed under two addresses."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch import NotFound, discover, same_feed, spelling
from aggregator.fetch.discovery import MOST, sniff

ATOM = b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>A</title></feed>'
JSON = b'{"version": "https://jsonfeed.org/version/1.1", "title": "A", "items": []}'
RDF = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    b'xmlns="http://purl.org/rss/1.0/"></rdf:RDF>'
)


def answer(body, status="200 OK", **headers):
    async def play(wire, asked):
        await wire.answer(status, body, **headers)

    return play


def page(head, body="", **headers):
    html = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    return answer(html.encode(), content_type="text/html; charset=utf-8", **headers)


def found(kit, pages, path="/", **limits):
    async def run():
        async with kit.Site(pages) as site, kit.fetcher(**limits) as fetcher:
            return await discover(fetcher, site.url(path)), site

    feeds, site = asyncio.run(run())
    return [(feed.url.removeprefix(site.url("")), feed.title, feed.type) for feed in feeds], site


def link(href, title="", type_="application/rss+xml", rel="alternate"):
    return f'<link rel="{rel}" type="{type_}" title="{title}" href="{href}">'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>", "rss"),
        (b"\xef\xbb\xbf<!-- hello --><rss version='0.91'>", "rss"),
        ("<?xml version='1.0' encoding='utf-16'?><rss version='2.0'>".encode("utf-16"), "rss"),
        (ATOM, "atom"),
        (b'<a:feed xmlns:a="http://www.w3.org/2005/Atom">', "atom"),
        (b'<feed version="0.3" xmlns="http://purl.org/atom/ns#">', "atom"),
        (RDF, "rss"),
        (JSON, "json"),
        (b'{"title": "A", "version": "https:\\/\\/jsonfeed.org\\/version\\/1"}', "json"),
        (b"<html><body><rss></rss></body></html>", ""),
        (b"<!DOCTYPE html><title>rss</title>", ""),
        (b'{"version": "1.0"}', ""),
        (b"", ""),
        (b"\x00\xff", ""),
    ],
)
def test_what_looks_like_a_feed(body, kind):
    assert sniff(body) == kind


def test_a_page_that_is_a_feed(kit):
    for body, kind in ((ATOM, "atom"), (JSON, "json"), (RDF, "rss")):
        feeds, _ = found(kit, {"/": answer(body)})
        assert feeds == [("/", "", kind)]


def test_the_address_after_redirects_is_offered(kit):
    pages = {"/": answer(b"", "301 Moved", location="/feed.atom"), "/feed.atom": answer(ATOM)}
    assert found(kit, pages)[0] == [("/feed.atom", "", "atom")]


def test_link_elements_in_their_order_comments_last(kit):
    head = (
        link("/comments/feed", "Comments")
        + link("news.xml", "News &amp; more")
        + link("//127.0.0.1:9/other", "Other", "application/atom+xml")
        + link("/json", "", "application/feed+json", "ALTERNATE home")
        + link("/style.css", "", "text/css", "stylesheet")
        + link("/de", "", "text/html")
        + link("news.xml", "again")
        + link("", "empty")
        + link("javascript:alert(1)", "no")
        + link("http://user:secret@127.0.0.1/", "no")
    )
    feeds, site = found(kit, {"/a/": page(head)}, "/a/")
    assert feeds == [
        ("/a/news.xml", "News & more", "rss"),
        ("http://127.0.0.1:9/other", "Other", "atom"),
        ("/json", "", "json"),
        ("/comments/feed", "Comments", "rss"),
    ]
    assert len(site.asked) == 1


def test_a_base_element_counts(kit):
    feeds, _ = found(kit, {"/a/b": page('<base href="/c/">' + link("feed"))}, "/a/b")
    assert feeds[0][0] == "/c/feed"


def test_links_that_look_like_feeds_where_none_is_named(kit):
    body = '<a href="/rss.xml">Our feed</a> <a href="/about">About</a> <a href="/feed/">F</a>'
    feeds, _ = found(kit, {"/": page("", body)})
    assert [feed[:2] for feed in feeds] == [("/rss.xml", "Our feed"), ("/feed/", "F")]


@pytest.mark.parametrize("place", ["/feed", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json"])
def test_common_places(kit, place):
    pages = {"/": page(""), place: answer(JSON if place.endswith("json") else ATOM)}
    feeds, _ = found(kit, pages, spacing=0.0)
    assert [feed[0] for feed in feeds] == [place]


def test_a_soft_404_at_a_common_place_is_no_feed(kit):
    feeds, site = found(kit, {"/": page(""), "*": page("", "Not found")})
    assert feeds == []
    assert len(site.asked) < 12


def test_a_page_that_names_thousands_gives_some(kit):
    feeds, _ = found(kit, {"/": page("".join(link(f"/{n}") for n in range(3_000)))})
    assert len(feeds) == MOST


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00" * 100,
        b"<" * 50_000,
        b"<div>" * 20_000,
        b"<html><head><link rel=alternate type='application/rss+xml' href='",
        b"<meta charset=no-such-charset>" + b"<p>x",
        bytes(range(256)) * 20,
    ],
)
def test_broken_pages_name_nothing_and_break_nothing(kit, body):
    try:
        feeds, _ = found(kit, {"/": answer(body, content_type="text/html; charset=no-such")})
    except NotFound:
        return
    assert feeds == []


@pytest.mark.parametrize("status", ["404 No", "500 Oh", "403 No"])
def test_a_page_that_cannot_be_had_is_told(kit, status):
    with pytest.raises(NotFound, match=status[:3]):
        found(kit, {"/": answer(b"", status)})


def test_titles_in_other_scripts(kit):
    feeds, _ = found(kit, {"/": page(link("/ar", "أخبار"))})
    assert feeds == [("/ar", "أخبار", "rss")]


@pytest.mark.parametrize(
    "other",
    [
        "https://example.com/feed",
        "http://example.com/feed/",
        "HTTPS://WWW.Example.COM/feed",
        "https://example.com:443/feed#top",
        "http://example.com:80/feed",
        "feed://example.com/feed",
        "feed:https://example.com/feed",
        "example.com/feed",
        " https://example.com./feed ",
    ],
)
def test_one_feed_in_other_spellings(other):
    assert same_feed("http://www.example.com/feed", other)


@pytest.mark.parametrize(
    "other",
    [
        "https://example.com/Feed",
        "https://example.com/feed?lang=ar",
        "https://feeds.example.com/feed",
        "https://example.com:8080/feed",
        "https://example.org/feed",
        "/var/feeds/feed",
        "https://[bad",
        "",
    ],
)
def test_other_feeds(other):
    assert not same_feed("https://example.com/feed", other)


def test_the_order_of_parameters_does_not_count():
    assert same_feed("https://a.example/?b=1&a=2", "https://a.example/?a=2&b=1")


@pytest.mark.slow
@given(st.text())
def test_any_text_has_a_spelling_of_its_own(text):
    assert spelling(text) == spelling(text)
