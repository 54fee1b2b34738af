"""A parser worker: receives documents on a socket and sends back the parsed results.

It is a separate process so that it can be killed: a thread cannot be stopped in the
middle of a quadratic parser. It has a memory limit, and an alarm that ends it even if
its parent is gone.
"""

from __future__ import annotations

import contextlib
import json
import resource
import signal
import socket
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from aggregator.parse.document import parse
from aggregator.parse.errors import ParseError
from aggregator.parse.opml import read_opml
from aggregator.parse.wire import REPLY, REQUEST, pack_document, pack_list

_RETIRE = 400_000  # peak memory in kB after which a worker is replaced


Job = Callable[..., bytes]
"""Called with the body and the arguments of a request; returns the bytes of the answer."""


def main(descriptor: int, seconds: float, memory: int) -> None:
    """Parse documents from the socket with this file descriptor until its other end is closed."""
    serve(descriptor, seconds, memory, JOBS)


def serve(descriptor: int, seconds: float, memory: int, jobs: Mapping[str, Job]) -> None:
    """Do ``jobs`` that are asked for on a socket, until its other end is closed."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # the parent ends this process by closing the socket
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # keep a lower limit set from outside
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    with socket.socket(fileno=descriptor) as channel:
        channel.sendall(REPLY.pack(b"R", 0, 0))
        while request := _receive(channel):
            signal.setitimer(signal.ITIMER_REAL, seconds + 5)
            kind, payload = _answer(jobs, *request)
            signal.setitimer(signal.ITIMER_REAL, 0)
            retires = kind == b"X" or _peak() > _RETIRE
            channel.sendall(REPLY.pack(kind, retires, len(payload)) + payload)
            if retires:
                return


def _peak() -> int:
    """The peak memory of this process in kB.

    ``ru_maxrss`` is fast, and sufficient if it is low. Linux inherits it from the parent,
    so a high value may not be our own; otherwise all workers of a large daemon would be
    replaced after one document.
    """
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if highest <= _RETIRE:
        return highest
    with contextlib.suppress(OSError, ValueError), Path("/proc/self/status").open() as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return highest


def _answer(
    jobs: Mapping[str, Job], job: str, arguments: dict[str, Any], body: bytes
) -> tuple[bytes, bytes]:
    try:
        if "now" in arguments:
            arguments["now"] = datetime.fromtimestamp(arguments["now"], UTC)
        return b"D", jobs[job](body, **arguments)
    except ParseError as problem:
        return b"E", str(problem).encode("utf-8", "replace")
    except MemoryError:
        return b"X", b"the parser ran out of memory"
    except Exception as problem:  # noqa: BLE001 - whatever a parser raises, this document cannot be read
        said = f"the parser failed: {type(problem).__name__}: {problem}"[:300]
        return b"E", said.encode("utf-8", "replace")


def _feed(body: bytes, **arguments: Any) -> bytes:
    return pack_document(parse(body, **arguments))


def _page(body: bytes, **arguments: Any) -> bytes:
    from aggregator.parse.pages.page import page_document  # noqa: PLC0415 - trafilatura takes a second to import

    return pack_document(page_document(body, **arguments))


def _opml(body: bytes) -> bytes:
    return pack_list(read_opml(body))


JOBS: Final[Mapping[str, Job]] = {"feed": _feed, "page": _page, "opml": _opml}


def _receive(channel: socket.socket) -> tuple[str, dict[str, Any], bytes] | None:
    head = _exactly(channel, REQUEST.size)
    if head is None:
        return None
    header_size, body_size = REQUEST.unpack(head)
    header, body = _exactly(channel, header_size), _exactly(channel, body_size)
    if header is None or body is None:
        return None
    job, arguments = json.loads(header)
    return job, arguments, bytes(body)


def _exactly(channel: socket.socket, size: int) -> bytearray | None:
    data = bytearray(size)
    view = memoryview(data)
    while view:
        got = channel.recv_into(view)
        if not got:
            return None
        view = view[got:]
    return data
