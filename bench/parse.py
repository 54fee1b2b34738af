"""Parsing speed, and peak memory for the largest document, compared with feedparser.

    python bench/parse.py FOLDER [ROUNDS]

FOLDER contains feed documents. Ours is ``aggregator.parse.parse`` with everything
enabled (decoding, the text gate, links, dates, HTML cleaning); feedparser is
``feedparser.parse`` with its defaults. The rounds alternate, so that a busy machine
slows both; the best of each counts. CPU seconds of this process. With
``AGGREGATOR_PURE_PYTHON=1`` the compiled reader is disabled.

Then the same through ``ParserPool``, as in the daemon: with one worker process per core, each with
its time and memory limits. Wall seconds, compared with feedparser's.
"""

from __future__ import annotations

import asyncio
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import feedparser

from aggregator.parse import ParseError, ParserPool, parse
from aggregator.parse.feeds.entry_source import COMPILED

NOW = datetime.now(UTC)


def ours(body: bytes) -> int:
    try:
        return len(parse(body, now=NOW).entries)
    except ParseError:
        return 0


def theirs(body: bytes) -> int:
    return len(feedparser.parse(body).entries)


def measured(read: Callable[[bytes], int], bodies: list[bytes]) -> tuple[int, float]:
    """(items, CPU seconds) of parsing all of them."""
    start = time.process_time()
    items = sum(map(read, bodies))
    return items, time.process_time() - start


def pooled(bodies: list[bytes], rounds: int) -> tuple[int, float, float]:
    """(items, wall seconds, CPU seconds of this process) of parsing all in worker processes."""
    workers = len(os.sched_getaffinity(0))

    async def all_of_them(pool: ParserPool) -> int:
        rest, found = iter(sorted(bodies, key=len, reverse=True)), []

        async def one_after_another() -> None:
            for body in rest:
                try:
                    found.append(len((await pool.aparse(body, now=NOW)).entries))
                except ParseError:
                    found.append(0)

        await asyncio.gather(*(one_after_another() for _ in range(2 * workers)))
        return sum(found)

    async def run() -> tuple[int, float, float]:
        best = (0, float("inf"), 0.0)
        with ParserPool(workers, seconds=20.0, memory=1_000_000_000) as pool:
            await all_of_them(pool)
            for _ in range(rounds):
                wall, cpu = time.perf_counter(), time.process_time()
                items = await all_of_them(pool)
                took = items, time.perf_counter() - wall, time.process_time() - cpu
                best = min(best, took, key=lambda one: one[1])
        return best

    return asyncio.run(run())


def peak(name: str, path: Path) -> float:
    """Peak MB of a process that parses one document and ends, libraries included."""
    code = (
        "import sys,resource; sys.path.insert(0, sys.argv[1]); sys.argv[0]=sys.argv[1]+'/bench/x';"
        "from bench.parse import ours, theirs; from pathlib import Path;"
        f"{name}(Path(sys.argv[2]).read_bytes());"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    root = str(Path(__file__).resolve().parent.parent)
    ran = subprocess.run(
        [sys.executable, "-c", code, root, str(path)], capture_output=True, text=True, check=True
    )
    return int(ran.stdout) / 1024


def main() -> None:
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3
    paths = sorted(p for p in folder.iterdir() if p.suffix in (".xml", ".json", ".rss"))
    bodies = [path.read_bytes() for path in paths]
    measured(ours, bodies)
    best: dict[str, tuple[int, float]] = {}
    for _ in range(rounds):
        for name, read in (("ours", ours), ("feedparser", theirs)):
            found = measured(read, bodies)
            best[name] = min(best.get(name, found), found, key=lambda one: one[1])
    rates = {name: items / seconds for name, (items, seconds) in best.items()}
    largest = max(paths, key=lambda path: path.stat().st_size)
    size = sum(map(len, bodies))
    print(f"{len(paths)} documents, {size / 1e6:.1f} MB; {platform.machine()}, "
          f"Python {platform.python_version()}, feedparser {version('feedparser')}, "
          f"lxml {version('lxml')}, nh3 {version('nh3')}, "
          f"{'compiled' if COMPILED else 'Python'} reader")  # fmt: skip
    for name, (items, seconds) in best.items():
        print(f"{name:10} {items:6,} items {seconds:7.3f} s {rates[name]:9,.0f} items/s")
    print(f"ratio {rates['ours'] / rates['feedparser']:.1f}, CPU against CPU")
    items, wall, cpu = pooled(bodies, rounds)
    print(f"pool       {items:6,} items {wall:7.3f} s {items / wall:9,.0f} items/s by the clock "
          f"({cpu:.3f} s of it on this side)")  # fmt: skip
    print(f"ratio {items / wall / rates['feedparser']:.1f}, all cores against one")
    print(f"largest ({largest.stat().st_size / 1e6:.1f} MB): ours {peak('ours', largest):.0f} MB, "
          f"feedparser {peak('theirs', largest):.0f} MB, libraries included")  # fmt: skip
    print(
        f"peak of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )


if __name__ == "__main__":
    main()
