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
BACK_OFF = 300.0  # seconds without Retry-After
FIRST_BACK_OFF_MAX = 900.0  # one feed's answer does not stop a whole host for a day
BACK_OFF_MAX = 86_400.0
_MAX_DOMAINS = 10_000  # remembered before those that say nothing any more are dropped
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
    next_start: float = 0.0  # not asked before
    closed_until: float = 0.0  # not asked before, and nobody waits for it
    complaints: int = 0  # 429 and 503 in a row
    users: int = 0  # requests under way or waiting
    extra: float = 0.0  # added to the spacing after a complaint


class HostThrottle:
    """Spaces and bounds requests by publisher. One object serves a whole process."""

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
    async def slot(self, host: str, *, again: bool = False) -> AsyncIterator[None]:
        """Wait until ``host`` may be asked; hold that slot.

        ``again`` is for a redirect within the domain that was just asked: it is
        part of the same visit and is not spaced, but counts for the next.
        """
        if self._unlimited(host):
            async with self._all:
                yield
            return
        key = domain(host)
        state = self._state(key)
        state.users += 1
        try:
            async with state.free:
                await self._wait(state, again=again)
                try:
                    yield
                finally:
                    self._all.release()
        finally:
            state.users -= 1
            self._forget(key, state)

    async def _wait(self, state: _Domain, *, again: bool) -> None:
        """Return holding one of all slots, at a moment when the domain may be asked."""
        while True:
            while not again and (wait := state.next_start - self._clock()) > 0:
                await self._sleep(wait)
            await self._all.acquire()
            now = self._clock()
            if again or now >= state.next_start:  # nobody was faster meanwhile
                state.next_start = now + state.spacing + state.extra
                return
            self._all.release()

    def back_off(self, host: str) -> float:
        """Seconds for which the domain of ``host`` is not to be asked; 0 if it may."""
        state = self._domains.get(domain(host))
        return 0.0 if state is None else max(0.0, state.closed_until - self._clock())

    def slow_down(self, host: str, retry_after: float | None) -> None:
        """The domain answered 429 or 503: nobody asks it for a while, then slower.

        The first such answer stops the whole domain for a quarter of an hour at the
        most, whatever Retry-After says (the feed itself waits all of it): one
        broken feed must not stop hundreds. Each further one without a good answer
        between them doubles that.
        """
        if self._unlimited(host):
            return
        state = self._state(domain(host))
        most = min(BACK_OFF_MAX, FIRST_BACK_OFF_MAX * 2.0 ** min(state.complaints, 10))
        wait = min(retry_after if retry_after is not None else BACK_OFF, most)
        state.closed_until = max(state.closed_until, self._clock() + wait)
        state.complaints += 1
        state.extra = min(_SLOWEST, max(2 * state.extra, 4 * state.spacing, 1.0))

    def recovered(self, host: str) -> None:
        """The domain gave a good answer: it is trusted a little more again."""
        state = self._domains.get(domain(host))
        if state is not None and state.complaints:
            state.complaints = 0
        if state is not None and state.extra:
            state.extra = state.extra / 2 if state.extra > 0.5 else 0.0

    def _unlimited(self, host: str) -> bool:
        unset = self._limits.spacing is None and self._limits.per_domain is None
        return unset and is_loopback(host)

    def _state(self, key: str) -> _Domain:
        state = self._domains.get(key)
        if state is None:
            if len(self._domains) >= _MAX_DOMAINS:
                for other, idle in list(self._domains.items()):
                    self._forget(other, idle)
            limits = self._limits
            state = _Domain(
                asyncio.Semaphore(limits.per_domain or PER_DOMAIN),
                SPACING if limits.spacing is None else limits.spacing,
            )
            self._domains[key] = state
        return state

    def _forget(self, key: str, state: _Domain) -> None:
        """Drop what says nothing any more, so that memory stays flat."""
        now = self._clock()
        if (
            not state.users
            and not state.extra
            and now >= state.next_start
            and now >= state.closed_until
        ):
            self._domains.pop(key, None)
