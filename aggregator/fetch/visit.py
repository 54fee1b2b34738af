"""One visit: all hops of it, each let through by the guard, within one deadline."""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from aggregator.fetch.body import Body
from aggregator.fetch.client import Answer, NetworkError, Route, join, split
from aggregator.fetch.clients import Clients
from aggregator.fetch.domains import Turns, domain
from aggregator.fetch.guard import Refused, Target, is_public
from aggregator.fetch.headers import Headers, content_length, first, joined
from aggregator.settings import FetchLimits

_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
_KEEP_METHOD = {307, 308}  # RFC 9110, 15.4: others may turn a POST into a GET
_BODY = {200, 203}
# Headers that a feed's own settings do not change: they frame the message.
_OURS = {
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "accept-encoding",
    "te",
    "upgrade",
    "expect",
    "keep-alive",
    "trailer",
}


class Resting(Exception):  # noqa: N818 # an answer, not a fault
    """The publisher asked for rest: nothing is sent for so many more seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to be asked, and how."""

    url: str
    headers: tuple[tuple[str, str], ...]  # sent to every host
    private: tuple[tuple[str, str], ...] = ()  # sent to the host of ``url`` alone
    auth: tuple[str, str] | None = None
    route: Route = field(default_factory=Route)
    method: str = "GET"
    content: bytes | None = None
    body_always: bool = False  # read the body whatever the status


@dataclass(slots=True)
class Visited:
    """What came of it."""

    url: str  # who answered, after redirects
    host: str = ""
    status: int = 0
    headers: Headers = ()
    body: bytes = b""
    partial: bool = False
    permanent: bool = False  # redirected, and every hop was a 301 or 308
    temporary: bool = False  # some hop was not
    wire: int = 0


class Visit:
    """Follows one ``Ask`` to its answer."""

    def __init__(
        self,
        ask: Ask,
        clients: Clients,
        turns: Turns,
        limits: FetchLimits,
        *,
        max_bytes: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._clients = clients
        self._turns = turns
        self._left = limits.deadline
        self._max_redirects = limits.max_redirects
        self._max_bytes = max_bytes
        self._clock = clock
        self._route = ask.route
        self.found = Visited(ask.url)
        self.elapsed = 0.0

    async def run(self) -> Visited:
        """Go where it leads. Raises Refused, Resting, NetworkError or TimeoutError.

        Waiting for a turn does not count against the deadline; all else does.
        """
        home = target = split(self._ask.url)
        before = ""
        for _ in range(self._max_redirects + 1):
            self._clients.guard.admit(target, inside=self._route.inside)
            self.found.url, self.found.host = target.url, target.host
            again = domain(target.host) == before
            before = domain(target.host)
            async with self._turns.turn(target.host, again=again):
                rest = self._turns.resting(target.host)
                if rest:
                    raise Resting(rest)
                location = await self._timed(target, home)
            if location is None:
                return self.found
            target = self._next(target, home, location)
        raise Refused(f"more than {self._max_redirects} redirects")

    async def _timed(self, target: Target, home: Target) -> str | None:
        started = self._clock()
        try:
            async with asyncio.timeout(max(self._left, 0.0)):
                return await self._hop(target, home)
        finally:
            spent = self._clock() - started
            self._left -= spent
            self.elapsed += spent

    async def _hop(self, target: Target, home: Target) -> str | None:
        """Ask one address; where it redirects to, or None when it answered."""
        route = self._route
        client = self._clients.take(route, target)
        try:
            async with client.ask(
                target,
                self._headers(target, home),
                method=self._ask.method,
                content=self._ask.content,
            ) as answer:
                location = await self._take(answer, target)
        except BaseException:
            await asyncio.shield(client.close())
            raise
        await self._clients.give(route, client)
        return location

    async def _take(self, answer: Answer, target: Target) -> str | None:
        found = self.found
        found.status, found.headers = answer.status, answer.headers
        if answer.status in (_REDIRECTS if self._ask.method == "GET" else _KEEP_METHOD):
            location = first(answer.headers, "location")
            if location:
                self._mark(answer, target)
                return location
        if answer.status in _BODY or self._ask.body_always:
            await self._read(answer)
        elif answer.status == 304:
            async for chunk in answer.chunks():  # none: it frees the connection
                if chunk:
                    break
        return None

    def _mark(self, answer: Answer, target: Target) -> None:
        """Remember what kind of redirect this is, and whether it leads out or in.

        Who answers from outside cannot send anyone to an internal address, not even
        to one that ``allow_hosts`` opens: from here on it does not count.
        """
        permanent = answer.status in _PERMANENT
        self.found.temporary = self.found.temporary or not permanent
        self.found.permanent = not self.found.temporary
        if answer.peer:
            outside = is_public(answer.peer)
        else:  # behind a proxy
            outside = not self._clients.guard.named(target.host, target.port)
        if outside:
            self._route = replace(self._route, inside=False)

    async def _read(self, answer: Answer) -> None:
        length = content_length(answer.headers)
        if length is not None and length > self._max_bytes:
            raise Refused(f"the body is to be {length:,} bytes long")
        body = Body(joined(answer.headers, "content-encoding"), self._max_bytes)
        cut = False
        try:
            async for chunk in answer.chunks():
                body.feed(chunk)
        except NetworkError as error:
            if not (error.cut and body.wire):
                raise
            cut = True
        finally:
            self.found.wire = body.wire
        self.found.body, unfinished = body.finish()
        self.found.partial = cut or unfinished

    def _headers(self, target: Target, home: Target) -> Sequence[tuple[str, str]]:
        headers = dict(self._ask.headers)
        if _same_host(home, target):
            for name, value in self._ask.private:
                if name.lower() not in _OURS:
                    headers = {k: v for k, v in headers.items() if k.lower() != name.lower()}
                    headers[name] = value
            if self._ask.auth is not None:
                pair = ":".join(self._ask.auth).encode()
                headers["Authorization"] = "Basic " + b64encode(pair).decode()
        return list(headers.items())

    def _next(self, target: Target, home: Target, location: str) -> Target:
        following = split(join(target.url, _as_written(location)))
        secret = bool(self._ask.private or self._ask.auth)
        if secret and home.host == following.host and _downgrade(home, following):
            raise Refused("the redirect would send credentials without TLS")
        return following


def _as_written(location: str) -> str:
    """A Location as its server meant it: letters beyond ASCII come as raw UTF-8."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location


def _downgrade(home: Target, target: Target) -> bool:
    return (home.scheme, target.scheme) == ("https", "http")


def _same_host(home: Target, target: Target) -> bool:
    """Whether what is meant for ``home`` may be told to ``target``.

    The same scheme, host and port, or the same host's step from http to https.
    """
    if home.origin == target.origin:
        return True
    return (home.host == target.host and (home.scheme, home.port) == ("http", 80)) and (
        (target.scheme, target.port) == ("https", 443)
    )
