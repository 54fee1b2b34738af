"""Places for requests in flight; those that take long give way to others."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

PATIENCE = 5.0
"""Seconds for which a request keeps one of the ordinary places."""
SLOW = 4
"""How many times as many requests may be slow as are in flight otherwise."""


@dataclass(slots=True, eq=False)
class Place:
    """One place, held by one request."""

    timer: asyncio.TimerHandle | None = None
    late: bool = False  # held for PATIENCE, but there was no room among the slow ones
    slow: bool = False


class Places:
    """``count`` requests at a time, and ``SLOW`` times as many that have taken ``patience``.

    Without that, some feeds that hang until their deadline would delay hundreds of others.
    """

    def __init__(self, count: int, *, patience: float = PATIENCE) -> None:
        self._free = asyncio.Semaphore(count)
        self._room = count * SLOW
        self._patience = patience
        self._late: list[Place] = []

    async def acquire(self) -> Place:
        """Wait for a place; ``release`` it."""
        await self._free.acquire()
        place = Place()
        loop = asyncio.get_running_loop()
        place.timer = loop.call_later(self._patience, self._slowed, place)
        return place

    def release(self, place: Place) -> None:
        """Give a place back."""
        if place.timer is not None:
            place.timer.cancel()
        if not place.slow:
            if place.late:
                self._late.remove(place)
            self._free.release()
            return
        self._room += 1
        if self._late:
            self._slowed(self._late.pop(0))

    def _slowed(self, place: Place) -> None:
        """Count a request among the slow ones, if there is room, so that another may begin."""
        place.late = self._room == 0
        if place.late:
            self._late.append(place)
            return
        self._room -= 1
        place.slow = True
        self._free.release()
