"""The interface to the network library: httpx and its httpcore.

No other module uses it, except ``network``, which makes the connections.

Provides ``split`` and ``join`` for addresses, and ``Client``, which sends one request
at a time over connections allowed by the guard. Errors of the library are raised as
``NetworkError``.

Each active request has one client with one connection, because httpx's client and
pool cost four times as much as an httpcore connection (see
``docs/decisions/0101-own-streams.md``).
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import httpcore
import httpx

from aggregator.fetch.guard import Guard, Refused, Target
from aggregator.fetch.headers import Headers
from aggregator.fetch.local import OURS
from aggregator.fetch.network import Network

CONNECT_SECONDS = 10.0  # for one connection; the deadline of the poll covers all
KEEP_SECONDS = 15.0  # how long an idle connection is kept
LONGEST_URL = 4_096  # characters; addresses are stored
HEAD_BYTES = 262_144  # wire bytes besides the body: headers, 1xx answers, chunk sizes
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
_OFFLINE = {errno.ENETUNREACH, errno.ENETDOWN, errno.EAGAIN, *OURS}
_UNSAFE = re.compile(r"//[^/\s@]*@|[\x00-\x1f\x7f-\x9f]+")


class NetworkError(Exception):
    """The network or the server failed; the message says how in plain words.

    ``offline`` is set if the cause is this machine: no network, no resolver, no sockets
    left. ``cut`` is set if the body ended before its announced length.
    """

    def __init__(self, message: str, *, offline: bool = False, cut: bool = False) -> None:
        super().__init__(message)
        self.offline = offline
        self.cut = cut


@dataclass(frozen=True, slots=True)
class Route:
    """Connection settings, which cannot change on an open connection."""

    inside: bool = False  # allow_hosts applies
    proxy: str | None = None
    ca_file: Path | None = None
    verify: bool = True


@dataclass(slots=True)
class RawResponse:
    """The head of a response, and its body as it arrives."""

    status: int
    headers: Headers
    peer: str | None  # the IP address that answered
    _stream: AsyncIterator[bytes]

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body, still compressed."""
        try:
            async for chunk in self._stream:
                yield chunk
        except _ERRORS as error:
            raise _network_error(error) from None


def split(url: str) -> Target:
    """Parse an address exactly as it will be requested. Raises Refused for invalid ones."""
    if len(url) > LONGEST_URL:
        raise Refused(f"the address is longer than {LONGEST_URL:,} characters")
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
        raise Refused("not a valid web address") from None


def join(base: str, reference: str) -> str:
    """Resolve ``reference``, found at ``base``. Raises Refused for invalid ones."""
    try:
        return str(httpx.URL(base).join(reference))
    except (httpx.InvalidURL, ValueError, TypeError, UnicodeError):
        raise Refused("it redirects to an address that is not a valid web address") from None


class Client:
    """Sends one request at a time over one connection, which is kept for the next.

    After an error a client must be closed, not reused.
    """

    def __init__(self, guard: Guard, route: Route, most_bytes: int) -> None:
        self.last: tuple[str, str, int] | None = None  # the origin of the last request
        self.idle_since = 0.0  # set by the owner of idle clients
        self._guard = guard
        self._route = route
        proxy = httpx.Proxy(route.proxy) if route.proxy else None
        through = None if proxy is None else _place(proxy)
        self._network = Network(guard, route.inside, through, most_bytes + HEAD_BYTES)
        self._connection: httpcore.AsyncConnectionInterface | None = None
        # Used only to create connections; as a pool it costs twice as much.
        self._maker = _maker(route, proxy, self._network)

    @asynccontextmanager
    async def send(
        self,
        target: Target,
        headers: Sequence[tuple[str, str]],
        *,
        method: str = "GET",
        content: bytes | None = None,
    ) -> AsyncIterator[RawResponse]:
        """Send one request without following redirects. Raises NetworkError or Refused."""
        response: httpcore.Response | None = None
        try:
            if self._route.proxy:
                await self._check_behind_proxy(target)
            response = await self._send(target, _request(method, target, headers, content))
            stream = self._network.stream
            yield RawResponse(
                response.status,
                [(k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in response.headers],
                None if self._route.proxy or stream is None else stream.peer,
                aiter(response.stream),  # type: ignore[arg-type] # httpcore's is an async one
            )
        except _ERRORS as error:
            raise _network_error(error) from None
        finally:
            if response is not None:
                await response.aclose()

    async def close(self) -> None:
        """Close its connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                await connection.aclose()
            except _ERRORS:
                return

    async def _send(self, target: Target, request: httpcore.Request) -> httpcore.Response:
        """Send a request over the existing connection, or over a new one.

        A server may close a connection just when it is reused. If not a single byte came
        back, the request is sent once more (RFC 9112, 9.3.1). The same is done if data
        arrived before the request, because it cannot be the answer.
        """
        kept = self._connection if self.last == target.origin else None
        stream = self._network.stream
        if kept is not None and kept.is_available() and not kept.has_expired() and stream:
            try:
                response = await kept.handle_async_request(request)
            except (httpcore.NetworkError, httpcore.RemoteProtocolError):
                if request.method != b"GET" or stream.received:
                    raise
            else:
                if stream.received:
                    return response
        await self.close()
        self.last = target.origin
        self._connection = self._maker.create_connection(request.url.origin)
        return await self._connection.handle_async_request(request)

    async def _check_behind_proxy(self, target: Target) -> None:
        """Check an address behind a proxy, as far as this machine can resolve it.

        A name that only the proxy can resolve is allowed if the user configured it.
        """
        try:
            await self._guard.addresses(target.host, target.port, inside=self._route.inside)
        except OSError:
            if not self._route.inside:
                raise


def _maker(
    route: Route, proxy: httpx.Proxy | None, network: Network
) -> httpcore.AsyncConnectionPool:
    context = tls_context(route.ca_file, route.verify)
    if proxy is None:
        return httpcore.AsyncConnectionPool(
            ssl_context=context, network_backend=network, keepalive_expiry=KEEP_SECONDS
        )
    return httpcore.AsyncHTTPProxy(
        proxy_url=str(proxy.url),
        proxy_auth=proxy.raw_auth,
        ssl_context=context,
        network_backend=network,
        keepalive_expiry=KEEP_SECONDS,
    )


def _place(proxy: httpx.Proxy) -> tuple[str, int]:
    port = proxy.url.port or _PORTS.get(proxy.url.scheme, 0)
    return proxy.url.raw_host.decode("ascii"), port


def _request(
    method: str, target: Target, headers: Sequence[tuple[str, str]], content: bytes | None
) -> httpcore.Request:
    fields = [(b"Host", target.authority)]
    fields += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    if content is not None:
        fields.append((b"Content-Length", str(len(content)).encode()))
    usual = target.port == _PORTS[target.scheme]
    return httpcore.Request(
        method,
        httpcore.URL(
            scheme=target.scheme,
            host=target.host,
            port=None if usual else target.port,
            target=target.path,
        ),
        headers=fields,
        content=content,
        extensions={"timeout": {"connect": CONNECT_SECONDS}},
    )


@lru_cache(maxsize=32)
def tls_context(ca_file: Path | None, verify: bool) -> ssl.SSLContext:
    """The TLS settings for a feed: certifi's roots, or the user's own authority.

    The context is cached for all clients, because loading the roots takes longer than
    a poll. The environment is ignored.
    """
    if not verify:
        return httpx.create_ssl_context(verify=False, trust_env=False)
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


def _network_error(error: Exception) -> NetworkError:
    """The library's error in plain words, without credentials."""
    if isinstance(error, NetworkError):
        return error
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return _lookup_failed(cause)
        if isinstance(cause, ssl.SSLError):
            return NetworkError(f"TLS: {_clean(getattr(cause, 'verify_message', '') or cause)}")
        if isinstance(cause, ConnectionRefusedError):
            return NetworkError("connection refused: no server listens at that address and port")
        if isinstance(cause, OSError) and cause.errno in _OFFLINE:
            return NetworkError(_clean(cause.strerror or cause), offline=True)
        cause = cause.__cause__ or cause.__context__
    detail = _clean(error) or type(error).__name__
    if isinstance(error, httpcore.TimeoutException | httpx.TimeoutException):
        return NetworkError("connection timed out")
    if isinstance(error, httpcore.ConnectError | httpx.ConnectError):
        return NetworkError(f"could not connect: {detail}")
    cut = isinstance(error, httpcore.ReadError) or "without sending complete" in detail
    return NetworkError(f"the server closed the connection: {detail}", cut=cut)


def _lookup_failed(error: socket.gaierror) -> NetworkError:
    offline = error.errno in (socket.EAI_AGAIN, getattr(socket, "EAI_SYSTEM", None))
    return NetworkError(
        f"could not resolve the host name: {_clean(error.strerror)}", offline=offline
    )


def _clean(detail: object) -> str:
    return _UNSAFE.sub(" ", str(detail)).strip()[:300]
