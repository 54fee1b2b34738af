"""The daemon's side of WebSub: subscribes at hubs and processes their deliveries.

The protocol itself is in ``aggregator.fetch.websub``; this connects it to the store, the
parser and the engine. A delivery is processed like a poll.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog

from aggregator.engine.polls import Engine
from aggregator.engine.subscriptions import to_feed
from aggregator.fetch import WebsubRequest, WebsubResponse, serve, websub
from aggregator.model import Feed, PollOutcome, PollState
from aggregator.polling.poller import Clock, Poller
from aggregator.polling.subscriptions import Due
from aggregator.settings import FeedSettings, Settings
from storage import Store, StoreError

ASKED_AT_ONCE = 20  # subscription requests per round
WAITING = 50  # accepted deliveries not yet stored; further ones are told to retry

log = structlog.get_logger()


class Hubs:
    """Subscriptions at hubs, if a public callback address is configured."""

    def __init__(
        self, store: Store, engine: Engine, poller: Poller, settings: Settings, *, clock: Clock
    ) -> None:
        self._store = store
        self._engine = engine
        self._poller = poller
        self._settings = settings
        self._feeds = _by_id(settings)
        self._clock = clock
        self._deliveries: set[asyncio.Task[None]] = set()

    def use(self, settings: Settings) -> None:
        """Use the feeds in ``settings``; the callback address stays the same until a restart."""
        self._settings = settings
        self._feeds = _by_id(settings)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Answer hubs while the context is open; does nothing without a callback address.

        Raises OSError if it cannot listen on the address.
        """
        limits = self._settings.fetch
        if not limits.websub_callback:
            yield
            return
        host, port = websub.listen_address(limits.websub_listen)
        async with serve(host, port, self.answer, max_bytes=limits.max_bytes) as taken:
            log.info("listening for hubs", host=host, port=taken, public=limits.websub_callback)
            yield
        await self.finish()

    async def ask(self) -> None:
        """Subscribe at hubs, or renew leases, where due."""
        for feed in self._wanting()[:ASKED_AT_ONCE]:
            now = self._clock()
            asked = partial(self._asked, secret=secrets.token_hex(32), now=now)
            # Stored before the request, because the hub may call back before it answers.
            state = await self._poller.write(partial(self._engine.change_state, feed, asked))
            if state is None:
                continue
            answer = await self._poller.ask_hub(state, now=now)
            log.info(
                "hub asked",
                feed=state.topic,
                hub=state.hub,
                status=answer.status,
                error=answer.error,
            )

    def _asked(self, state: PollState, *, secret: str, now: datetime) -> PollState | None:
        if not websub.due(state, self._settings.fetch, now):
            return None
        return websub.asked(state, secret=secret, now=now)

    def _wanting(self) -> list[str]:
        """Ids of the feeds for which a hub request is due."""
        limits, now = self._settings.fetch, self._clock()
        if not limits.websub_callback:
            return []
        with self._store.reading() as view:
            states = view.feeds.states()
        return [feed for feed, state in states.items() if websub.due(state, limits, now)]

    async def answer(self, request: WebsubRequest) -> WebsubResponse:
        """Answer one request from a hub; a valid delivery is stored after the answer."""
        due = self._due(websub.feed_of(request.path) or "")
        received = websub.receive(
            request,
            due.state if due else None,
            now=self._clock(),
            max_bytes=self._settings.fetch.max_bytes,
        )
        if received.state is not None:
            leased = partial(_leased, until=received.state.lease_until)
            change = partial(self._engine.change_state, received.state.feed, leased)
            await self._poller.write(change)
        if due is not None and received.outcome is not None:
            if len(self._deliveries) >= WAITING:
                return WebsubResponse(503)
            task = asyncio.create_task(self._deliver(due, received.outcome))
            self._deliveries.add(task)
            task.add_done_callback(self._deliveries.discard)
        return received.response

    async def _deliver(self, due: Due, outcome: PollOutcome) -> None:
        """Parse and store a hub's delivery."""
        try:
            tally = await self._poller.store(await self._poller.read(due, outcome))
        except StoreError as error:
            log.error("delivery not stored", feed=due.settings.key, error=str(error))
            return
        log.info("hub delivered", feed=due.settings.key, entries=tally.entries, items=tally.items)

    async def finish(self) -> None:
        """Wait until accepted deliveries are stored."""
        await asyncio.gather(*self._deliveries, return_exceptions=True)

    def _due(self, feed: str) -> Due | None:
        """A subscribed feed and its state."""
        if feed not in self._feeds:
            return None
        with self._store.reading() as view:
            return Due(*self._feeds[feed], view.feeds.state(feed))


def _leased(state: PollState, *, until: datetime | None) -> PollState:
    return replace(state, lease_until=until)


def _by_id(settings: Settings) -> dict[str, tuple[Feed, FeedSettings]]:
    return {feed.id: (feed, table) for table in settings.feeds for feed in [to_feed(table)]}
