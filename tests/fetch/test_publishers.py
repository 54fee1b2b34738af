"""How often one publisher is asked: turns, spacing and rest for a registrable domain."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest

from aggregator.fetch import Fetcher
from aggregator.fetch.domains import HostThrottle, domain
from aggregator.model import Outcome, PollState
from aggregator.settings import FeedSettings, FetchLimits


class Time:
    """A clock that moves when somebody sleeps."""

    def __init__(self):
        self.now = 1_000.0

    def clock(self):
        return self.now

    async def sleep(self, seconds):
        wake = self.now + seconds
        for _ in range(20):  # let everybody else come to their own sleep
            await asyncio.sleep(0)
        self.now = max(self.now, wake)


def host_throttle(time, **limits):
    return HostThrottle(FetchLimits(**limits), clock=time.clock, sleep=time.sleep)


@pytest.mark.parametrize(
    ("host", "publisher"),
    [
        ("feeds.bbci.co.uk", "bbci.co.uk"),
        ("www.example.com", "example.com"),
        ("a.b.c.example.com.", "example.com"),
        ("one.blogspot.com", "blogspot.com"),
        ("someone.github.io", "github.io"),
        ("a.tumblr.com", "tumblr.com"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("news.gov.eg", "news.gov.eg"),
        ("www.news.gov.eg", "news.gov.eg"),
        ("com", "com"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_the_publisher_of_a_host(host, publisher):
    assert domain(host) == publisher


def run(coroutine):
    return asyncio.run(coroutine)


def test_one_publisher_is_asked_at_intervals_whatever_the_subdomain():
    async def go():
        time, starts = Time(), []
        throttle = host_throttle(time, spacing=2.0)

        async def ask(n):
            async with throttle.slot(f"user{n}.blogspot.com"):
                starts.append(time.now)

        await asyncio.gather(*(ask(n) for n in range(10)))
        return starts

    starts = run(go())
    assert [b - a for a, b in pairwise(starts)] == [2.0] * 9


def test_publishers_do_not_wait_for_each_other():
    async def go():
        time, starts = Time(), []
        throttle = host_throttle(time, spacing=5.0)

        async def ask(n):
            async with throttle.slot(f"publisher{n}.example"):
                starts.append(time.now)

        await asyncio.gather(*(ask(n) for n in range(20)))
        return starts

    assert set(run(go())) == {1_000.0}


@pytest.mark.parametrize(
    ("limits", "most_all", "most_one"),
    [({"spacing": 0.0, "concurrency": 5}, 5, 2), ({"spacing": 0.0, "per_domain": 4}, 20, 4)],
)
def test_bounds_for_all_and_for_one(limits, most_all, most_one):
    async def go():
        throttle = HostThrottle(FetchLimits(**limits))
        running, peak, peak_all = Counter(), Counter(), 0

        async def ask(n):
            nonlocal peak_all
            name = f"publisher{n % 5}.example"
            async with throttle.slot(name):
                running[name] += 1
                peak[name] = max(peak[name], running[name])
                peak_all = max(peak_all, running.total())
                await asyncio.sleep(0.001)
                running[name] -= 1

        await asyncio.gather(*(ask(n) for n in range(60)))
        return max(peak.values()), peak_all

    one, everything = run(go())
    assert one <= most_one
    assert everything <= most_all


def test_who_waits_for_a_slow_publisher_takes_no_place_from_others():
    async def go():
        throttle = HostThrottle(FetchLimits(concurrency=2, spacing=0.0, per_domain=1))
        free, done = asyncio.Event(), []

        async def slow():
            async with throttle.slot("slow.example"):
                await free.wait()

        async def quick(n):
            async with throttle.slot(f"quick{n}.example"):
                done.append(n)

        waiting = [asyncio.create_task(slow()) for _ in range(10)]
        async with asyncio.timeout(5):
            await asyncio.gather(*(quick(n) for n in range(10)))
        free.set()
        await asyncio.gather(*waiting)
        return done

    assert sorted(run(go())) == list(range(10))


def test_a_complaint_stops_the_publisher_then_slows_it():
    async def go():
        time = Time()
        throttle = host_throttle(time)
        throttle.slow_down("a.feeds.example", 120.0)
        assert throttle.back_off("b.feeds.example") == 120.0
        assert throttle.back_off("other.example") == 0.0
        time.now += 121
        assert throttle.back_off("a.feeds.example") == 0.0
        starts = []
        for _ in range(3):
            async with throttle.slot("a.feeds.example"):
                starts.append(time.now)
        assert starts[1] - starts[0] > 4  # one second without a complaint
        for _ in range(8):
            throttle.recovered("a.feeds.example")
        starts.clear()
        for _ in range(3):
            async with throttle.slot("a.feeds.example"):
                starts.append(time.now)
        assert starts[2] - starts[1] == 1.0

    run(go())


def test_one_answer_does_not_stop_a_publisher_for_a_day_but_many_do():
    time = Time()
    throttle = host_throttle(time)
    rests = []
    for _ in range(12):
        throttle.slow_down("feeds.example", 86_400.0)
        rests.append(throttle.back_off("feeds.example"))
        time.now += rests[-1]
    assert rests[0] == 900
    assert rests == sorted(rests)
    assert rests[-1] == 86_400


def test_memory_of_publishers_stays_bounded(monkeypatch):
    monkeypatch.setattr("aggregator.fetch.domains._MAX_DOMAINS", 50)

    async def go():
        time = Time()
        throttle = host_throttle(time)
        for n in range(500):
            async with throttle.slot(f"publisher{n}.example"):
                pass
            time.now += 2
        return throttle

    throttle = run(go())
    assert len(throttle._domains) <= 50  # the one thing that only its inside can show


# The same over loopback, where spacing counts only if feeds.toml sets it.


@asynccontextmanager
async def fetcher(kit, plays, **limits):
    async with kit.Site(plays) as site, Fetcher(kit.limits(**limits)) as fetcher:

        async def poll(path, name="f"):
            return await fetcher.poll(FeedSettings(site.url(path)), PollState(name), now=kit.now)

        yield site, poll


def status(line, **headers):
    async def play(wire, asked):
        await wire.answer(line, b"", **headers)

    return play


@pytest.mark.parametrize("line", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_complaint_lets_all_feeds_of_the_publisher_rest(kit, line):
    async def go():
        plays = {"/a": status(line, retry_after="90"), "*": status("200 OK")}
        async with fetcher(kit, plays, spacing=0.0) as (site, poll):
            return site, await poll("/a"), await poll("/b"), await poll("/a")

    site, first, second, third = run(go())
    assert first.retry_after == 90
    assert len(site.asked) == 1
    for rest in (second, third):
        assert rest.outcome is Outcome.REFUSED
        assert rest.status is None
        assert 80 < rest.retry_after <= 90


def test_other_errors_let_nobody_rest(kit):
    async def go():
        plays = {"/a": status("500 Oh"), "/b": status("404 No"), "*": lambda w, a: w.answer()}
        async with fetcher(kit, plays, spacing=0.0) as (_, poll):
            return [(await poll(path)).status for path in ("/a", "/b", "/c")]

    assert run(go()) == [500, 404, 200]


def test_one_connection_at_a_time_where_feeds_toml_says_so(kit):
    async def go():
        running = peak = 0

        async def play(wire, asked):
            nonlocal running, peak
            running += 1
            peak = max(peak, running)
            await asyncio.sleep(0.01)
            running -= 1
            await wire.answer()

        async with fetcher(kit, {"*": play}, per_domain=1, spacing=0.0) as (site, poll):
            await asyncio.gather(*(poll(f"/{n}") for n in range(20)))
            return peak, site.connections

    assert run(go()) == (1, 1)


def test_a_redirect_within_a_publisher_is_one_visit_and_counts_for_the_next(kit):
    async def go():
        plays = {"/a": status("302 Found", location="/b"), "*": lambda w, a: w.answer()}
        loop = asyncio.get_running_loop()
        async with fetcher(kit, plays, spacing=0.3) as (_, poll):
            started = loop.time()
            await poll("/a")
            one = loop.time() - started
            await poll("/b")
            return one, loop.time() - started

    one, two = run(go())
    assert one < 0.25
    assert two >= 0.3
