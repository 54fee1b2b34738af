"""A small web server for the callbacks of WebSub hubs.

It handles one request per connection, with limits on bytes, seconds and connections.
It is meant to run behind a web server with TLS.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

log = logging.getLogger(__name__)

HEAD_BYTES = 16_384
SECONDS = 20.0  # per request, including the answer
CONNECTIONS = 64
_FIELDS = 50


@dataclass(frozen=True, slots=True)
class WebsubRequest:
    """A received request. Header names are in lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class WebsubResponse:
    """A response to send."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


Handle = Callable[[WebsubRequest], Awaitable[WebsubResponse]]


class _BadRequestError(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@asynccontextmanager
async def serve(
    host: str,
    port: int,
    handle: Handle,
    *,
    max_bytes: int = 10_000_000,
    seconds: float = SECONDS,
) -> AsyncIterator[int]:
    """Answer requests with ``handle`` while the context is open.

    Yields the port (a free one if ``port`` is 0). An exception in ``handle`` is logged
    and answered with 500. Raises OSError if it cannot listen.
    """
    server = _Server(handle, max_bytes, seconds)
    listening = await asyncio.start_server(server.connected, host, port, limit=HEAD_BYTES)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        await server.stop()
        await listening.wait_closed()


class _Server:
    def __init__(self, handle: Handle, max_bytes: int, seconds: float) -> None:
        self._handle = handle
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._tasks: set[asyncio.Task[None]] = set()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection; never raises."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 # asyncio runs this in one
        self._tasks.add(task)
        try:
            async with asyncio.timeout(self._seconds):
                response = await self._respond(reader)
                writer.write(_encode(response))
                await writer.drain()
        except (TimeoutError, OSError, asyncio.CancelledError):
            return
        finally:
            self._tasks.discard(task)
            writer.close()

    async def stop(self) -> None:
        """Cancel active connections."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _respond(self, reader: asyncio.StreamReader) -> WebsubResponse:
        if len(self._tasks) > CONNECTIONS:
            return WebsubResponse(503)
        try:
            request = await self._read(reader)
            return await self._handle(request)
        except _BadRequestError as bad:
            return WebsubResponse(bad.status)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            return WebsubResponse(400)
        except OSError:
            raise
        except Exception:
            log.exception("a callback failed")
            return WebsubResponse(500)

    async def _read(self, reader: asyncio.StreamReader) -> WebsubRequest:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *lines = head.rstrip("\r\n").split("\r\n")
        method, target, _ = line.split(" ", 2)
        headers = tuple(_header(text) for text in lines[:_FIELDS])
        parts = urlsplit(target)
        query = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=_FIELDS)
        body = await self._body(reader, dict(headers)) if method == "POST" else b""
        return WebsubRequest(method, unquote(parts.path), tuple(query), headers, body)

    async def _body(self, reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
        if "chunked" in headers.get("transfer-encoding", "").lower():
            return await self._chunks(reader)
        length = headers.get("content-length", "")
        if not (length.isascii() and length.isdigit()):
            raise _BadRequestError(411)
        if len(length) > 12 or int(length) > self._max_bytes:
            raise _BadRequestError(413)
        return await reader.readexactly(int(length))

    async def _chunks(self, reader: asyncio.StreamReader) -> bytes:
        body = bytearray()
        while True:
            line = await reader.readuntil(b"\r\n")
            size = int(line.split(b";", 1)[0].strip(), 16)
            if size < 0 or len(body) + size > self._max_bytes:
                raise _BadRequestError(413)
            if size == 0:
                return bytes(body)
            body += await reader.readexactly(size)
            await reader.readexactly(2)


def _header(line: str) -> tuple[str, str]:
    name, separator, value = line.partition(":")
    if not separator:
        raise _BadRequestError(400)
    return name.strip().lower(), value.strip()


def _encode(response: WebsubResponse) -> bytes:
    phrase = HTTPStatus(response.status).phrase
    head = (
        f"HTTP/1.1 {response.status} {phrase}\r\nContent-Type: {response.content_type}\r\n"
        f"Content-Length: {len(response.body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("latin-1") + response.body
