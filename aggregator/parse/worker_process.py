"""A parser worker seen from its parent: starts it, asks it, ends it."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time

from aggregator.parse.errors import ParserCrashed
from aggregator.parse.wire import REPLY

_START = 30.0  # seconds a worker may take to start on a busy machine
_MOST = 400_000_000  # maximum bytes per answer
_PIECE = 262_144  # bytes received at a time
_CODE = (
    "import sys,json; sys.path[:]=json.loads(sys.argv[1]); from {} import main; main({}, {}, {})"
)


class WorkerProcess:
    """One worker process and our end of its socket.

    ``module`` names the module whose ``main`` it runs; ``seconds`` and ``memory`` (bytes) are
    the limits of one document.
    """

    def __init__(self, module: str, seconds: float, memory: int) -> None:
        self._seconds = seconds
        self.channel, theirs = socket.socketpair()
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                [
                    sys.executable,
                    "-I",
                    "-c",
                    _CODE.format(module, theirs.fileno(), seconds, memory),
                    json.dumps(sys.path),
                ],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # a Ctrl-C for the daemon must not reach its workers
            )
        finally:
            theirs.close()
        self.ready = False
        self.retires = False

    def usable(self) -> bool:
        """Whether it can take another document."""
        return not self.retires and self.process.poll() is None

    def end(self) -> None:
        """Kill it if it still runs, and release its resources."""
        self.channel.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def converse(self, request: bytes) -> tuple[bytes, bytes]:
        """The kind and the payload of the answer to ``request``. Raises ParserCrashed."""
        channel = self.channel
        try:
            if not self.ready:
                channel.settimeout(_START)
                _receive(channel, REPLY.size, time.monotonic() + _START)
                self.ready = True
            deadline = time.monotonic() + self._seconds
            channel.settimeout(self._seconds)
            channel.sendall(request)
            kind, retires, size = REPLY.unpack(_receive(channel, REPLY.size, deadline))
            payload = _receive(channel, min(size, _MOST), deadline)
        except TimeoutError:
            raise ParserCrashed(f"the parser took longer than {self._seconds:g} s") from None
        except (OSError, EOFError):
            raise ParserCrashed(_death(self.process)) from None
        self.retires = bool(retires)
        return kind, payload

    async def aconverse(self, request: bytes) -> tuple[bytes, bytes]:
        """The same for asyncio, without blocking the loop."""
        loop = asyncio.get_running_loop()
        channel = self.channel
        channel.setblocking(False)
        try:
            if not self.ready:
                async with asyncio.timeout(_START):
                    await _areceive(loop, channel, REPLY.size)
                self.ready = True
            async with asyncio.timeout(self._seconds):
                await loop.sock_sendall(channel, request)
                first = await loop.sock_recv(channel, _PIECE)  # nearly always the complete answer
                while 0 < len(first) < REPLY.size:
                    first += await _areceive(loop, channel, REPLY.size - len(first))
                if not first:
                    raise EOFError
                kind, retires, size = REPLY.unpack_from(first)
                payload = first[REPLY.size :]
                missing = min(size, _MOST) - len(payload)
                if missing < 0:
                    raise ParserCrashed("the parser sent data after its answer")
                if missing:
                    payload += await _areceive(loop, channel, missing)
        except TimeoutError:
            raise ParserCrashed(f"the parser took longer than {self._seconds:g} s") from None
        except (OSError, EOFError):
            raise ParserCrashed(_death(self.process)) from None
        self.retires = bool(retires)
        return kind, payload


def _receive(channel: socket.socket, size: int, deadline: float) -> bytes:
    data = bytearray(size)
    view = memoryview(data)
    while view:
        channel.settimeout(max(0.001, deadline - time.monotonic()))
        got = channel.recv_into(view)
        if not got:
            raise EOFError
        view = view[got:]
    return bytes(data)


async def _areceive(loop: asyncio.AbstractEventLoop, channel: socket.socket, size: int) -> bytes:
    data = bytearray(size)
    view = memoryview(data)
    while view:
        got = await loop.sock_recv_into(channel, view)
        if not got:
            raise EOFError
        view = view[got:]
    return bytes(data)


def _death(process: subprocess.Popen[bytes]) -> str:
    """Why a worker whose socket closed has ended."""
    try:
        status = process.wait(1.0)
    except subprocess.TimeoutExpired:
        return "the parser closed its socket"
    if status < 0:
        return f"the parser was killed by signal {-status} (out of memory, or a fault in a library)"
    return f"the parser ended with status {status}"
