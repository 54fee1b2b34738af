"""Writers take turns: whoever waits writes before whoever has just written."""

from __future__ import annotations

import fcntl
import subprocess
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import text

from storage import Store, StoreBusy
from storage.turns import Queue

DEADLINE = 30.0
WRITING = """
import sys
from storage import Store
with Store.open(sys.argv[1]) as store:
    print("open", flush=True)
    with store.transaction() as tx:
        tx.meta.set("order", (tx.meta.get("order") or "") + " other process")
"""


def until(true: Callable[[], bool]) -> None:
    """Until ``true()``, giving way to other threads and processes meanwhile."""
    end = monotonic() + DEADLINE
    while not true():
        assert monotonic() < end
        sleep(0)


def waits(store: Store) -> bool:
    """Whether another process waits for its turn."""
    if store.file is None:
        with store.reading() as view:
            query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            return bool(view.session.connection.execute(text(query)).scalar())
    with Path(f"{store.file}.turn").open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _has(store: Store, waiting: int) -> bool:
    return len(store._queue) == waiting


@pytest.mark.slow
def test_a_writer_that_goes_on_at_once_comes_after_one_that_waits(
    store: Store, url: str, child: Callable[..., subprocess.Popen[str]]
) -> None:
    with store.transaction() as tx:
        other = child(WRITING, url)
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        until(lambda: waits(store))
        tx.meta.set("order", "first")
    for _ in range(2):
        with store.transaction() as tx:
            tx.meta.set("order", (tx.meta.get("order") or "") + " again")
    assert other.wait(DEADLINE) == 0
    with store.reading() as view:
        assert view.meta.get("order") == "first other process again again"


def test_threads_write_in_the_order_in_which_they_came(path: Path) -> None:
    with Store.open(f"sqlite:///{path}") as store:
        order: list[int] = []

        def write(number: int) -> None:
            with store.transaction():
                order.append(number)

        threads = [threading.Thread(target=write, args=(number,)) for number in range(5)]
        with store.transaction():
            for waiting, thread in enumerate(threads, start=2):
                thread.start()
                until(partial(_has, store, waiting))
        write(5)
        for thread in threads:
            thread.join()
        assert order == [0, 1, 2, 3, 4, 5]


def test_who_gives_up_waiting_leaves_the_others_in_their_order() -> None:
    queue = Queue()
    assert queue.enter(0)
    assert not queue.enter(0.001)
    reached: list[bool] = []
    thread = threading.Thread(target=lambda: reached.append(queue.enter(DEADLINE)))
    thread.start()
    until(lambda: len(queue) == 2)
    queue.leave()
    thread.join()
    assert reached == [True]
    queue.leave()
    assert len(queue) == 0


def test_a_turn_that_never_ends_is_said_and_the_next_one_succeeds(path: Path, make: Any) -> None:
    with Store.open(f"sqlite:///{path}", wait=0.05) as store:
        with Path(f"{path}.turn").open("wb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            with pytest.raises(StoreBusy, match="write lock"), store.transaction():
                pass
            with pytest.raises(StoreBusy, match="write lock"):
                store.vacuum()
        with store.transaction() as tx:
            tx.meta.set("order", "first")


def test_without_a_lock_file_one_still_writes_at_a_time(path: Path) -> None:
    with Store.open(f"sqlite:///{path}", wait=0.05) as store:
        Path(f"{path}.turn").mkdir()  # in the place of the file
        with (
            Store.open(f"sqlite:///{path}", wait=0.05) as other,
            store.transaction(),
            pytest.raises(StoreBusy, match="another process"),
            other.transaction(),
        ):
            pass
        with store.transaction() as tx:
            tx.meta.set("order", "first")
