"""Tries several addresses of one host name, following RFC 8305 ("Happy Eyeballs")."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol, TypeVar

STAGGER = 0.25  # seconds before the next address is tried


class Closing(Protocol):
    """A connection that can be closed."""

    async def aclose(self) -> None:
        """Close it."""


T = TypeVar("T", bound=Closing)


async def race(attempts: Sequence[Coroutine[Any, Any, T]], *, stagger: float = STAGGER) -> T:
    """The first successful connection, with attempts started ``stagger`` seconds apart.

    This way a name with a dead IPv6 address does not cost a timeout at every poll. If
    none succeeds, raises the error of the first attempt. Later successes are closed.
    """
    waiting = list(attempts)
    tasks: list[asyncio.Task[T]] = []
    won: asyncio.Task[T] | None = None
    failure: BaseException | None = None
    try:
        while won is None:
            if waiting:
                tasks.append(asyncio.create_task(waiting.pop(0)))
            running = [task for task in tasks if not task.done()]
            if not running:
                break
            done, _ = await asyncio.wait(
                running,
                timeout=stagger if waiting else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            won = next((task for task in done if task.exception() is None), None)
            for task in done:
                failure = failure or task.exception()
        if won is None:
            raise failure or OSError("no address to connect to")
        return won.result()
    finally:
        for coroutine in waiting:
            coroutine.close()
        await _let_go([task for task in tasks if task is not won])


async def _let_go(tasks: Sequence[asyncio.Task[T]]) -> None:
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if not isinstance(result, BaseException):
            await result.aclose()
