"""Resolves names in daemon threads.

``getaddrinfo`` cannot be interrupted and may hang for half a minute. asyncio's own
pool has only a few threads, so a few dead names would block all feeds; and it is
joined at exit, so they would delay a stop. Here each lookup has its own daemon thread.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import threading

MOST = 128  # concurrent lookups; if all of them hang, the resolver is down


class _Count:
    """The number of active lookups."""

    def __init__(self) -> None:
        self.value = 0
        self.lock = threading.Lock()


_running = _Count()


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of ``host`` as text, in the system's order of preference.

    Raises OSError (``socket.gaierror``) if there are none, or if too many lookups are
    hanging.
    """
    with _running.lock:
        if _running.value >= MOST:
            raise OSError(errno.EAGAIN, "the DNS resolver did not answer")
        _running.value += 1
    loop = asyncio.get_running_loop()
    future: asyncio.Future[list[str]] = loop.create_future()
    thread = threading.Thread(
        target=_look_up, args=(host, port, loop, future), daemon=True, name="lookup"
    )
    try:
        thread.start()
    except RuntimeError as error:  # no more threads
        with _running.lock:
            _running.value -= 1
        raise OSError(errno.EAGAIN, str(error)) from None
    return await future


def _look_up(
    host: str, port: int, loop: asyncio.AbstractEventLoop, future: asyncio.Future[list[str]]
) -> None:
    found: list[str] = []
    failure: Exception | None = None
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found = [str(answer[4][0]) for answer in answers]
    except (OSError, UnicodeError) as error:
        failure = error
    finally:
        with _running.lock:
            _running.value -= 1
    try:
        loop.call_soon_threadsafe(_settle, future, found, failure)
    except RuntimeError:
        return  # the loop has ended meanwhile, and the caller with it


def _settle(future: asyncio.Future[list[str]], found: list[str], failure: Exception | None) -> None:
    if future.done():  # the caller no longer waits
        return
    if failure is not None:
        future.set_exception(failure)
    else:
        future.set_result(found)
