"""Parsing in worker processes with limits, which are replaced when killed."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from concurrent.futures import Future
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from aggregator.model import Document
from aggregator.parse.errors import ParseError, ParserCrashed
from aggregator.parse.wire import BROKEN, REPLY, pack_request, unpack_document

_START = 30.0  # seconds a worker may take to start on a busy machine
_MOST = 400_000_000  # maximum bytes per answer
_PIECE = 262_144  # bytes received at a time
_CODE = (
    "import sys,json; sys.path[:]=json.loads(sys.argv[1]); from {} import main; main({}, {}, {})"
)


class _Worker:
    """One worker process and our end of its socket."""

    def __init__(self, module: str, seconds: float, memory: int) -> None:
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
        return not self.retires and self.process.poll() is None

    def end(self) -> None:
        """Kill it if it still runs, and release its resources."""
        self.channel.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


class ParserPool:
    """``workers`` parser processes; each document may use ``seconds`` and ``memory`` bytes.

    A worker that exceeds them or dies is killed and replaced, and the call raises
    ParserCrashed. Use it as a context manager; calls may come from any thread
    (``parse``) and any event loop (``aparse``). ``module`` names the module whose ``main``
    a worker runs: one that knows more jobs calls ``serve`` with them.
    """

    def __init__(
        self,
        workers: int = 1,
        *,
        seconds: float,
        memory: int,
        module: str = "aggregator.parse.worker",
    ) -> None:
        self._seconds, self._memory, self._module = seconds, memory, module
        self._lock = threading.Lock()
        self._idle: deque[_Worker | None] = deque([None] * max(1, workers))
        self._all: set[_Worker] = set()
        self._waiting: deque[Future[_Worker | None]] = deque()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all workers; pending calls raise ParserCrashed."""
        with self._lock:
            self._closed = True
            workers, self._all = list(self._all), set()
            self._idle.clear()
            waiting, self._waiting = list(self._waiting), deque()
        for future in waiting:
            if future.set_running_or_notify_cancel():
                future.set_exception(ParserCrashed("the parser pool was closed"))
        for worker in workers:
            worker.end()

    def parse(
        self,
        body: bytes,
        *,
        content_type: str | None = None,
        url: str | None = None,
        now: datetime,
        max_entries: int = 1000,
    ) -> Document:
        """``aggregator.parse.parse`` in a worker; raises ParseError or ParserCrashed."""
        answer = self.run(
            "feed", body, content_type=content_type, url=url, now=now, max_entries=max_entries
        )
        return _document(answer)

    async def aparse(
        self,
        body: bytes,
        *,
        content_type: str | None = None,
        url: str | None = None,
        now: datetime,
        max_entries: int = 1000,
    ) -> Document:
        """The same for asyncio, without blocking the loop."""
        answer = await self.arun(
            "feed", body, content_type=content_type, url=url, now=now, max_entries=max_entries
        )
        return _document(answer)

    def parse_page(
        self,
        body: bytes,
        *,
        name: str,
        url: str | None = None,
        content_type: str | None = None,
        now: datetime,
    ) -> Document:
        """``aggregator.parse.page_document`` in a worker; raises ParseError or ParserCrashed."""
        answer = self.run("page", body, name=name, content_type=content_type, url=url, now=now)
        return _document(answer)

    def run(self, job: str, body: bytes, **arguments: Any) -> bytes:
        """The answer of a worker's job to ``body``; raises ParseError or ParserCrashed."""
        worker = self._take().result()
        worker = self._prepared(worker)
        try:
            answer = self._converse(worker, pack_request(job, body, arguments))
        except BaseException:
            self._discard(worker)
            raise
        self._give_back(worker)
        return _payload(answer)

    async def arun(self, job: str, body: bytes, **arguments: Any) -> bytes:
        """``run`` for asyncio, without blocking the loop."""
        taken = self._take()
        # A free worker is used at once: waking up through the loop costs a system call.
        worker = taken.result() if taken.done() else await asyncio.wrap_future(taken)
        worker = self._prepared(worker)
        try:
            answer = await self._aconverse(worker, pack_request(job, body, arguments))
        except BaseException:
            self._discard(worker)
            raise
        self._give_back(worker)
        return _payload(answer)

    def _take(self) -> Future[_Worker | None]:
        """A future for a free worker, or for a free slot (None)."""
        future: Future[_Worker | None] = Future()
        with self._lock:
            if self._closed:
                raise ParserCrashed("the parser pool is closed")
            if self._idle:
                future.set_result(self._idle.pop())
            else:
                self._waiting.append(future)
        return future

    def _prepared(self, worker: _Worker | None) -> _Worker:
        if worker is not None and worker.usable():
            return worker
        if worker is not None:
            self._forget(worker)
        try:
            fresh = _Worker(self._module, self._seconds, self._memory)
        except OSError as problem:
            self._free(None)
            raise ParserCrashed(f"no parser worker could be started: {problem}") from problem
        with self._lock:
            self._all.add(fresh)
        return fresh

    def _forget(self, worker: _Worker) -> None:
        with self._lock:
            self._all.discard(worker)
        worker.end()

    def _discard(self, worker: _Worker) -> None:
        self._forget(worker)
        self._free(None)

    def _give_back(self, worker: _Worker) -> None:
        self._free(worker)

    def _free(self, worker: _Worker | None) -> None:
        with self._lock:
            while self._waiting:
                future = self._waiting.popleft()
                if future.set_running_or_notify_cancel():
                    future.set_result(worker)
                    return
            if not self._closed:
                self._idle.append(worker)
                return
        if worker is not None:
            worker.end()

    def _converse(self, worker: _Worker, request: bytes) -> tuple[bytes, bytes]:
        channel = worker.channel
        try:
            if not worker.ready:
                channel.settimeout(_START)
                _receive(channel, REPLY.size, time.monotonic() + _START)
                worker.ready = True
            deadline = time.monotonic() + self._seconds
            channel.settimeout(self._seconds)
            channel.sendall(request)
            kind, retires, size = REPLY.unpack(_receive(channel, REPLY.size, deadline))
            payload = _receive(channel, min(size, _MOST), deadline)
        except TimeoutError:
            raise ParserCrashed(f"the parser took longer than {self._seconds:g} s") from None
        except (OSError, EOFError):
            raise ParserCrashed(_death(worker)) from None
        worker.retires = bool(retires)
        return kind, payload

    async def _aconverse(self, worker: _Worker, request: bytes) -> tuple[bytes, bytes]:
        loop = asyncio.get_running_loop()
        channel = worker.channel
        channel.setblocking(False)
        try:
            if not worker.ready:
                async with asyncio.timeout(_START):
                    await _areceive(loop, channel, REPLY.size)
                worker.ready = True
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
            raise ParserCrashed(_death(worker)) from None
        worker.retires = bool(retires)
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


def _death(worker: _Worker) -> str:
    """Why a worker whose socket closed has ended."""
    try:
        status = worker.process.wait(1.0)
    except subprocess.TimeoutExpired:
        return "the parser closed its socket"
    if status < 0:
        return f"the parser was killed by signal {-status} (out of memory, or a fault in a library)"
    return f"the parser ended with status {status}"


def _payload(answer: tuple[bytes, bytes]) -> bytes:
    kind, payload = answer
    if kind == b"E":
        raise ParseError(payload.decode("utf-8", "replace"))
    if kind != b"D":
        raise ParserCrashed(payload.decode("utf-8", "replace"))
    return payload


def _document(payload: bytes) -> Document:
    try:
        return unpack_document(payload)
    except BROKEN as problem:
        raise ParserCrashed(f"the parser's answer cannot be read: {problem}") from None
