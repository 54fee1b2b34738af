"""Limits concurrency and spacing of requests per publisher.

A publisher is a registrable domain, according to the public suffix list without its
private part: ``a.blogspot.com`` and ``b.blogspot.com`` are one publisher, since one
company serves both. Loopback is the user's own machine: it is neither spaced nor
limited, and one of its answers does not pause all its feeds, unless feeds.toml sets
``spacing`` or ``per_domain``.
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
from aggregator.fetch.places import Place, Places
from aggregator.settings import FetchLimits

PER_DOMAIN = 2
SPACING = 1.0  # seconds
BACK_OFF = 300.0  # seconds without Retry-After
FIRST_BACK_OFF_MAX = 900.0  # one feed's answer must not stop a whole host for a day
BACK_OFF_MAX = 86_400.0
_MAX_DOMAINS = 10_000  # number remembered before idle ones are dropped
_SLOWEST = 60.0  # maximum seconds between requests to a domain that complained


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)


@lru_cache(maxsize=16_384)
def domain(host: str) -> str:
    """The registrable domain of ``host``; the host itself for IP addresses and the like."""
    if ":" in host or host.rsplit(".", 1)[-1].isdigit():
        return host
    return _suffixes().privatesuffix(host.rstrip(".")) or host


@dataclass(slots=True)
class _Domain:
    """The current state of one publisher. Times are monotonic."""

    free: asyncio.Semaphore
    spacing: float
    next_start: float = 0.0  # no request before this time
    closed_until: float = 0.0  # no request before this time, and requests do not wait
    complaints: int = 0  # 429 and 503 in a row
    users: int = 0  # active or waiting requests
    extra: float = 0.0  # added to the spacing after a complaint


class HostThrottle:
    """Limits and spaces requests per publisher. One object serves the whole process."""

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
        self._all = Places(limits.concurrency)
        self._domains: dict[str, _Domain] = {}

    @asynccontextmanager
    async def slot(self, host: str, *, again: bool = False) -> AsyncIterator[None]:
        """Wait until a request to ``host`` is allowed, and hold a slot for it.

        ``again`` is for a redirect within the same domain: it belongs to the same
        visit and is not spaced, but counts for the next request.
        """
        if self._unlimited(host):
            place = await self._all.acquire()
            try:
                yield
            finally:
                self._all.release(place)
            return
        key = domain(host)
        state = self._state(key)
        state.users += 1
        try:
            async with state.free:
                place = await self._wait(state, again=again)
                try:
                    yield
                finally:
                    self._all.release(place)
        finally:
            state.users -= 1
            self._forget(key, state)

    async def _wait(self, state: _Domain, *, again: bool) -> Place:
        """Acquire a global place at a time when the domain may be requested."""
        while True:
            while not again and (wait := state.next_start - self._clock()) > 0:
                await self._sleep(wait)
            place = await self._all.acquire()
            now = self._clock()
            if again or now >= state.next_start:  # no other request came first
                state.next_start = now + state.spacing + state.extra
                return place
            self._all.release(place)

    def back_off(self, host: str) -> float:
        """Seconds until the domain of ``host`` may be requested again; 0 if it may now."""
        state = self._domains.get(domain(host))
        return 0.0 if state is None else max(0.0, state.closed_until - self._clock())

    def slow_down(self, host: str, retry_after: float | None) -> None:
        """Pause a domain that answered 429 or 503, then request it more slowly.

        The first such answer pauses the whole domain for at most a quarter of an hour,
        whatever Retry-After says (the feed itself waits all of it), because one broken
        feed must not stop hundreds. Each further one without a good answer in between
        doubles the bound.
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
        """Record a good answer of the domain: the spacing shrinks again."""
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
        """Drop an idle state, so that memory stays flat."""
        now = self._clock()
        if (
            not state.users
            and not state.extra
            and now >= state.next_start
            and now >= state.closed_until
        ):
            self._domains.pop(key, None)
