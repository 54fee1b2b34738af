"""The short cuts give what the long ways give."""

from __future__ import annotations

import struct
from dataclasses import fields
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Document, Entry
from aggregator.parse.feeds.entry_factory import new_entry
from aggregator.parse.feeds.fast_scalars import date_of, gated, one_line
from aggregator.parse.wire import BROKEN, pack_document, unpack_document
from aggregator.text.clean import gate, squeeze
from aggregator.text.dates import parse_date

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ODD = (
    "a b\n\t\r\xa0\u3000\xad\u200b\u200c\u200d\u0301\u034f"
    "\ufeff\u2028é\U0001f600ﷺي\u0645\ufffe\udc80"
)


@given(st.text(st.sampled_from(ODD) | st.characters(), max_size=40))
def test_text_is_gated_as_the_gate_does(text: str) -> None:
    if any("\x80" <= ch <= "\x9f" for ch in text):  # meant as windows-1252 in feeds, see quick.py
        return
    assert gated(text) == gate(text)
    assert one_line(text) == squeeze(gate(text))


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "Sun, 22 Nov 2026 10:20:30 GMT",
        "Sun, 22 Nov 2026 10:20:30 EST",
        "Sun, 22 Nov 2026 10:20:30 +0530",
        "Sun, 22 Nov 2026 10:20:30 -0000",
        "Sun, 22 Nov 2026 10:20:30 +1500",
        "Sun, 22 Nov 2026 10:20:30 +0075",
        "Sun, 22 Nov 2026 25:20:30 GMT",
        "Sun, 22 Nov 2026 24:00:00 GMT",
        "Sun, 22 Nov 2026 10:20:60 GMT",
        "Sun, 31 Feb 2026 10:20:30 GMT",
        "Sun, 22 Foo 2026 10:20:30 GMT",
        "Sun, 22 Nov 2026 10.20.30 GMT",
        "2026-11-22T10:20:30Z",
        "2026-11-22T10:20:30+05:30",
        "2026-11-22T10:20:30+15:30",
        "2026-11-22T10:20:30.12345",
        "2026-11-22T10:20:3.Z",
        "1989-11-22T10:20:30Z",
        "2027-11-22T10:20:30Z",
        "",
    ],
)
def test_dates_are_read_as_the_long_way_reads_them(text: str) -> None:
    assert date_of(text, now=NOW, language=None) == parse_date(text, now=NOW)


@given(st.datetimes(datetime(1980, 1, 1), datetime(2040, 1, 1)), st.integers(-1_000, 1_000))
def test_dates_of_all_zones_are_read_as_the_long_way_reads_them(when: datetime, zone: int) -> None:
    said = f"{'-' if zone < 0 else '+'}{abs(zone) // 60:02}"
    minutes = f"{abs(zone) % 60:02}"
    for text in (
        f"{when:%a, %d %b %Y %H:%M:%S} {said}{minutes}",
        f"{when:%Y-%m-%dT%H:%M:%S}{said}:{minutes}",
    ):
        assert date_of(text, now=NOW, language=None) == parse_date(text, now=NOW)


def test_an_entry_made_fast_is_an_entry() -> None:
    values = [f"value {n}" for n in range(len(fields(Entry)))]
    made = new_entry(*values)  # type: ignore[arg-type]  # any values do
    assert made == Entry(*values)  # type: ignore[arg-type]  # the same
    assert type(made) is Entry
    assert hash(made) == hash(Entry(*values))  # type: ignore[arg-type]  # the same
    assert new_entry() == Entry()
    with pytest.raises(AttributeError):
        made.title = "another"  # type: ignore[misc]  # frozen, which is the point


def test_what_the_wire_brings_back_is_what_was_sent() -> None:
    entry = Entry(
        "t\u2028", "https://a.example/", "g", "s", "c", NOW, None, ("a", "b"), (), flags=("x",)
    )
    document = Document((entry, Entry("two")), title="T", ttl=3.5, skip_hours=(1, 2), partial=True)
    assert unpack_document(pack_document(document)) == document
    assert unpack_document(pack_document(Document(()))) == Document(())


WORDS = st.text(st.sampled_from('ab\x00\x1f\n"\\é\U0001f600') | st.characters(codec="utf-8"))
MAYBE = st.none() | WORDS
LISTS = st.lists(WORDS, max_size=3).map(tuple)
TIMES = st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)).map(
    lambda when: when.replace(tzinfo=UTC)
)
ENTRIES = st.builds(
    Entry, WORDS, MAYBE, MAYBE, WORDS, WORDS, TIMES, TIMES, LISTS, LISTS,
    MAYBE, MAYBE, MAYBE, MAYBE, LISTS, MAYBE, LISTS,
)  # fmt: skip


@pytest.mark.slow
@given(st.lists(ENTRIES, max_size=3).map(tuple), WORDS, MAYBE)
def test_the_wire_keeps_every_text(
    entries: tuple[Entry, ...], title: str, link: str | None
) -> None:
    document = Document(entries, title=title, link=link)
    assert unpack_document(pack_document(document)) == document


def test_what_is_no_unicode_becomes_a_question_mark() -> None:
    document = Document((Entry("a\ud800b", published=NOW, authors=("\udfff",)),), problems=("ok",))
    back = unpack_document(pack_document(document))
    assert (back.entries[0].title, back.entries[0].authors) == ("a?b", ("?",))
    assert (back.entries[0].published, back.problems) == (NOW, ("ok",))


_FAR = [
    struct.pack(">Iq", 0, 10**17),
    struct.pack(">Iq", 0, -(10**17)),
    struct.pack(">Iq", 2**32 - 1, 0),
    b"12345",
]


@given(
    st.binary(max_size=60) | st.sampled_from([b"\x91" * 100_000, b"\x81\xa1a" * 50_000, b"\x80"])
)
def test_bytes_that_are_no_document_raise_what_the_pool_expects(data: bytes) -> None:
    with pytest.raises(BROKEN):
        unpack_document(data)


@pytest.mark.parametrize(
    "said",
    [
        {"entries": "many"},
        {"entries": [{"title": 5}]},
        {"entries": [{"title": "a", "published": "yesterday"}]},
        {"entries": [{"title": "a", "authors": "one"}]},
        {"entries": [[]]},
        {"entries": [], "ttl": "soon"},
        {"entries": [], "skip_hours": [2.5]},
        {"entries": [], "partial": 1},
        {"entries": [], "ttl": float("nan")},
        {"entries": [], "skip_hours": [2**40]},
        {"entries": [{"published": "2026-01-01T00:00:00"}]},
        {"entries": [{"updated": "2026-01-01T00:00:00+05:00"}]},
        *({"entries": [{"published": msgspec.msgpack.Ext(-1, far)}]} for far in _FAR),
        {"entries": [{"published": msgspec.msgpack.Ext(7, b"12345678")}]},
    ],
)
def test_what_a_worker_gone_mad_may_say_is_told_as_a_broken_answer(said: object) -> None:
    with pytest.raises(BROKEN):
        unpack_document(msgspec.msgpack.encode(said))
