"""Requests that hang do not fill the places of the others."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.places import SLOW, Places


class Clock(asyncio.SelectorEventLoop):
    """An event loop whose time passes only while everything waits."""

    now = 0.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        # Cancelled timers stay in the list for a while, and nothing happens at their time.
        due = [timer.when() for timer in self._scheduled if not timer.cancelled()]
        if not self._ready and due:
            self.now = max(self.now, min(due))
        super()._run_once()  # type: ignore[misc]  # private, and the only place to skip time


async def request(places: Places, seconds: float, starts: list[float]) -> None:
    place = await places.acquire()
    starts.append(asyncio.get_running_loop().time())
    try:
        await asyncio.sleep(seconds)
    finally:
        places.release(place)


def starts(takes: list[float], count: int) -> list[float]:
    """When each of some requests begins that all arrive at once."""

    async def work() -> list[float]:
        places, found = Places(count), list[float]()
        await asyncio.gather(*(request(places, seconds, found) for seconds in takes))
        assert places._free._value == count, "every place is given back"
        assert places._room == count * SLOW
        return found

    with asyncio.Runner(loop_factory=Clock) as runner:
        return runner.run(work())


def test_twenty_good_feeds_behind_two_hundred_that_hang() -> None:
    found = starts([30.0] * 200 + [0.1] * 20, 32)
    assert max(found) <= 35.0  # 187 s where each keeps its place until the deadline


def test_good_feeds_alone_wait_for_a_place_only() -> None:
    assert max(starts([1.0] * 64, 32)) == pytest.approx(1.0)


@given(st.lists(st.floats(0, 60), max_size=60), st.integers(1, 4))
def test_no_more_than_the_stated_number_are_in_flight(takes: list[float], count: int) -> None:
    begun = starts(takes, count)
    ends = [start + seconds for start, seconds in zip(begun, takes, strict=True)]
    for moment in begun:
        flying = sum(start <= moment < end for start, end in zip(begun, ends, strict=True))
        assert flying <= count * (1 + SLOW)
