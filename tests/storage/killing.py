"""Kills a forked child of the test in the middle of its work."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

ROOM = str(Path(__file__).resolve().parents[2] / "storage")


def killed_evenly(work: Callable[[], object], times: int) -> Iterator[int]:
    """Run ``work`` in a child that is killed (SIGKILL), ``times`` times at later points each.

    The points are calls from the package ``storage``, those of functions in C too. Yields the
    number of the call after each death; what a child leaves is the caller's to look at.
    """
    total = _calls(work)
    for point in range(times):
        left = 1 + total * point // times
        process = os.fork()
        if process == 0:
            _die_after(left)
            _finished(work)
        _, status = os.waitpid(process, 0)
        assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL, f"survived call {left}"
        yield left


def _calls(work: Callable[[], object]) -> int:
    """How many calls ``work`` makes, counted in a child."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        counted = [0]

        def count(frame: FrameType, event: str, _: object) -> None:
            counted[0] += _ours(frame, event)

        sys.setprofile(count)
        work()
        sys.setprofile(None)
        os.write(writing, str(counted[0]).encode())
        os._exit(0)
    os.waitpid(process, 0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        return int(answer.read())


def _die_after(left: int) -> None:
    remaining = [left]

    def count(frame: FrameType, event: str, _: object) -> None:
        remaining[0] -= _ours(frame, event)
        if remaining[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)


def _finished(work: Callable[[], object]) -> None:
    try:
        work()
    finally:
        os._exit(0)


def _ours(frame: FrameType, event: str) -> bool:
    return event in ("call", "c_call") and frame.f_code.co_filename.startswith(ROOM)
