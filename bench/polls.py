"""10,000 polls in one process: are memory, descriptors and threads flat? ``python bench/polls.py``.

Nine of ten polls go to well-behaved feeds (``bench/farm.py``), half of them
conditional; the tenth to a server that resets, stalls, truncates, sends a bomb, loops,
or never ends. One in five goes to a host name that a thread resolves. Every body is
parsed in a worker, and the state is computed as in the daemon. The table shows the
process and its parser workers together.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

RUDE = ("reset", "stall", "cut", "bomb", "loop", "close", "error", "endless", "page", "header")
WORKERS = 16
WARM = 0.2  # share of the polls before measurement starts


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--polls", type=int, default=10_000)
    parser.add_argument("--feeds", type=int, default=1_000)
    parser.add_argument("--serve-rude", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.serve_rude:
        asyncio.run(rude_server())
        return 0
    farm = [str(ROOT / "bench" / "farm.py"), "--feeds", str(options.feeds), "--items", "30"]
    with server(farm) as good, server([__file__, "--serve-rude"]) as rude:
        samples = asyncio.run(poll_all(options.polls, options.feeds, good, rude))
    return report(samples, options.polls)


@contextmanager
def server(arguments: Sequence[str]):  # type: ignore[no-untyped-def] # a script
    command = [sys.executable, *arguments]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[1]
    finally:
        process.communicate("")


async def poll_all(polls: int, feeds: int, good: str, rude: str) -> list[tuple[int, ...]]:
    """Poll ``polls`` times; returns samples of (polls done, kB, descriptors, threads)."""
    from aggregator.fetch import Fetcher, next_poll  # noqa: PLC0415
    from aggregator.model import Outcome, PollState  # noqa: PLC0415
    from aggregator.parse import ParseError, ParserPool  # noqa: PLC0415
    from aggregator.settings import FeedSettings, FetchLimits  # noqa: PLC0415

    limits = FetchLimits(
        allow_hosts=("127.0.0.1", "localhost"),
        concurrency=WORKERS,
        deadline=0.5,
        max_bytes=1_000_000,
    )
    chance = random.Random(7)
    states: dict[str, PollState] = {}
    came: Counter[str] = Counter()
    samples: list[tuple[int, ...]] = []
    step = max(1, polls // 20)

    async def one(number: int) -> None:
        if number % 10 == 9:
            url = f"{rude}/{RUDE[number // 10 % len(RUDE)]}/{number}"
        else:
            host = "localhost" if number % 5 == 0 else "127.0.0.1"  # one in five is resolved
            url = f"{good}/feed/{chance.randrange(feeds)}.xml".replace("127.0.0.1", host)
        feed, now = FeedSettings(url), datetime.now(UTC)
        state = states.get(url) or PollState(url)
        outcome = await fetcher.poll(feed, state, now=now)
        came[outcome.outcome.value] += 1
        document = None
        if outcome.outcome is Outcome.CONTENT:
            try:
                document = await pool.aparse(
                    outcome.body, content_type=outcome.content_type, url=outcome.url, now=now
                )
            except ParseError:
                came["not a feed"] += 1
        times = [e.published for e in document.entries if e.published] if document else []
        after = next_poll(feed, limits, state, outcome, document, times, now=now, jitter=0.5)
        if number % 10 != 9 and chance.random() < 0.5:
            states[url] = after

    async def worker() -> None:
        for number in rest:
            await one(number)
            if number % step == step - 1:
                samples.append((number + 1, *measured(_parsers())))

    rest = iter(range(polls))
    started = time.perf_counter()
    pool = ParserPool(seconds=limits.parse_seconds, memory=limits.parse_memory)
    with pool:
        async with Fetcher(limits) as fetcher:
            await asyncio.gather(*(worker() for _ in range(WORKERS)))
        samples.append((polls, *measured(_parsers())))
    print(f"{polls} polls in {time.perf_counter() - started:.0f} s: {dict(came.most_common())}")
    return samples


def measured(others: Sequence[int]) -> tuple[int, int, int]:
    """Resident memory in kB with that of ``others``, open descriptors, threads."""
    size = sum(_resident(pid) for pid in ("self", *others))
    return size, len(list(Path("/proc/self/fd").iterdir())), threading.active_count()


def _resident(pid: str | int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def _parsers() -> list[int]:
    """Pids of the parser workers: child processes other than this script's servers."""
    found = []
    task = Path("/proc/self/task")
    for thread in task.iterdir():
        with suppress(OSError):  # the thread has ended meanwhile
            found += (thread / "children").read_text().split()
    commands = {p: Path(f"/proc/{p}/cmdline").read_bytes() for p in found}
    return [int(p) for p, command in commands.items() if b"parse.worker" in command]


def report(samples: list[tuple[int, ...]], polls: int) -> int:
    print("| polls | memory, MB | descriptors | threads |\n|---|---|---|---|")
    for done, size, descriptors, threads in samples:
        print(f"| {done} | {size / 1024:.1f} | {descriptors} | {threads} |")
    warm = next(s for s in samples if s[0] >= polls * WARM)
    growth = max(s[1] for s in samples) / warm[1] - 1
    print(f"\nmemory grew by {growth:+.1%} after the first {warm[0]} polls (target: below 10 %)")
    return 0 if growth < 0.10 else 1


OK = b"HTTP/1.1 200 OK\r\n"
BOMB = gzip.compress(bytes(5_000_000))
PAGE = b"<!doctype html><html><body>Buy this name</body></html>"
ANSWERS = {
    "stall": OK + b"Content-Length: 99\r\n\r\n<rss>",
    "cut": OK + b"Content-Length: 99\r\n\r\n<rss>",
    "bomb": OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB,
    "loop": b"HTTP/1.1 302 Found\r\nLocation: /loop/x\r\nContent-Length: 0\r\n\r\n",
    "close": OK + b"Content-Length: 5\r\n\r\n<rss>",
    "error": b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno",
    "endless": OK + b"Transfer-Encoding: chunked\r\n\r\n",
    "page": OK + b"Content-Length: %d\r\n\r\n" % len(PAGE) + PAGE,
    "header": OK + b"X: " + b"a" * 200_000,
}


async def rude_server() -> None:
    """Serve the misbehaviour in RUDE named by the first part of the path, then close."""
    chunk = b"4000\r\n" + bytes(16_384) + b"\r\n"

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            kind = head.split(b" ", 2)[1].split(b"/")[1].decode()
            if kind == "reset":
                writer.transport.abort()
                return
            writer.write(ANSWERS[kind])
            if kind == "stall":
                await reader.read()
            for _ in range(1_000 if kind == "endless" else 0):
                writer.write(chunk)
                await writer.drain()
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    print(f"ready http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    sys.exit(main())
