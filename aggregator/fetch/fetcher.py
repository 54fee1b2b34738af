"""The HTTP client of the program: every byte from the network arrives through it."""

from __future__ import annotations

import logging
import re
import time
import tomllib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aggregator.fetch.client import NetworkError, Route, split
from aggregator.fetch.clients import Clients
from aggregator.fetch.domains import HostThrottle
from aggregator.fetch.exchange import BackOff, Exchange, Request, Response
from aggregator.fetch.guard import Guard, Refused, Resolver
from aggregator.fetch.local import local_path, read_local
from aggregator.fetch.outcomes import conditions, outcome_for_feed, outcome_of
from aggregator.fetch.resolver import resolve
from aggregator.model import Outcome, PollOutcome, PollState
from aggregator.settings import FeedSettings, FetchLimits

log = logging.getLogger(__name__)

FEED_TYPES = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
PAGE_TYPES = "text/html, application/xhtml+xml, */*;q=0.5"
_PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
_SLOW_DOWN = {429, 503}
_CREDENTIALS = re.compile(r"//[^/?#@]*@")


class Fetcher:
    """Requests feeds and pages, politely and safely.

    Use it as an async context manager, one for the life of a process, because it
    tracks recent requests per publisher. ``resolver`` resolves names and ``clock``
    gives monotonic seconds; both can be replaced in tests.
    """

    def __init__(
        self,
        limits: FetchLimits,
        *,
        resolver: Resolver | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._throttle = HostThrottle(limits, clock=clock)
        guard = Guard(limits.allow_hosts, resolver=resolver or resolve)
        self._clients = Clients(guard, limits.max_bytes, keep=limits.concurrency)
        self._agent = user_agent(limits.contact)
        self._warned: set[str] = set()

    async def __aenter__(self) -> Fetcher:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._clients.close()

    async def poll(self, feed: FeedSettings, state: PollState, *, now: datetime) -> PollOutcome:
        """Request a feed; never raises on network errors.

        ``state`` gives the validators to send and the address adopted after a move. A
        feed whose domain is paused is not requested: the outcome is then REFUSED
        without a status, with the seconds to wait in ``retry_after``.
        """
        path = local_path(feed.url)
        if path is not None:
            return await read_local(
                path,
                state,
                now=now,
                most_bytes=self._limits.max_bytes,
                deadline=self._limits.deadline,
            )
        if not feed.verify and feed.url not in self._warned:
            self._warned.add(feed.url)
            log.warning("the certificate of %s is NOT checked (verify = false)", redact(feed.url))
        validators = conditions(state)
        here = state.address is None or _same_host(state.address, feed.url)
        request = Request(
            url=state.address or feed.url,
            headers=self._headers(FEED_TYPES, validators),
            private=feed.headers if here else (),
            auth=feed.auth if here else None,
            route=self._route(feed, inside=here),
        )
        outcome = await self._exchange(request, now=now, feed=state.feed)
        return outcome_for_feed(outcome, state, conditional=bool(validators))

    async def get(
        self,
        url: str,
        *,
        now: datetime | None = None,
        accept: str = PAGE_TYPES,
        trusted: bool = True,
        max_bytes: int | None = None,
    ) -> PollOutcome:
        """Request a page or a document; never raises on network errors.

        ``trusted`` says that the user gave the address: only then does ``allow_hosts``
        apply. The outcome is CONTENT, REFUSED or FAILED.
        """
        route = self._default_route(trusted)
        request = Request(url=url, headers=self._headers(accept, ()), route=route)
        return await self._exchange(request, now=now, max_bytes=max_bytes)

    async def post(
        self,
        url: str,
        form: Sequence[tuple[str, str]],
        *,
        now: datetime | None = None,
        origin: str | None = None,
    ) -> PollOutcome:
        """Send a form, as WebSub hubs require; CONTENT for any 2xx answer.

        ``origin`` is the feed that named the address. ``allow_hosts`` applies only if
        it covers the feed itself.
        """
        headers = (
            *self._headers("*/*", ()),
            ("Content-Type", "application/x-www-form-urlencoded"),
        )
        request = Request(
            url=url,
            headers=headers,
            route=self._default_route(self._is_internal(origin)),
            method="POST",
            content=urlencode(form).encode("ascii"),
            body_always=True,
        )
        return await self._exchange(request, now=now, max_bytes=65_536)

    async def send(
        self,
        url: str,
        content: bytes,
        headers: Sequence[tuple[str, str]],
        *,
        now: datetime | None = None,
    ) -> PollOutcome:
        """Post ``content`` to an address that the user gave; CONTENT for any 2xx answer."""
        request = Request(
            url=url,
            headers=(*self._headers("*/*", ()), *headers),
            route=self._default_route(True),
            method="POST",
            content=content,
            body_always=True,
        )
        return await self._exchange(request, now=now, max_bytes=65_536)

    def _is_internal(self, url: str | None) -> bool:
        try:
            target = split(url or "")
        except Refused:
            return False
        return self._clients.guard.opens_to(target.host, target.port)

    def _default_route(self, trusted: bool) -> Route:
        return Route(inside=trusted and self._clients.guard.opens, proxy=self._limits.proxy)

    def _route(self, feed: FeedSettings, *, inside: bool) -> Route:
        return Route(
            inside=inside and self._clients.guard.opens,
            proxy=feed.proxy or self._limits.proxy,
            ca_file=feed.ca_file,
            verify=feed.verify,
        )

    def _headers(self, accept: str, more: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        return (
            ("User-Agent", self._agent),
            ("Accept", accept),
            ("Accept-Encoding", "gzip, deflate"),
            *more,
        )

    async def _exchange(
        self,
        request: Request,
        *,
        now: datetime | None,
        feed: str = "",
        max_bytes: int | None = None,
    ) -> PollOutcome:
        at = now or datetime.now(UTC)
        limits = self._limits
        exchange = Exchange(
            request,
            self._clients,
            self._throttle,
            limits,
            max_bytes=min(max_bytes or limits.max_bytes, limits.max_bytes),
            clock=self._clock,
        )

        def so_far(**more: Any) -> PollOutcome:
            return PollOutcome(
                feed,
                more.pop("outcome", Outcome.FAILED),
                at,
                redact(exchange.found.url),
                wire_bytes=exchange.found.wire,
                elapsed=exchange.elapsed,
                **more,
            )

        try:
            response = await exchange.run()
        except Refused as refused:
            return so_far(outcome=Outcome.REFUSED, error=redact(str(refused)))
        except BackOff as back_off:
            error = "backing off (Retry-After)"
            return so_far(outcome=Outcome.REFUSED, retry_after=back_off.seconds, error=error)
        except NetworkError as failure:
            return so_far(error=redact(str(failure)), offline=failure.offline)
        except TimeoutError:
            return so_far(error=f"timed out after {limits.deadline:g} s")
        except MemoryError:
            return so_far(error="not enough memory on this machine", offline=True)
        except Exception as failure:
            # Never raise because of a response; log unexpected errors with their traceback.
            log.exception("unexpected error fetching %s", redact(request.url))
            return so_far(error=f"unexpected error: {type(failure).__name__}")
        outcome = outcome_of(response, so_far())
        self._adjust(response, outcome)
        return outcome

    def _adjust(self, response: Response, outcome: PollOutcome) -> None:
        """Slow down or speed up requests to this host, depending on its response."""
        if response.status in _SLOW_DOWN:
            self._throttle.slow_down(response.host, outcome.retry_after)
        elif response.status < 400:
            self._throttle.recovered(response.host)


def user_agent(contact: str) -> str:
    """The User-Agent: program, version and contact."""
    who = "".join(c for c in contact if c.isascii() and c.isprintable() and c not in "()\\").strip()
    return f"every-story-once/{_release()} (news feed reader; {who or 'no contact given'})"


def _release() -> str:
    """The version, whether installed or run from a checkout."""
    try:
        return version("every-story-once")
    except PackageNotFoundError:
        pass
    try:
        project = tomllib.loads(_PYPROJECT.read_text("utf-8"))["project"]
        return str(project["version"])
    except (OSError, ValueError, KeyError):
        return "0"


def redact(text: str) -> str:
    """``text`` without users and passwords in addresses."""
    return _CREDENTIALS.sub("//", text)


def _same_host(adopted: str, named: str) -> bool:
    """Whether an adopted address is on the host given in feeds.toml.

    On other hosts neither credentials nor ``allow_hosts`` apply, because the publisher chose
    the address.
    """
    try:
        there, here = split(adopted), split(named)
    except Refused:
        return False
    return there.host == here.host and there.scheme in (here.scheme, "https")
