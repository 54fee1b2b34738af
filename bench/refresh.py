"""Refreshing 5,000 feeds, compared with httpx and `reader`: ``python bench/refresh.py``.

Each contender runs in its own process against the same farm (``bench/farm.py``) and
refreshes all feeds twice: the first round returns every document, the second is
answered with 304. CPU is user plus system time of the process and its children,
without startup; the farm's own is reported separately.

- ``httpx``: only downloads, with one small client per worker (its best setting),
  sending the ETag in the second round, nothing parsed and nothing kept.
- ``ours``: ``Fetcher.poll``, the parser in its worker process, and ``next_poll``, with
  every guard and limit enabled; the time of ``next_poll`` is reported separately, because
  neither of the others computes when to poll next.
- ``reader``: ``make_reader(file).update_feeds(workers=10)`` of the PyPI package, in a
  separate virtual environment (``--reader PYTHON``), on ``--reader-feeds`` of them. It
  also stores what it reads; its figure is not split.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

ROUNDS = ("first", "304")
PINNED: list[str] = []  # the command prefix that pins a contender to one core
WORKERS = 16  # concurrent requests; the cost of httpx is the same from 4 to 50 such clients


@dataclass
class Round:
    """The cost of one round of one contender, in seconds."""

    wall: float
    cpu: float
    apart: float  # part of the CPU time spent in child processes (the parser)
    good: int
    entries: int = 0
    scheduling: float = 0.0  # part of the CPU time spent computing the next poll


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=5_000)
    parser.add_argument("--items", type=int, default=30)
    parser.add_argument("--repeat", type=int, default=2, help="alternating runs of httpx and ours")
    parser.add_argument("--reader", help="a Python with the package reader installed")
    parser.add_argument("--reader-feeds", type=int, default=500)
    parser.add_argument(
        "--pin", action="store_true", help="pin each contender to one core (taskset)"
    )
    parser.add_argument("--role", choices=("httpx", "ours", "reader"), help=argparse.SUPPRESS)
    parser.add_argument("--base", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.role:
        work = {"httpx": httpx_alone, "ours": ours, "reader": reader_package}[options.role]
        print(json.dumps([vars(r) for r in work(options.base, options.feeds)]))
        return 0
    if options.pin:
        PINNED.extend(["taskset", "-c", "0"])
    compare(options)
    return 0


def compare(options: argparse.Namespace) -> None:
    with farm(options.feeds, options.items) as (base, farm_cpu):
        runs: dict[str, list[list[Round]]] = {"httpx": [], "ours": []}
        for _ in range(options.repeat):
            for role, found in runs.items():
                before = farm_cpu()
                found.append(contend(sys.executable, role, base, options.feeds))
                print(f"{role}: {told(found[-1])}; farm {farm_cpu() - before:.1f} s", flush=True)
        if options.reader:
            runs["reader"] = [contend(options.reader, "reader", base, options.reader_feeds)]
            print(f"reader: {told(runs['reader'][0])}", flush=True)
    report(runs, options)


def told(rounds: list[Round]) -> str:
    return ", ".join(
        f"{name} round {r.wall:.1f} s wall, {r.cpu:.1f} s CPU"
        + (f" ({r.apart:.1f} of it parsing)" if r.apart else "")
        + f", {r.good} good"
        for name, r in zip(ROUNDS, rounds, strict=True)
    )


def report(runs: dict[str, list[list[Round]]], options: argparse.Namespace) -> None:
    from aggregator.parse.feeds.entry_source import COMPILED  # noqa: PLC0415 - the other Python has none

    kind = "compiled" if COMPILED else "Python"
    print(f"\n{options.feeds} feeds of {options.items} entries, {kind} reader")
    print("ms of CPU per feed, median of runs")
    cost = {
        (role, name): statistics.median(1_000 * run[n].cpu / run[n].good for run in found)
        for role, found in runs.items()
        for n, name in enumerate(ROUNDS)
    }
    wall = {
        (role, name): statistics.median(1_000 * run[n].wall / run[n].good for run in found)
        for role, found in runs.items()
        for n, name in enumerate(ROUNDS)
    }
    part = {
        name: statistics.median(1_000 * run[n].scheduling / run[n].good for run in runs["ours"])
        for n, name in enumerate(ROUNDS)
    }
    print("| | first round | wall | 304 round | wall |\n|---|---|---|---|---|")
    for role in runs:
        row = " | ".join(f"{c[role, n]:.2f}" for n in ROUNDS for c in (cost, wall))
        print(f"| {role} | {row} |")
    for name, bar in zip(ROUNDS, (2.0, 1.5), strict=True):
        ours, alone = cost["ours", name], cost["httpx", name]
        print(f"ours / httpx, {name} round: {(ours - part[name]) / alone:.2f} (bar: at most {bar})")
        print(f"  including the next poll ({part[name]:.2f} ms): {ours / alone:.2f}")
    if "reader" in runs:
        for name in ROUNDS:
            ratio = cost["reader", name] / cost["ours", name]
            print(f"reader / ours, {name} round: {ratio:.1f}" + " (bar: 10)" * (name == "first"))


def contend(python: str, role: str, base: str, feeds: int) -> list[Round]:
    command = [*PINNED, python, __file__, "--role", role, "--base", base, "--feeds", str(feeds)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    if done.returncode:
        raise SystemExit(f"{role} failed:\n{done.stderr[-3_000:]}")
    return [Round(**row) for row in json.loads(done.stdout.splitlines()[-1])]


@contextmanager
def farm(feeds: int, items: int):  # type: ignore[no-untyped-def] # a script
    """Start the farm in its own process; its address, and a function returning its CPU so far."""
    command = [sys.executable, str(ROOT / "bench" / "farm.py")]
    command += ["--feeds", str(feeds), "--items", str(items)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    base = process.stdout.readline().split()[1]

    def cpu() -> float:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    try:
        yield base, cpu
    finally:
        process.communicate("")


class Meter:
    """CPU and wall time since its creation, including ended children."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), _cpu()

    def stop(self, good: int, entries: int = 0) -> Round:
        """The cost up to now."""
        mine, theirs = (now - before for now, before in zip(_cpu(), self._cpu, strict=True))
        wall = time.perf_counter() - self._wall
        return Round(wall, mine + theirs, theirs, good, entries)


def _cpu() -> tuple[float, float]:
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    mine, theirs = (one.ru_utime + one.ru_stime for one in usage)
    return mine, theirs


async def share_out(urls: Sequence[str], work: Callable[[int, str], Awaitable[None]]) -> None:
    """Call ``work(worker, url)`` for every address, WORKERS at a time."""
    rest = iter(urls)

    async def worker(number: int) -> None:
        for url in rest:
            await work(number, url)

    await asyncio.gather(*(worker(n) for n in range(WORKERS)))


def httpx_alone(base: str, feeds: int) -> list[Round]:
    import httpx  # noqa: PLC0415 # each role loads only its own

    urls = [f"{base}/feed/{n}.xml" for n in range(feeds)]
    etags: dict[str, str] = {}
    context = httpx.create_ssl_context()

    async def run() -> list[Round]:
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
        clients = [
            httpx.AsyncClient(limits=limits, timeout=30, verify=context) for _ in range(WORKERS)
        ]
        rounds = []
        for name in ROUNDS:
            good = 0

            async def one(worker: int, url: str, name: str = name) -> None:
                nonlocal good
                headers = {"If-None-Match": etags[url]} if url in etags else {}
                response = await clients[worker].get(url, headers=headers)
                good += response.status_code == (200 if name == "first" else 304)
                etags[url] = response.headers["etag"]

            meter = Meter()
            await share_out(urls, one)
            rounds.append(meter.stop(good))
        for client in clients:
            await client.aclose()
        return rounds

    return asyncio.run(run())


def ours(base: str, feeds: int) -> list[Round]:
    from aggregator.fetch import Fetcher, next_poll  # noqa: PLC0415
    from aggregator.model import Document, Outcome, PollState  # noqa: PLC0415
    from aggregator.parse import ParserPool  # noqa: PLC0415
    from aggregator.settings import FeedSettings, FetchLimits  # noqa: PLC0415

    limits = FetchLimits(
        contact="https://reader.example/", allow_hosts=("127.0.0.1",), concurrency=WORKERS
    )
    settings = [FeedSettings(f"{base}/feed/{n}.xml") for n in range(feeds)]
    states = {feed.url: PollState(str(n)) for n, feed in enumerate(settings)}

    async def run() -> list[Round]:
        rounds = []
        async with Fetcher(limits) as fetcher:
            for name in ROUNDS:
                wanted = Outcome.CONTENT if name == "first" else Outcome.NOT_MODIFIED
                good = entries = 0
                scheduling = 0.0
                pool = ParserPool(seconds=limits.parse_seconds, memory=limits.parse_memory)

                async def one(
                    worker: int, feed: FeedSettings, wanted: Outcome = wanted, pool=pool
                ) -> None:
                    nonlocal good, entries, scheduling
                    now = datetime.now(UTC)
                    state = states[feed.url]
                    outcome = await fetcher.poll(feed, state, now=now)
                    document: Document | None = None
                    if outcome.outcome is Outcome.CONTENT:
                        document = await pool.aparse(
                            outcome.body,
                            content_type=outcome.content_type,
                            url=outcome.url,
                            now=now,
                        )
                        entries += len(document.entries)
                    began = time.thread_time()
                    times = (
                        [e.published for e in document.entries if e.published] if document else []
                    )
                    states[feed.url] = next_poll(
                        feed, limits, state, outcome, document, times, now=now, jitter=0.5
                    )
                    scheduling += time.thread_time() - began
                    good += outcome.outcome is wanted

                meter = Meter()
                with pool:  # its workers' CPU counts once they have ended
                    await share_out(settings, one)  # type: ignore[arg-type]
                rounds.append(meter.stop(good, entries))
                rounds[-1].scheduling = scheduling
        return rounds

    return asyncio.run(run())


def reader_package(base: str, feeds: int) -> list[Round]:
    from reader import make_reader  # noqa: PLC0415

    rounds = []
    with tempfile.TemporaryDirectory() as folder:
        reader = make_reader(str(Path(folder) / "reader.sqlite"))
        for n in range(feeds):
            reader.add_feed(f"{base}/feed/{n}.xml")
        for name in ROUNDS:
            meter = Meter()
            reader.update_feeds(workers=10, scheduled=False)
            good = sum(feed.last_exception is None for feed in reader.get_feeds())
            rounds.append(meter.stop(good, reader.get_entry_counts().total or 0))
            assert name == "first" or rounds[0].entries == rounds[1].entries
        reader.close()
    return rounds


if __name__ == "__main__":
    sys.exit(main())
