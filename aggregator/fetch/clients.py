"""Keeps idle clients with their connections for reuse."""

from __future__ import annotations

import asyncio
import time

from aggregator.fetch.client import KEEP_SECONDS, Client, Route
from aggregator.fetch.guard import Guard, Target


class Clients:
    """At most ``keep`` idle clients per route, none for longer than KEEP_SECONDS."""

    def __init__(self, guard: Guard, most_bytes: int, *, keep: int) -> None:
        self.guard = guard
        self._most_bytes = most_bytes
        self._keep = keep
        self._idle: dict[Route, list[Client]] = {}  # the longest idle first
        self._sweep: asyncio.TimerHandle | None = None
        self._closing: set[asyncio.Task[None]] = set()

    def take(self, route: Route, target: Target) -> Client:
        """A client, preferably one already connected to the target's host."""
        idle = self._idle.get(route)
        if not idle:
            return Client(self.guard, route, self._most_bytes)
        for index in range(len(idle) - 1, -1, -1):
            if idle[index].last == target.origin:
                return idle.pop(index)
        return idle.pop(0)

    async def give(self, route: Route, client: Client) -> None:
        """Return a client. Clients with feed-specific settings are not kept."""
        idle = self._idle.setdefault(route, [])
        own = route.proxy is not None or route.ca_file is not None or not route.verify
        if own or len(idle) >= self._keep:
            await client.close()
            return
        client.idle_since = time.monotonic()
        idle.append(client)
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(KEEP_SECONDS, self._swept)

    async def close(self) -> None:
        """Close them all."""
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        for idle in self._idle.values():
            while idle:
                await idle.pop().close()
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _swept(self) -> None:
        """Close clients that were not reused in time (a daemon may be idle for an hour)."""
        self._sweep = None
        before = time.monotonic() - KEEP_SECONDS
        waiting = []
        for idle in self._idle.values():
            while idle and idle[0].idle_since <= before:
                task = asyncio.ensure_future(idle.pop(0).close())
                self._closing.add(task)
                task.add_done_callback(self._closing.discard)
            waiting += idle[:1]
        if waiting:
            after = max(0.1, min(client.idle_since for client in waiting) - before)
            self._sweep = asyncio.get_running_loop().call_later(after, self._swept)
