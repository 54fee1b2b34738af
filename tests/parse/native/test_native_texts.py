"""Texts, dates and links that the compiled reader takes are what the Python one makes of them."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse import limits
from aggregator.parse.feeds.fast_scalars import date_of, gated, one_line
from aggregator.parse.feeds.links import link
from aggregator.text.dates import AHEAD, EARLIEST

WHY = "the compiled reader is not built"
plain = pytest.importorskip("aggregator.parse.native.plain", reason=WHY, exc_type=ImportError)
dates = pytest.importorskip("aggregator.parse.native.dates", reason=WHY, exc_type=ImportError)
links = pytest.importorskip("aggregator.parse.native.links", reason=WHY, exc_type=ImportError)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SPAN = int(EARLIEST.timestamp()), int((NOW + AHEAD).timestamp())
ODD = (
    "a b\n\t\r\xa0\u3000\xad\u200b\u200d\u0301\u034f\ufeff\u2028é\U0001f600ﷺي\u1100\u1161\u11a8가<&"
)
TEXTS = st.text(st.sampled_from(ODD) | st.characters(codec="utf-8"), max_size=40)


@given(TEXTS, st.integers(0, 60))
def test_a_text_that_is_plain_is_what_the_gate_gives(text: str, limit: int) -> None:
    found = plain.gated(text, limit)
    assert found is None or found == gated(text, limit)
    line = plain.one_line(text, limit)
    assert line is None or (line == one_line(text) and len(line) <= limit)


@pytest.mark.slow
def test_every_letter_is_gated_alone_and_beside_others() -> None:
    for number in range(0x110000):
        if not 0xD800 <= number < 0xE000:
            letter = chr(number)
            for text in (letter, f"a{letter}", f"\u1100{letter}x", f"{letter}\u0301"):
                found = plain.gated(text, 10)
                assert found is None or found == gated(text), hex(number)


def test_letters_of_every_script_are_plain() -> None:
    for text in (
        "Überschwemmung",
        "فيضانات في المدينة",
        "防洪堤垮塌",
        "Наводнение",
        "홍수 경보",
        "डूबा",
    ):
        assert plain.one_line(f"\n  {text}\n", 100) == text
    assert plain.one_line("two  blanks", 100) is None
    assert plain.one_line("too long", 7) is None


def test_limits_count_the_letters_as_they_come_and_as_they_go() -> None:
    assert plain.one_line("   title   ", 8) is None  # cut first: the long way
    assert plain.one_line("\u0958\u0958", 3) is None  # NFC makes four letters of these two
    assert plain.one_line("\u0958\u0958", 4) == "\u0915\u093c\u0915\u093c"


def test_letters_that_belong_together_are_put_together() -> None:
    assert plain.gated("Cafe\u0301", 10) == "Café"
    assert plain.gated("\u1112\u1161\u11ab", 10) == "한"
    assert unicodedata.is_normalized("NFC", plain.gated("a\u0323\u0307", 10))


DATES = [
    "Sun, 22 Nov 2026 10:20:30 GMT", "Sun, 22 Nov 2026 10:20:30 +0530", "22 Nov 2026 10:20:30 GMT",
    "Sun,22 Nov 2026 4:5:6 GMT+9", "Sun, 2 Nov 2026 10:20:30 UTC-03:30",
    "2026-11-22T10:20:30Z", "2026-11-22T10:20:30+05:30", " 2024-02-29T00:00:00Z\n",
    "Thu, 31 Dec 1970 00:00:00 +0000", "2035-08-19T15:36:00+02:00",
]  # fmt: skip
OTHERS = [
    "", "today", "Sun, 22 Nov 26 10:20:30 GMT", "Sun, 22 Foo 2026 10:20:30 GMT",
    "Sun, 31 Feb 2026 10:20:30 GMT", "Sun, 22 Nov 2026 24:00:00 GMT", "2026-11-22",
    "Sun, 22 Nov 2026 10:20:30 EST", "Sun, 22 Nov 2026 10:20:30 +1500", "2023-02-29T00:00:00Z",
    "2026-11-22T10:20:30", "2026-11-22T10:20:30.5Z", "S1T,1 Mar 1990 12:34:0 GMT",
    "\u00c9un, 22 Nov 2026 10:20:30 GMT", "٢٠٢٦-١١-٢٢T10:20:30Z", "0000-01-01T00:00:00Z",
]  # fmt: skip


@pytest.mark.parametrize("text", DATES)
def test_usual_dates_are_read(text: str) -> None:
    found = dates.usual(text, *SPAN)
    assert found is not NotImplemented
    assert found == date_of(text, now=NOW, language=None)
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize("text", OTHERS)
def test_other_dates_are_left_to_the_long_way(text: str) -> None:
    assert dates.usual(text, *SPAN) is NotImplemented


@given(st.datetimes(), st.integers(-900, 900))
def test_all_days_and_zones_are_read_as_the_long_way_reads_them(when: datetime, zone: int) -> None:
    sign, hours, minutes = "-" if zone < 0 else "+", abs(zone) // 60, abs(zone) % 60
    year = f"{when.year:04}"
    for text in (
        f"{when:%a, %d %b} {year} {when:%H:%M:%S} {sign}{hours:02}{minutes:02}",
        f"{year}{when:-%m-%dT%H:%M:%S}{sign}{hours:02}:{minutes:02}",
    ):
        found = dates.usual(text, *SPAN)
        if found is not NotImplemented:
            assert found == date_of(text, now=NOW, language=None)


@given(st.text(st.sampled_from("0123456789 :,+-TZGMUC.JanFebNov"), max_size=32))
def test_no_row_of_letters_is_read_otherwise(text: str) -> None:
    found = dates.usual(text, *SPAN)
    if found is not NotImplemented:
        assert found == date_of(text, now=NOW, language=None)


PIECES = st.lists(
    st.sampled_from(
        [
            "http", "https", "://", "HTTP", "a.example", "/", "?", "#", "&", "&amp;", "@", ":80",
            " ",
            "\n", "é", "ь", "文", "'", '"', "<", "|", "%20", "..", "x=1", "\u200b", "[", "]",
            "\u0301",
        ]
    ),
    max_size=9,
).map("".join)  # fmt: skip


@given(PIECES | PIECES.map(lambda rest: "https://a.example/" + rest))
def test_a_plain_link_is_what_the_long_way_gives(text: str) -> None:
    found = links.plain_link(text)
    assert found is None or found == link(text, "https://base.example/")


def test_links_are_plain_up_to_their_limit() -> None:
    assert links.plain_link(" https://a.example/новости/1?x=1&y=2#z\n")
    assert links.plain_link("https://a.example/" + "a" * (limits.LINK - 18))
    assert links.plain_link("https://a.example/" + "a" * (limits.LINK - 17)) is None
    for odd in (
        "https://u:p@a.example/",
        "https://a.example:80/",
        "ftp://a.example/",
        "/a",
        "https://",
    ):
        assert links.plain_link(odd) is None
