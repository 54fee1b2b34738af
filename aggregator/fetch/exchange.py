"""One exchange with all its redirects, each checked by the guard, within one deadline."""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from aggregator.fetch.body import Body
from aggregator.fetch.client import NetworkError, RawResponse, Route, join, split
from aggregator.fetch.clients import Clients
from aggregator.fetch.domains import HostThrottle, domain
from aggregator.fetch.guard import Refused, Target, is_public
from aggregator.fetch.headers import Headers, content_length, first, joined
from aggregator.settings import FetchLimits

_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
_KEEP_METHOD = {307, 308}  # RFC 9110, 15.4: others may turn a POST into a GET
_BODY = {200, 203}
# Headers that a feed's settings cannot change, because they frame the message.
_FRAMING = {
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


class BackOff(Exception):  # noqa: N818 # an answer, not a fault
    """The domain is paused: nothing is sent for the given number of seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Request:
    """A request and its limits."""

    url: str
    headers: tuple[tuple[str, str], ...]  # sent to every host
    private: tuple[tuple[str, str], ...] = ()  # sent only to the host of ``url``
    auth: tuple[str, str] | None = None
    route: Route = field(default_factory=Route)
    method: str = "GET"
    content: bytes | None = None
    body_always: bool = False  # read the body whatever the status


@dataclass(slots=True)
class Response:
    """The final response."""

    url: str  # address of the answer, after redirects
    host: str = ""
    status: int = 0
    headers: Headers = ()
    body: bytes = b""
    partial: bool = False
    permanent: bool = False  # redirected, and every redirect was a 301 or 308
    temporary: bool = False  # some redirect was neither
    wire: int = 0


class Exchange:
    """Follows one ``Request`` to its final response."""

    def __init__(
        self,
        request: Request,
        clients: Clients,
        throttle: HostThrottle,
        limits: FetchLimits,
        *,
        max_bytes: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._request = request
        self._clients = clients
        self._throttle = throttle
        self._left = limits.deadline
        self._max_redirects = limits.max_redirects
        self._max_bytes = max_bytes
        self._clock = clock
        self._route = request.route
        self.found = Response(request.url)
        self.elapsed = 0.0

    async def run(self) -> Response:
        """Run the exchange. Raises Refused, BackOff, NetworkError or TimeoutError.

        Waiting for the host throttle does not count against the deadline; all else does.
        """
        home = target = split(self._request.url)
        before = ""
        for _ in range(self._max_redirects + 1):
            self._clients.guard.admit(target, inside=self._route.inside)
            self.found.url, self.found.host = target.url, target.host
            again = domain(target.host) == before
            before = domain(target.host)
            async with self._throttle.slot(target.host, again=again):
                wait = self._throttle.back_off(target.host)
                if wait:
                    raise BackOff(wait)
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
        """Request one address; the address it redirects to, or None if it answered."""
        route = self._route
        client = self._clients.take(route, target)
        try:
            async with client.send(
                target,
                self._headers(target, home),
                method=self._request.method,
                content=self._request.content,
            ) as raw:
                location = await self._take(raw, target)
        except BaseException:
            await asyncio.shield(client.close())
            raise
        await self._clients.give(route, client)
        return location

    async def _take(self, raw: RawResponse, target: Target) -> str | None:
        found = self.found
        found.status, found.headers = raw.status, raw.headers
        if raw.status in (_REDIRECTS if self._request.method == "GET" else _KEEP_METHOD):
            location = first(raw.headers, "location")
            if location:
                self._mark(raw, target)
                return location
        if raw.status in _BODY or self._request.body_always:
            await self._read(raw)
        elif raw.status == 304:
            async for chunk in raw.chunks():  # empty body: frees the connection
                if chunk:
                    break
        return None

    def _mark(self, raw: RawResponse, target: Target) -> None:
        """Record the kind of redirect, and whether the answer came from outside.

        An external server cannot redirect to an internal address, not even one in
        ``allow_hosts``, which no longer applies from here on.
        """
        permanent = raw.status in _PERMANENT
        self.found.temporary = self.found.temporary or not permanent
        self.found.permanent = not self.found.temporary
        if raw.peer:
            outside = is_public(raw.peer)
        else:  # behind a proxy
            outside = not self._clients.guard.named(target.host, target.port)
        if outside:
            self._route = replace(self._route, inside=False)

    async def _read(self, raw: RawResponse) -> None:
        length = content_length(raw.headers)
        if length is not None and length > self._max_bytes:
            raise Refused(f"the body would be {length:,} bytes long")
        body = Body(joined(raw.headers, "content-encoding"), self._max_bytes)
        cut = False
        try:
            async for chunk in raw.chunks():
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
        headers = dict(self._request.headers)
        if _same_host(home, target):
            for name, value in self._request.private:
                if name.lower() not in _FRAMING:
                    headers = {k: v for k, v in headers.items() if k.lower() != name.lower()}
                    headers[name] = value
            if self._request.auth is not None:
                pair = ":".join(self._request.auth).encode()
                headers["Authorization"] = "Basic " + b64encode(pair).decode()
        return list(headers.items())

    def _next(self, target: Target, home: Target, location: str) -> Target:
        following = split(join(target.url, _decoded(location)))
        secret = bool(self._request.private or self._request.auth)
        if secret and home.host == following.host and _downgrade(home, following):
            raise Refused("the redirect would send credentials without TLS")
        return following


def _decoded(location: str) -> str:
    """A Location header with raw UTF-8 letters decoded."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location


def _downgrade(home: Target, target: Target) -> bool:
    return (home.scheme, target.scheme) == ("https", "http")


def _same_host(home: Target, target: Target) -> bool:
    """Whether headers private to ``home`` may be sent to ``target``.

    True for the same scheme, host and port, or the same host's upgrade from http to https.
    """
    if home.origin == target.origin:
        return True
    return (home.host == target.host and (home.scheme, home.port) == ("http", 80)) and (
        (target.scheme, target.port) == ("https", 443)
    )
