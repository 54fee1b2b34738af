"""Worker processes: limits that hold, workers that are replaced, nothing left behind."""
# ruff: noqa: E501 - documents read best on one line

from __future__ import annotations

import asyncio
import os
import signal
import threading
from datetime import UTC, datetime

import pytest

from aggregator.parse import ParseError, ParserCrashed, ParserPool, parse, pool

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FEED = b"""<rss version="2.0"><channel><title>News</title><ttl>60</ttl><skipHours><hour>1</hour></skipHours>
<item><title>\xd9\x85\xd8\xac\xd9\x84\xd8\xb3 opens</title><link>https://news.example/1</link><category>World</category>
<pubDate>Wed, 25 Dec 2024 08:58:00 GMT</pubDate></item></channel></rss>"""


def pids(running: ParserPool) -> set[int]:
    return {worker.process.pid for worker in running._all}


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_worker_says_what_the_function_says() -> None:
    with ParserPool(1, seconds=20, memory=1_000_000_000) as running:
        assert running.parse(FEED, now=NOW) == parse(FEED, now=NOW)
        with pytest.raises(ParseError, match="HTML page"):
            running.parse(b"<html></html>", now=NOW)
        first = pids(running)
        assert running.parse(FEED, now=NOW).entries
        assert pids(running) == first  # kept for the next document
    assert all(map(gone, first))


def test_pages_are_read_in_workers_too() -> None:
    with ParserPool(1, seconds=60, memory=2_000_000_000) as running:
        page = (
            "The bridge opens after long years of work\n25 December 2024\n"
            + "It opened on Tuesday, she said. " * 6
        )
        found = running.parse_page(page.encode(), name="a.txt", now=NOW)
        assert found.entries[0].title == "The bridge opens after long years of work"


def test_a_worker_that_takes_too_long_is_killed_and_replaced() -> None:
    with ParserPool(1, seconds=1.0, memory=1_000_000_000) as running:
        running.parse(FEED, now=NOW)
        (pid,) = pids(running)
        os.kill(pid, signal.SIGSTOP)  # a parser that never comes back
        with pytest.raises(ParserCrashed, match="longer than 1 s"):
            running.parse(FEED, now=NOW)
        assert gone(pid)
        assert running.parse(FEED, now=NOW).entries
        assert pid not in pids(running)


def test_a_worker_that_dies_is_named_and_replaced() -> None:
    with ParserPool(1, seconds=20, memory=1_000_000_000) as running:
        running.parse(FEED, now=NOW)
        (pid,) = pids(running)
        os.kill(pid, signal.SIGSTOP)
        timer = threading.Timer(0.2, os.kill, (pid, signal.SIGKILL))
        timer.start()
        with pytest.raises(ParserCrashed, match="signal 9"):
            running.parse(FEED, now=NOW)
        timer.join()
        assert running.parse(FEED, now=NOW).entries


def test_a_document_that_needs_more_memory_than_allowed_is_refused() -> None:
    with ParserPool(1, seconds=60, memory=260_000_000) as running:
        items = b"<item><title>word</title><description>" + b"x" * 200 + b"</description></item>"
        body = b'<rss version="2.0"><channel>' + items * 400_000 + b"</channel></rss>"
        with pytest.raises((ParserCrashed, ParseError)):
            running.parse(body, now=NOW, max_entries=400_000)
        assert running.parse(FEED, now=NOW).entries


def test_workers_of_a_large_process_are_kept() -> None:
    large = bytearray(b"x" * 500_000_000)  # Linux tells a child of its parent's peak as its own
    with ParserPool(1, seconds=20, memory=1_000_000_000) as running:
        running.parse(FEED, now=NOW)
        first = pids(running)
        running.parse(FEED, now=NOW)
        assert pids(running) == first
    assert large


def test_many_callers_share_few_workers() -> None:
    async def work(running: ParserPool) -> int:
        found = await asyncio.gather(*(running.aparse(FEED, now=NOW) for _ in range(30)))
        return sum(len(document.entries) for document in found)

    with ParserPool(2, seconds=20, memory=1_000_000_000) as running:
        assert asyncio.run(work(running)) == 30
        assert len(pids(running)) <= 2
        assert asyncio.run(work(running)) == 30  # another event loop


def test_a_closed_pool_says_so() -> None:
    running = ParserPool(1, seconds=20, memory=1_000_000_000)
    running.close()
    with pytest.raises(ParserCrashed, match="closed"):
        running.parse(FEED, now=NOW)
    assert pool.ParserPool is ParserPool
