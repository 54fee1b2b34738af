"""The one file that knows the network library (httpx, and httpcore below it).

It gives the rest of the room ``split`` and ``join`` for addresses, and ``Client``,
which asks for one thing at a time over connections that the guard let through.
What the library raises comes out as ``NetworkError``.

Cheap by its shape: one small client per request under way. httpx's pool is
quadratic in its connections, so that one shared client costs several times as
much CPU at fifty of them.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpcore
import httpx

from aggregator.fetch.dial import race
from aggregator.fetch.guard import Guard, Refused, Target
from aggregator.fetch.headers import Headers

CONNECT_SECONDS = 10.0  # for one connection; the deadline of the poll covers all
KEEP_SECONDS = 15.0  # an idle connection is kept for so long
HEAD_BYTES = 262_144  # wire bytes beside the body: headers, 1xx answers, chunk sizes
_PORTS = {"http": 80, "https": 443}
_ERRORS = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    OSError,
    ValueError,
)
_OFFLINE = {errno.ENETUNREACH, errno.ENETDOWN, errno.EAGAIN, errno.EMFILE, errno.ENFILE}
_UNSAFE = re.compile(r"//[^/\s@]*@|[\x00-\x1f\x7f-\x9f]+")


class NetworkError(Exception):
    """The network or the server failed; the message says how in plain words.

    ``offline`` is set where the failure is this machine's: no network, no resolver,
    no sockets left. ``cut`` is set where the body ended before its announced end.
    """

    def __init__(self, message: str, *, offline: bool = False, cut: bool = False) -> None:
        super().__init__(message)
        self.offline = offline
        self.cut = cut


@dataclass(frozen=True, slots=True)
class Route:
    """How a client connects: settings that cannot change on an open connection."""

    inside: bool = False  # allow_hosts counts
    proxy: str | None = None
    ca_file: Path | None = None
    verify: bool = True


@dataclass(slots=True)
class Answer:
    """The head of a response, and its body as it comes off the wire."""

    status: int
    headers: Headers
    peer: str | None  # the IP address that answered
    _stream: AsyncIterator[bytes]

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body, still packed."""
        try:
            async for chunk in self._stream:
                yield chunk
        except _ERRORS as error:
            raise _told(error) from None


def split(url: str) -> Target:
    """Take an address apart the way it will be asked; raises Refused if it is none."""
    try:
        parsed = httpx.URL(url)
        credentials = bool(parsed.userinfo)
        if credentials or parsed.fragment:
            parsed = parsed.copy_with(username=None, password=None, fragment=None)
        port = parsed.port if parsed.port is not None else _PORTS.get(parsed.scheme, 1)
        if not 0 < port < 65_536:
            raise ValueError(port)
        return Target(
            str(parsed),
            parsed.scheme,
            parsed.raw_host.decode("ascii").lower(),
            port,
            credentials,
            parsed.netloc,
            parsed.raw_path,
        )
    except (httpx.InvalidURL, ValueError, TypeError, UnicodeError):
        raise Refused("that is not a web address") from None


def join(base: str, reference: str) -> str:
    """Where ``reference``, found at ``base``, points; raises Refused if nowhere."""
    try:
        return str(httpx.URL(base).join(reference))
    except (httpx.InvalidURL, ValueError, TypeError, UnicodeError):
        raise Refused("it points to something that is not a web address") from None


class Client:
    """Asks for one thing at a time, and keeps the connection for the next.

    After an error a client is to be closed, not used again.
    """

    def __init__(self, guard: Guard, route: Route, most_bytes: int) -> None:
        self.last: tuple[str, str, int] | None = None  # the origin it asked last
        self._guard = guard
        self._route = route
        proxy = httpx.Proxy(route.proxy) if route.proxy else None
        context = tls_context(route.ca_file, route.verify)
        network = _Network(guard, route.inside, proxy, most_bytes + HEAD_BYTES)
        shape: dict[str, Any] = {
            "ssl_context": context,
            "max_connections": 4,
            "max_keepalive_connections": 1,
            "keepalive_expiry": KEEP_SECONDS,
            "network_backend": network,
        }
        if proxy is None:
            self._pool = httpcore.AsyncConnectionPool(**shape)
        else:
            self._pool = httpcore.AsyncHTTPProxy(
                proxy_url=str(proxy.url), proxy_auth=proxy.raw_auth, **shape
            )

    @asynccontextmanager
    async def ask(
        self,
        target: Target,
        headers: Sequence[tuple[str, str]],
        *,
        method: str = "GET",
        content: bytes | None = None,
    ) -> AsyncIterator[Answer]:
        """Send one request; no redirect is followed. Raises NetworkError or Refused."""
        self.last = target.origin
        response: httpcore.Response | None = None
        try:
            if self._route.proxy:
                await self._check_behind_proxy(target)
            response = await self._pool.handle_async_request(
                _request(method, target, headers, content)
            )
            stream = response.extensions["network_stream"]
            peer = stream.peer if isinstance(stream, _Counted) else None
            yield Answer(
                response.status,
                [(k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in response.headers],
                None if self._route.proxy else peer,
                aiter(response.stream),  # type: ignore[arg-type]
            )
        except _ERRORS as error:
            raise _told(error) from None
        finally:
            if response is not None:
                await response.aclose()

    async def close(self) -> None:
        """Close its connections."""
        try:
            await self._pool.aclose()
        except _ERRORS:
            return

    async def _check_behind_proxy(self, target: Target) -> None:
        """A proxy connects for us, so all that can be judged is what we see ourselves.

        A name that only the proxy can look up passes where the user named it.
        """
        try:
            await self._guard.addresses(target.host, target.port, inside=self._route.inside)
        except OSError:
            if not self._route.inside:
                raise


def _request(
    method: str, target: Target, headers: Sequence[tuple[str, str]], content: bytes | None
) -> httpcore.Request:
    fields = [(b"Host", target.authority)]
    fields += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    if content is not None:
        fields.append((b"Content-Length", str(len(content)).encode()))
    return httpcore.Request(
        method,
        httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path),
        headers=fields,
        content=content,
        extensions={"timeout": {"connect": CONNECT_SECONDS}},
    )


@lru_cache(maxsize=32)
def tls_context(ca_file: Path | None, verify: bool) -> ssl.SSLContext:
    """The TLS settings for a feed: certifi's roots, or the user's own authority.

    One context serves all clients: loading the roots takes longer than a poll.
    The environment is not asked.
    """
    if not verify:
        return httpx.create_ssl_context(verify=False, trust_env=False)
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


class _Network(httpcore.AsyncNetworkBackend):
    """Connects only where the guard lets it, to the very address that was judged."""

    def __init__(
        self, guard: Guard, inside: bool, proxy: httpx.Proxy | None, most_bytes: int
    ) -> None:
        self._guard = guard
        self._inside = inside
        self._most_bytes = most_bytes
        self._below = httpcore.AnyIOBackend()
        self._proxy = None
        if proxy is not None:
            port = proxy.url.port or _PORTS.get(proxy.url.scheme, 0)
            self._proxy = (proxy.url.raw_host.decode("ascii"), port)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        if (host, port) == self._proxy:  # the user's own word
            return await self._connect(host, port, timeout)
        addresses = await self._guard.addresses(host, port, inside=self._inside)
        if len(addresses) == 1:
            return await self._connect(addresses[0], port, timeout)
        return await race([self._connect(address, port, timeout) for address in addresses[:8]])

    async def _connect(
        self, address: str, port: int, timeout: float | None
    ) -> httpcore.AsyncNetworkStream:
        stream = await self._below.connect_tcp(address, port, timeout=timeout)
        return _Counted(stream, self._most_bytes, address)


class _Counted(httpcore.AsyncNetworkStream):
    """A stream that gives at most so many bytes for each request sent over it.

    It stops what no limit on bodies sees: endless 1xx answers, chunks that are
    all extension, and trailers.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream, most_bytes: int, peer: str) -> None:
        self.peer = peer  # the address connected to
        self._stream = stream
        self._most_bytes = most_bytes
        self._left = most_bytes

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await self._stream.read(max_bytes, timeout)
        self._left -= len(data)
        if self._left < 0:
            raise Refused("the answer does not end")
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._left = self._most_bytes
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        stream = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        return _Counted(stream, self._most_bytes, self.peer)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _told(error: Exception) -> NetworkError:
    """What the library raised, in plain words, without credentials."""
    if isinstance(error, NetworkError):
        return error
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return _lookup_failed(cause)
        if isinstance(cause, ssl.SSLError):
            return NetworkError(f"TLS: {_clean(getattr(cause, 'verify_message', '') or cause)}")
        if isinstance(cause, OSError) and cause.errno in _OFFLINE:
            return NetworkError(_clean(cause.strerror or cause), offline=True)
        cause = cause.__cause__ or cause.__context__
    said = _clean(error) or type(error).__name__
    if isinstance(error, httpcore.TimeoutException | httpx.TimeoutException):
        return NetworkError("no connection within the time limit")
    if isinstance(error, httpcore.ConnectError | httpx.ConnectError):
        return NetworkError(f"no connection: {said}")
    cut = isinstance(error, httpcore.ReadError) or "without sending complete" in said
    return NetworkError(f"the server broke off: {said}", cut=cut)


def _lookup_failed(error: socket.gaierror) -> NetworkError:
    offline = error.errno in (socket.EAI_AGAIN, getattr(socket, "EAI_SYSTEM", None))
    return NetworkError(f"no address for the name: {_clean(error.strerror)}", offline=offline)


def _clean(said: object) -> str:
    return _UNSAFE.sub(" ", str(said)).strip()[:300]
