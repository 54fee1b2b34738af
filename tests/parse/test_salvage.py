"""A document that kills its parser is read without the entries that do."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Document
from aggregator.parse import ParserCrashed, ParserPool, parse, surviving
from aggregator.parse.salvage import MOST_CRASHES

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def feed(bad: set[int], size: int, *, kind: str = "item") -> bytes:
    entries = [
        f"<{kind}><title>{'BAD' if n in bad else 'Good'} {n}</title><guid>{n}</guid></{kind}>"
        for n in range(size)
    ]
    return f"<rss><channel><title>Feed</title>{''.join(entries)}</channel></rss>".encode()


class Fragile:
    """A parser that dies of a word."""

    def __init__(self) -> None:
        self.crashes = 0

    async def parse(self, body: bytes) -> Document:
        if b"BAD" in body:
            self.crashes += 1
            raise ParserCrashed("dead")
        return parse(body, now=NOW)


def saved(bad: set[int], size: int) -> tuple[Document | None, int]:
    fragile = Fragile()
    return asyncio.run(surviving(fragile.parse, feed(bad, size))), fragile.crashes


@given(st.integers(2, 300), st.data())
def test_one_bad_entry_costs_one_entry(size, data):
    bad = data.draw(st.integers(0, size - 1))
    document, crashes = saved({bad}, size)
    assert document is not None and document.partial and crashes < MOST_CRASHES
    assert [e.guid for e in document.entries] == [str(n) for n in range(size) if n != bad]
    assert "1 entries were left out" in document.problems[0]
    assert document.title == "Feed"


@given(st.sets(st.integers(0, 99)), st.integers(2, 100))
def test_what_is_given_up_is_counted_and_the_work_is_bounded(bad, size):
    document, crashes = saved(bad, size)
    assert crashes < MOST_CRASHES
    if document is not None:
        guids = [int(e.guid) for e in document.entries]
        assert guids == sorted(guids) and not bad & set(guids)
        assert f"{size - len(guids)} entries were left out" in document.problems[0]


@pytest.mark.parametrize("body", [b"", b"{}", b"<rss><channel></channel></rss>", feed({0}, 1)])
def test_what_cannot_be_told_apart_is_lost_whole(body):
    assert asyncio.run(surviving(Fragile().parse, body)) is None


@pytest.mark.slow
def test_an_entry_that_exhausts_a_real_parser_costs_one_entry():
    huge = b"<item><title>Huge</title><description>" + "é&lt;".encode() * 30_000_000
    whole = feed(set(), 6)
    body = whole.replace(b"</channel>", huge + b"</description></item></channel>")

    async def read(pool: ParserPool) -> Document | None:
        with pytest.raises(ParserCrashed):
            await pool.aparse(body, now=NOW)
        return await surviving(lambda part: pool.aparse(part, now=NOW), body)

    with ParserPool(1, seconds=60, memory=400_000_000) as pool:
        document = asyncio.run(read(pool))
    assert document is not None
    assert [entry.title for entry in document.entries] == [f"Good {n}" for n in range(6)]
