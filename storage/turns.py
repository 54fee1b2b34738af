"""Writers take turns: who has waited longest writes next.

SQLite and the locks of threads do not queue: a writer that begins again at once can overtake those
that wait, for as long as it has work. So each thread first waits in a queue of its process, then
holds a lock file beside the store until its transaction has begun. A writer that has just
finished finds the file held by the one that waits, and comes after it.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.private_files import FILE

_SELDOM, _OFTEN = 0.02, 0.001  # seconds between two looks at the file: at first, and
_LONG = 1.0  # after this many seconds, so that who waits longer looks more often


class Queue:
    """The threads of one process that wait to write, in the order in which they came."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._places: deque[threading.Event] = deque()  # the first one writes

    def enter(self, seconds: float) -> bool:
        """Wait for the first place, at most ``seconds``; returns whether it was reached."""
        place = threading.Event()
        with self._guard:
            self._places.append(place)
            self._call_first()
        reached = False
        try:
            reached = place.wait(seconds)
        finally:
            if not reached:  # timed out, or interrupted
                self._remove(place)
        return reached

    def leave(self) -> None:
        """Give up the first place."""
        self._remove(self._places[0])

    def __len__(self) -> int:
        return len(self._places)

    def _remove(self, place: threading.Event) -> None:
        with self._guard:
            self._places.remove(place)
            self._call_first()

    def _call_first(self) -> None:
        if self._places:
            self._places[0].set()


@contextmanager
def next_turn(path: Path, seconds: float) -> Iterator[bool]:
    """Hold the lock file ``path``; yields whether it was free within ``seconds``.

    The file only keeps the order: where it cannot be made (a full disk, a folder without
    permission), the database's own lock still lets one writer in at a time.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE)
    except OSError:
        yield True
        return
    try:
        yield _held(handle, seconds)
    finally:
        os.close(handle)


def _held(handle: int, seconds: float) -> bool:
    began = time.monotonic()
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        except OSError:  # a file system without locks
            return True
        else:
            return True
        waited = time.monotonic() - began
        if waited >= seconds:
            return False
        time.sleep(max(_OFTEN, _SELDOM * (1 - waited / _LONG)))
