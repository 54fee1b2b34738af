"""Connections for the network library, enforcing the guard's decisions.

The library requests a connection to a name and gets one to an address that the guard
has checked. The library keeps the name, so that TLS and the Host header are right.

Uses plain asyncio instead of the library's anyio stream: a request costs a quarter of
the CPU (see ``docs/decisions/0101-own-streams.md``).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any, cast

import httpcore

from aggregator.fetch.dns_dialer import race
from aggregator.fetch.guard import Guard, Refused

_HIGH = 262_144  # unread bytes after which reading from the peer pauses
_MOST_ADDRESSES = 8  # addresses tried per name


class Network(httpcore.AsyncNetworkBackend):
    """Connects only where the guard allows it, to the checked address itself.

    ``inside`` says whether ``allow_hosts`` applies. ``proxy`` is the host and port of
    the user's own proxy, which is not checked. ``most_bytes`` is the limit of a stream
    per request. ``stream`` is the last one made.
    """

    def __init__(
        self, guard: Guard, inside: bool, proxy: tuple[str, int] | None, most_bytes: int
    ) -> None:
        self.stream: Stream | None = None
        self._guard = guard
        self._inside = inside
        self._most_bytes = most_bytes
        self._proxy = proxy

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Check ``host`` and connect to it. Raises Refused or httpcore's errors."""
        if (host, port) == self._proxy:  # configured by the user
            addresses = [host]
        else:
            addresses = await self._guard.addresses(host, port, inside=self._inside)
        if len(addresses) == 1:
            self.stream = await self._connect(addresses[0], port, timeout)
        else:
            attempts = [self._connect(a, port, timeout) for a in addresses[:_MOST_ADDRESSES]]
            self.stream = await race(attempts)
        return self.stream

    async def _connect(self, address: str, port: int, timeout: float | None) -> Stream:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                _, stream = await loop.create_connection(
                    lambda: Stream(self._most_bytes, address), address, port
                )
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("connection timed out") from error
        except OSError as error:
            raise httpcore.ConnectError(error.strerror or str(error)) from error
        return stream


class Stream(httpcore.AsyncNetworkStream, asyncio.Protocol):
    """A connection with a limit on the bytes received per request.

    This stops what limits on bodies do not cover: endless 1xx answers, chunk
    extensions and trailers.
    """

    def __init__(self, most_bytes: int, peer: str) -> None:
        self.peer = peer  # the address connected to
        self.received = 0  # bytes read since the last request was written
        self._most_bytes = most_bytes
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._paused = False
        self._ended = False  # no more data will arrive
        self._failure: Exception | None = None
        self._reader: asyncio.Future[None] | None = None

    # Called by asyncio.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Buffer data until it is read; pause reading if there is too much."""
        self._buffer += data
        if len(self._buffer) > _HIGH and self._transport is not None and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """The peer sends no more data; the transport closes itself, even when idle."""
        self._ended = True
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is closed."""
        self._ended = True
        self._failure = self._failure or error
        self._wake()

    # Called by httpcore.

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """The next bytes; empty at the end. Raises Refused if there are too many."""
        if not self._buffer and not self._ended:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(timeout):
                    await self._reader
            except TimeoutError as error:
                raise httpcore.ReadTimeout("timed out waiting for data") from error
            finally:
                self._reader = None
        if not self._buffer and self._failure is not None:
            raise httpcore.ReadError(str(self._failure)) from self._failure
        data = bytes(self._buffer[:max_bytes])
        del self._buffer[:max_bytes]
        if self._paused and len(self._buffer) < _HIGH and not self._ended:
            self._paused = False
            self._open_transport().resume_reading()
        self.received += len(data)
        if self.received > self._most_bytes:
            raise Refused("the response does not end")
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send (part of) a request; without waiting, because requests are small."""
        if not buffer:
            return
        self.received = 0
        if self._ended:
            raise httpcore.WriteError("the connection is closed")
        self._open_transport().write(buffer)

    async def aclose(self) -> None:
        """Close the connection at once; no request data is lost."""
        if self._transport is not None:
            self._transport.abort()
            await asyncio.sleep(0)  # the loop closes the socket in its next iteration

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Start TLS; the certificate must match ``server_hostname``."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                transport = await loop.start_tls(
                    self._open_transport(), self, ssl_context, server_hostname=server_hostname
                )
        except TimeoutError as error:
            await self.aclose()
            raise httpcore.ConnectTimeout("TLS handshake timed out") from error
        except (OSError, httpcore.WriteError) as error:  # ssl.SSLError is an OSError
            await self.aclose()
            raise httpcore.ConnectError(str(error) or type(error).__name__) from error
        except BaseException:
            await self.aclose()
            raise
        self._transport = transport
        return self

    def get_extra_info(self, info: str) -> Any:
        """Whether data is readable, or extra info of the transport."""
        if info == "is_readable":
            return bool(self._buffer) or self._ended
        return None if self._transport is None else self._transport.get_extra_info(info)

    def _open_transport(self) -> asyncio.Transport:
        if self._transport is None:
            raise httpcore.WriteError("the connection is closed")
        return self._transport

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)
