"""Lists of feeds, whole and broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse import OpmlFeed, ParseError, is_opml, read_opml, write_opml

LIST = """<?xml version="1.0"?>
<opml version="2.0"><head><title>x</title></head><body>
<outline text="News">
<outline text="A {}" type="rss" xmlUrl="https://a.example/?feed=rss&amp;lang=en"/>
<outline text="B" type="rss" xmlUrl="https://b.example/rss"/>
</outline>
<outline text="C" type="rss" xmlUrl="https://c.example/rss"/>
</body></opml>
"""
WHOLE = [
    ("https://a.example/?feed=rss&lang=en", ("News",)),
    ("https://b.example/rss", ("News",)),
    ("https://c.example/rss", ()),
]


def read(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(feed.url, feed.tags) for feed in read_opml(text.encode()).feeds]


@pytest.mark.parametrize(
    "broken",
    [
        LIST.replace("&amp;", "&"),
        LIST.format("R & D"),
        LIST.format("1 < 2"),
        LIST.format("the &quot;best&quot; &egregious; one"),
        LIST.format('the "best" one'),
        LIST.format("\x01\x08"),
        LIST.replace("</body></opml>", ""),
        LIST.replace("<head>", "<head><unclosed>"),
        "\ufeff" + LIST.replace("&amp;", "&"),
        LIST + LIST,
    ],
)
def test_a_broken_list_is_read_as_far_as_it_can_be(broken):
    assert read(broken) == WHOLE


def test_lost_addresses_are_named_with_their_line():
    found = read_opml(
        LIST.replace('xmlUrl="https://b.example/rss"', 'xmlUrl="https://b.exam').encode()
    )
    assert [feed.url for feed in found.feeds] == [WHOLE[0][0], WHOLE[2][0]]
    assert any("line 5" in problem for problem in found.problems)


def test_what_is_no_list_is_refused():
    for text in ("<html><body>x</body></html>", "plain", "<rss><channel/></rss>", ""):
        with pytest.raises(ParseError):
            read_opml(text.encode())


@pytest.mark.parametrize(
    "head", ["", "\ufeff", '<?xml version="1.0"?>\n', "<!-- a -->\n", "<!DOCTYPE opml>"]
)
def test_a_list_is_known_by_its_first_element(head):
    assert is_opml((head + "<opml version='1'>").encode())
    assert not is_opml((head + "<rss><channel><title>opml</title>").encode())


@given(st.text(max_size=200), st.integers(0, 400))
def test_no_damage_raises_anything_else(noise, at):
    text = LIST[:at] + noise + LIST[at:]
    try:
        found = read_opml(text.encode("utf-8", "surrogatepass"))
    except ParseError:
        return
    assert all(feed.url.startswith(("http://", "https://")) for feed in found.feeds)


def test_what_is_written_is_read_again():
    feeds = [
        OpmlFeed("https://a.example/x", "A & <B>", ("one", "two")),
        OpmlFeed("https://b.example", "b"),
    ]
    assert list(read_opml(write_opml(feeds)).feeds) == feeds
