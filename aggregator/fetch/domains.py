"""Whose turn it is: requests in parallel and their spacing, for each publisher.

A publisher is a registrable domain, after the public suffix list without its
private part: ``a.blogspot.com`` and ``b.blogspot.com`` are one, since one company
answers for both. Loopback is one's own machine: it is neither spaced nor bounded,
nor does one answer of it stop all its feeds, unless feeds.toml sets ``spacing`` or
``per_domain``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from aggregator.fetch.addresses import is_loopback
from aggregator.settings import FetchLimits

PER_DOMAIN = 2
SPACING = 1.0  # seconds
REST = 300.0  # seconds without Retry-After
REST_MOST_AT_FIRST = 900.0  # one feed's answer does not stop a whole host for a day
REST_MOST = 86_400.0
_MOST_DOMAINS = 10_000  # remembered before those that say nothing any more are dropped
_SLOWEST = 60.0  # seconds between requests to a domain that complained


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)


@lru_cache(maxsize=16_384)
def domain(host: str) -> str:
    """The registrable domain of ``host``; the host itself for addresses and the like."""
    if ":" in host or host.rsplit(".", 1)[-1].isdigit():
        return host
    return _suffixes().privatesuffix(host.rstrip(".")) or host


@dataclass(slots=True)
class _Domain:
    """How one publisher is treated at the moment. Times are of the monotonic clock."""

    free: asyncio.Semaphore
    spacing: float
    ready: float = 0.0  # not asked before
    rests: float = 0.0  # not asked before, and nobody waits for it
    complaints: int = 0  # 429 and 503 in a row
    users: int = 0  # turns taken or waited for
    extra: float = 0.0  # added to the spacing after a complaint


class Turns:
    """Hands out turns to ask. One object serves all requests of a process."""

    def __init__(
        self,
        limits: FetchLimits,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._all = asyncio.Semaphore(limits.concurrency)
        self._domains: dict[str, _Domain] = {}

    @asynccontextmanager
    async def turn(self, host: str, *, again: bool = False) -> AsyncIterator[None]:
        """Wait for a turn to ask ``host`` and hold it.

        ``again`` is for a redirect within the domain that was just asked: it is
        part of the same visit and is not spaced, but counts for the next.
        """
        if self._own(host):
            async with self._all:
                yield
            return
        key = domain(host)
        place = self._place(key)
        place.users += 1
        try:
            async with place.free:
                await self._wait(place, again=again)
                try:
                    yield
                finally:
                    self._all.release()
        finally:
            place.users -= 1
            self._forget(key, place)

    async def _wait(self, place: _Domain, *, again: bool) -> None:
        """Return holding one of all turns, at a moment when the domain may be asked."""
        while True:
            while not again and (wait := place.ready - self._clock()) > 0:
                await self._sleep(wait)
            await self._all.acquire()
            now = self._clock()
            if again or now >= place.ready:  # nobody was faster meanwhile
                place.ready = now + place.spacing + place.extra
                return
            self._all.release()

    def resting(self, host: str) -> float:
        """Seconds for which the domain of ``host`` is not to be asked; 0 if it may."""
        place = self._domains.get(domain(host))
        return 0.0 if place is None else max(0.0, place.rests - self._clock())

    def complained(self, host: str, retry_after: float | None) -> None:
        """The domain answered 429 or 503: nobody asks it for a while, then slower.

        The first such answer stops the whole domain for a quarter of an hour at the
        most, whatever Retry-After says (the feed itself waits all of it): one
        broken feed must not stop hundreds. Each further one without a good answer
        between them doubles that.
        """
        if self._own(host):
            return
        place = self._place(domain(host))
        most = min(REST_MOST, REST_MOST_AT_FIRST * 2.0 ** min(place.complaints, 10))
        rest = min(retry_after if retry_after is not None else REST, most)
        place.rests = max(place.rests, self._clock() + rest)
        place.complaints += 1
        place.extra = min(_SLOWEST, max(2 * place.extra, 4 * place.spacing, 1.0))

    def answered(self, host: str) -> None:
        """The domain gave a good answer: it is trusted a little more again."""
        place = self._domains.get(domain(host))
        if place is not None and place.complaints:
            place.complaints = 0
        if place is not None and place.extra:
            place.extra = place.extra / 2 if place.extra > 0.5 else 0.0

    def _own(self, host: str) -> bool:
        unset = self._limits.spacing is None and self._limits.per_domain is None
        return unset and is_loopback(host)

    def _place(self, key: str) -> _Domain:
        place = self._domains.get(key)
        if place is None:
            if len(self._domains) >= _MOST_DOMAINS:
                for other, idle in list(self._domains.items()):
                    self._forget(other, idle)
            limits = self._limits
            place = _Domain(
                asyncio.Semaphore(limits.per_domain or PER_DOMAIN),
                SPACING if limits.spacing is None else limits.spacing,
            )
            self._domains[key] = place
        return place

    def _forget(self, key: str, place: _Domain) -> None:
        """Drop what says nothing any more, so that memory stays flat."""
        now = self._clock()
        if not place.users and not place.extra and now >= place.ready and now >= place.rests:
            self._domains.pop(key, None)
