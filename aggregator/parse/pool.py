"""Parsing in worker processes with limits, which are replaced when killed."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar

from aggregator.model import Document
from aggregator.parse.errors import ParseError, ParserCrashed, ParserMissing
from aggregator.parse.opml import OpmlList
from aggregator.parse.wire import BROKEN, pack_request, unpack_document, unpack_list
from aggregator.parse.worker_process import WorkerProcess

T = TypeVar("T")


class ParserPool:
    """``workers`` parser processes; each document may use ``seconds`` and ``memory`` bytes.

    A worker that exceeds them or dies is killed and replaced, and the call raises
    ParserCrashed; ParserMissing where none can be started. Use it as a context manager;
    calls may come from any thread (``parse``) and any event loop (``aparse``). ``module``
    names the module whose ``main`` a worker runs: one that knows more jobs calls ``serve``
    with them.
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
        self._idle: deque[WorkerProcess | None] = deque([None] * max(1, workers))
        self._all: set[WorkerProcess] = set()
        self._waiting: deque[Future[WorkerProcess | None]] = deque()
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
        return _read(unpack_document, answer)

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
        return _read(unpack_document, answer)

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
        return _read(unpack_document, answer)

    def read_opml(self, body: bytes) -> OpmlList:
        """``aggregator.parse.read_opml`` in a worker; raises ParseError or ParserCrashed."""
        return _read(unpack_list, self.run("opml", body))

    def run(self, job: str, body: bytes, **arguments: Any) -> bytes:
        """The answer of a worker's job to ``body``; raises ParseError or ParserCrashed."""
        worker = self._take().result()
        worker = self._prepared(worker)
        try:
            answer = worker.converse(pack_request(job, body, arguments))
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
            answer = await worker.aconverse(pack_request(job, body, arguments))
        except BaseException:
            self._discard(worker)
            raise
        self._give_back(worker)
        return _payload(answer)

    def _take(self) -> Future[WorkerProcess | None]:
        """A future for a free worker, or for a free slot (None)."""
        future: Future[WorkerProcess | None] = Future()
        with self._lock:
            if self._closed:
                raise ParserCrashed("the parser pool is closed")
            if self._idle:
                future.set_result(self._idle.pop())
            else:
                self._waiting.append(future)
        return future

    def _prepared(self, worker: WorkerProcess | None) -> WorkerProcess:
        if worker is not None and worker.usable():
            return worker
        if worker is not None:
            self._forget(worker)
        try:
            fresh = WorkerProcess(self._module, self._seconds, self._memory)
        except OSError as problem:
            self._free(None)
            raise ParserMissing(f"no parser could be started: {problem}") from problem
        with self._lock:
            self._all.add(fresh)
        return fresh

    def _forget(self, worker: WorkerProcess) -> None:
        with self._lock:
            self._all.discard(worker)
        worker.end()

    def _discard(self, worker: WorkerProcess) -> None:
        self._forget(worker)
        self._free(None)

    def _give_back(self, worker: WorkerProcess) -> None:
        self._free(worker)

    def _free(self, worker: WorkerProcess | None) -> None:
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


def _payload(answer: tuple[bytes, bytes]) -> bytes:
    kind, payload = answer
    if kind == b"E":
        raise ParseError(payload.decode("utf-8", "replace"))
    if kind != b"D":
        raise ParserCrashed(payload.decode("utf-8", "replace"))
    return payload


def _read(unpack: Callable[[bytes], T], payload: bytes) -> T:
    try:
        return unpack(payload)
    except BROKEN as problem:
        raise ParserCrashed(f"the parser's answer cannot be read: {problem}") from None
