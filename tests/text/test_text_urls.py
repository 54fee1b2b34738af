"""One address for one page, whatever it is wrapped in."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.text.urls import canonical_url, host, safe_link, targets

PAGE = "https://paper.example/news/2026/bridge?id=7"
QUOTED = quote(PAGE, safe="")


def google_news(url: str, *, amp: str = "") -> str:
    data = b"\x08\x13\x22" + _length(url) + url.encode()
    if amp:
        data += b"\xd2\x01" + _length(amp) + amp.encode()
    code = base64.urlsafe_b64encode(data).decode().rstrip("=")
    return f"https://news.google.com/rss/articles/{code}?oc=5"


def _length(text: str) -> bytes:
    size = len(text.encode())
    return bytes([size]) if size < 128 else bytes([size & 0x7F | 0x80, size >> 7])


@pytest.mark.parametrize(
    "wrapped",
    [
        f"https://www.google.com/url?q={QUOTED}&sa=D&usg=AOvVaw",
        f"https://www.google.co.uk/url?rct=j&sa=t&url={QUOTED}",
        f"https://news.google.com/news/url?sa=t&fd=R&url={QUOTED}",
        google_news(PAGE),
        google_news(PAGE, amp="https://paper.example/amp/news"),
        f"https://l.facebook.com/l.php?u={QUOTED}&h=AT0x",
        f"https://lm.facebook.com/l.php?u={QUOTED}",
        f"https://l.instagram.com/?u={QUOTED}&e=AT",
        f"https://t.umblr.com/redirect?z={QUOTED}&t=abc",
        f"https://out.reddit.com/t3_1?url={QUOTED}&token=x",
        f"https://eur01.safelinks.protection.outlook.com/?url={QUOTED}&data=05",
        f"https://vk.com/away.php?to={QUOTED}",
        f"https://www.youtube.com/redirect?event=video&q={QUOTED}",
        f"https://duckduckgo.com/l/?uddg={QUOTED}",
        f"https://link.zhihu.com/?target={QUOTED}",
        f"https://feedproxy.google.com/~r/paper/~3/x/?url={QUOTED}",
        f"https://tracker.example/redirect?campaign=4&url={QUOTED}",
        f"https://shop.example/out.php?to={quote(QUOTED)}",
        f"https://www.google.com/url?q={quote('https://exit.sc/?url=' + QUOTED, safe='')}",
        f"https://href.li/?{PAGE}",
        f"https://web.archive.org/web/20260102030405/{PAGE}",
        "https://paper-example.cdn.ampproject.org/c/s/paper.example/news/2026/bridge?id=7",
        "https://paper-example.cdn.ampproject.org/v/s/amp.paper.example/news/2026/bridge/amp?id=7"
        "&amp_js_v=0.1&usqp=mq331AQ",
        "https://www.google.com/amp/s/paper.example/news/2026/bridge/amp/?id=7",
    ],
)
def test_a_redirector_is_the_page_that_it_names(wrapped: str) -> None:
    assert canonical_url(wrapped) == PAGE
    assert safe_link(wrapped) != PAGE  # what is clicked stays as given


@pytest.mark.parametrize(
    "kept",
    [
        f"https://www.facebook.com/sharer/sharer.php?u={QUOTED}",
        f"https://twitter.com/intent/tweet?url={QUOTED}",
        f"https://site.example/login?redirect={QUOTED}",
        f"https://site.example/oembed?url={QUOTED}",
        f"https://validator.example/check?url={QUOTED}",
        "https://tracker.example/redirect?url=/local/page",
        "https://tracker.example/redirect?url=javascript:alert(1)",
        "https://tracker.example/redirect?url=http%3A%2F%2F127.0.0.1%2Fadmin",
        "https://tracker.example/redirect?id=99",
        "https://news.google.com/rss/articles/CBMihAFBVV95cUxPdnVpdGhlbmV3a2luZG9mbGluaw?oc=5",
        "https://www.google.com/amp/",
        "https://paper.example/out",
    ],
)
def test_what_names_no_page_or_is_a_page_itself_stays(kept: str) -> None:
    found = canonical_url(kept)
    assert found is not None
    assert host(found) == host(kept)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.paper.example/a/b", "http://m.paper.example/a/b/"),
        ("https://paper.example/a/b", "https://amp.paper.example/a/b?amp=1"),
        ("https://paper.example/a/b.html", "https://paper.example/a/b.amp.html"),
        ("https://paper.example/a/b", "https://paper.example/a/b/amp/"),
        ("https://paper.example/a/b", "https://paper.example/amp/a/b"),
        ("https://paper.example/a/b", "https://paper.example/a/b?outputType=amp"),
        ("https://en.wikipedia.org/wiki/Bridge", "https://en.m.wikipedia.org/wiki/Bridge"),
        ("https://one.blogspot.com/2026/01/x.html", "https://one.blogspot.com/2026/01/x.html?m=1"),
        ("https://paper.example/a", "https://paper.example:443/a#comments"),
        ("https://paper.example/a?x=1&y=2", "https://paper.example/a?y=2&utm_source=rss&x=1"),
        ("https://paper.example/a/", "https://paper.example//a/index.html"),
        ("https://paper.example/%C3%A9t%C3%A9", "https://paper.example/été"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
    ],
)
def test_two_dresses_of_one_page_are_one_address(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://paper.example/a?id=1", "https://paper.example/a?id=2"),
        ("https://paper.example/A", "https://paper.example/a"),
        ("https://paper.example/camp", "https://paper.example/c"),
        ("https://paper.example/a?m=1", "https://paper.example/a"),
        ("https://paper.example/a?view=print", "https://paper.example/a?view=list"),
        ("https://paper.example/a?page=2", "https://paper.example/a"),
        ("https://paper.example:8080/a", "https://paper.example/a"),
        ("https://de.paper.example/a", "https://en.paper.example/a"),
    ],
)
def test_two_pages_stay_two_addresses(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "no_page",
    [None, "", "mailto:a@b.example", "javascript:alert(1)", "https://", "http://[::1", "ftp://a/b"],
)
def test_what_is_no_web_address_is_none(no_page: str | None) -> None:
    assert canonical_url(no_page) is None


BEFORE = (
    "",
    "https://a.example/redirect?url=",
    "https://news.google.com/rss/articles/",
    "https://a.cdn.ampproject.org/c/s/",
    "https://a.example/amp/",
)


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from(BEFORE))
def test_any_text_gives_a_stable_address_or_none(text: str, before: str) -> None:
    found = canonical_url(before + text)
    assert found is None or canonical_url(found) == found


def test_targets_are_other_hosts_with_redirectors_undone() -> None:
    markup = f'<a href="/own">x</a><a href="https://www.google.com/url?q={QUOTED}">there</a>'
    assert targets(markup, "https://blog.example/post") == (PAGE,)
