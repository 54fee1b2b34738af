"""One bad thing costs itself, not the document around it."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse import ParseError, parse
from aggregator.parse.decode import decode
from aggregator.text.clean import bounded_marks, gate
from aggregator.text.urls import safe_link

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def rss(*titles: str, head: str = "", prolog: str = "") -> bytes:
    items = "".join(
        f"<item><title>{t}</title><guid>{n}</guid></item>" for n, t in enumerate(titles)
    )
    text = f'{prolog}<rss version="2.0"><channel>{head}{items}</channel></rss>'
    return text.encode("utf-8", "surrogateescape")


def escaped(text: str) -> bytes:
    """UTF-8 in which surrogates stand for single bytes."""
    return text.encode("utf-8", "surrogateescape")


def titles(body: bytes) -> list[str]:
    return [entry.title for entry in parse(body, now=NOW).entries]


TWICE = "Größe".encode().decode("latin-1")  # read as Latin-1; encoded again it is twice UTF-8
FAULTS = {
    "bad byte": ("Stra\udcdfe in der Stadt", "Straße in der Stadt"),
    "cut letter": ("Stra\udcc3", "Stra\ufffd"),
    "encoded twice": (TWICE, "Größe"),
}


@pytest.mark.parametrize("names", [n for k in (1, 2, 3) for n in combinations(FAULTS, k)])
def test_faults_of_encoding_side_by_side_cost_no_entry(names):
    whole = [f"Überraschung für Jörg in Köln, Nummer {n}" for n in range(6)]
    broken = [FAULTS[name] for name in names]
    body = rss(*whole, *(text for text, _ in broken))
    assert titles(body) == [*whole, *(right for _, right in broken)]


@given(st.binary(max_size=300))
def test_decoding_never_raises(noise):
    base = rss("Größe", TWICE, "Überraschung")
    for at in (0, len(base) // 2, len(base) - 10):
        decode(base[:at] + noise + base[at:])


def test_a_latin_letter_among_utf8_is_that_letter_and_a_lost_half_is_not():
    text = decode(
        "Fußgängerzone, Käse, Öl, caf\udce9 – na\udcefve".encode("utf-8", "surrogateescape")
    )
    assert text.text.endswith("café – naïve")
    chinese = decode("新闻标题新闻标题新闻\udce6标题".encode("utf-8", "surrogateescape")).text
    assert "æ" not in chinese and "\ufffd" in chinese


@pytest.mark.parametrize("mark", ["\u0301", "\u0651", "\u05b0", "\u094d"])
def test_a_hundred_thousand_marks_on_a_letter_are_cut(mark):
    body = rss(f"Harbour a{mark * 100_000} wall", "Second")
    first, second = titles(body)
    assert first.startswith("Harbour ") and len(first) < 100
    assert second == "Second"


@given(st.text(alphabet="aé\u0301\u0323\u05b0م\u0651 ", max_size=700))
def test_texts_without_long_runs_of_marks_are_left_alone(text):
    longest = max((len(run) for run in gate(text).split("a")), default=0)
    if longest < 30:
        assert bounded_marks(text) == text


@pytest.mark.parametrize(
    ("declared", "title", "right"),
    [
        ('<!ENTITY nbsp "&#160;">', "a&nbsp;b", "a b"),
        ("<!ENTITY eacute '&#233;'><!ENTITY nbsp ' '>", "caf&eacute;", "café"),
    ],
)
def test_a_dtd_that_only_names_characters_is_dropped(declared, title, right):
    assert titles(rss(title, prolog=f"<!DOCTYPE rss [{declared}]>")) == [right]


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;">',
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p "x">',
        '<!ENTITY long "' + "x" * 500 + '">',
    ],
)
def test_a_dtd_that_could_do_harm_is_refused(declared):
    with pytest.raises(ParseError, match="declares entities"):
        parse(rss("a", prolog=f"<!DOCTYPE rss [{declared}]>"), now=NOW)


def test_an_author_of_30000_letters_in_broken_xml_is_cut():
    body = rss("Good", head="<a <b></x>").replace(
        b"<title>Good", b"<author>" + b"x" * 30_000 + b"</author><title>Good"
    )
    document = parse(body, now=NOW)
    assert [entry.title for entry in document.entries] == ["Good"]
    assert all(len(author) < 1_000 for entry in document.entries for author in entry.authors)


@pytest.mark.parametrize(
    ("title", "right"),
    [
        ("&lt;![CDATA[Offener Brief]]&gt;", "Offener Brief"),
        ("&lt;![CDATA[A &amp;amp; B", "A & B"),
        ("A guide to &lt;head&gt; elements", "A guide to <head> elements"),
        ("A &lt;b&gt;bold&lt;/b&gt; move", "A bold move"),
        ("&lt;p&gt;One&lt;/p&gt;&lt;p&gt;two&lt;/p&gt;", "One two"),
        ("A &lt;3 for librarians", "A <3 for librarians"),
    ],
)
def test_titles_that_hold_or_speak_of_markup(title, right):
    assert titles(rss(title)) == [right]


def test_an_escaped_cdata_section_in_a_text_keeps_its_text():
    body = rss("t").replace(
        b"<guid>",
        b"<description>&lt;![CDATA[Some &lt;b&gt;text&lt;/b&gt;]]&gt;</description><guid>",
    )
    (entry,) = parse(body, now=NOW).entries
    assert entry.summary in ("Some <b>text</b>",) or entry.content == "Some <b>text</b>"


@pytest.mark.parametrize(
    "said",
    [
        "Tue, 24 Nov 2026 20:0:0 Z",
        "Tue, 24 Nov 2026 20:00 GMT",
        "24 Nov 26 20:0 UTC",
        "Tue, 24 Nov 2026 20:0:00 +0000",
    ],
)
def test_times_without_their_zeros(said):
    body = rss("t").replace(b"<guid>", f"<pubDate>{said}</pubDate><guid>".encode())
    (entry,) = parse(body, now=NOW).entries
    assert entry.published == datetime(2026, 11, 24, 20, tzinfo=UTC)


def test_relative_links_of_rss_are_relative_to_the_channels_link():
    body = rss("t", head="<link>https://ardell.example/</link>").replace(
        b"<guid>", b"<link>/news/1</link><guid>"
    )
    (entry,) = parse(body, url="https://feeds.example/x", now=NOW).entries
    assert entry.link == "https://ardell.example/news/1"


@given(st.text(max_size=60))
def test_no_link_holds_what_nobody_sees(tail):
    link = safe_link("https://news.example/a" + tail)
    assert link is None or not any(
        0xD800 <= ord(c) <= 0xDFFF
        or ord(c) & 0xFFFE == 0xFFFE
        or 0xE0000 <= ord(c) <= 0xE007F
        or c == "\ufeff"
        for c in link
    )
