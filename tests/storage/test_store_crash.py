"""Killed anywhere, shared by anyone: a store holds whole transactions only."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aggregator.model import Feed
from storage import Store

pytestmark = pytest.mark.slow

Child = Callable[..., "subprocess.Popen[str]"]

# Dies at the Nth statement: after the file was made, every statement is a chance.
DIES = """
import os, signal, sqlite3, sys
from aggregator.model import Feed
from storage import Store
from storage.statements import Session
left = int(sys.argv[2])
plain = Session._execute
def counting(self, *arguments):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    plain(self, *arguments)
Session._execute = counting
store = Store.open(sys.argv[1])
for number in range(3):
    with store.transaction() as tx:
        for part in "abc":
            tx.feeds.upsert(Feed(f"{part}{number}", f"https://{part}{number}.example/"), number)
    print(number, flush=True)
"""


@pytest.mark.parametrize("left", [1, 2, 4, 9])
def test_a_killed_writer_leaves_whole_transactions(url: str, child: Child, left: int) -> None:
    process = child(DIES, url, str(left))
    out, err = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, err
    done = len(out.splitlines())
    with Store.open(url) as store:
        with store.reading() as view:
            found = sorted(feed.id for feed in view.feeds.list())
        assert found == sorted(f"{part}{number}" for number in range(done) for part in "abc")
        assert store.check() == []
        with store.transaction() as tx:
            tx.feeds.upsert(Feed("after", "https://after.example/"), 0)


DIES_WHILE_MAKING = """
import os, signal, sys
from storage import Store, sqlitefile, migrate
point = sys.argv[2]
def die(*arguments, **named):
    os.kill(os.getpid(), signal.SIGKILL)
if point == "stamp":
    sqlitefile.stamp = die
elif point == "tables":
    plain = migrate.metadata.create_all
    def create(*arguments, **named):
        plain(*arguments, **named)
        die()
    migrate.metadata.create_all = create
else:
    sqlitefile.flush = die
Store.open("sqlite:///" + sys.argv[1])
"""


@pytest.mark.parametrize("point", ["stamp", "tables", "flush"])
def test_killed_while_a_store_is_made_the_next_start_makes_it(
    path: Path, child: Child, point: str
) -> None:
    process = child(DIES_WHILE_MAKING, str(path), point)
    _, err = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, err
    with Store.open(f"sqlite:///{path}") as store:
        assert store.check() == []
    assert [one.name for one in path.parent.iterdir()] == [path.name]


BEGINS = """
import sys
from aggregator.model import Feed
from storage import Store
print("ready", flush=True)
sys.stdin.readline()
with Store.open(sys.argv[1], wait=60) as store:
    for number in range(10):
        with store.transaction() as tx:
            count = int(tx.meta.get("count") or "0")
            tx.feeds.upsert(Feed(f"{sys.argv[2]}{number}", "https://one.example/"), count)
            tx.meta.set("count", str(count + 1))
"""


def test_processes_that_begin_at_once_take_turns(url: str, child: Child) -> None:
    processes = [child(BEGINS, url, name) for name in "abc"]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    with Store.open(url) as store, store.reading() as view:
        assert view.meta.get("count") == "30"
        assert len(view.feeds.list()) == 30


def test_threads_take_turns(store: Store) -> None:
    def work() -> None:
        for _ in range(10):
            with store.transaction() as tx:
                tx.meta.set("count", str(int(tx.meta.get("count") or "0") + 1))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as view:
        assert view.meta.get("count") == "40"


def test_a_view_does_not_change_while_it_is_read(store: Store, make: Any) -> None:
    with store.reading() as view:
        before = view.counts()
        with store.transaction() as tx:
            make.save(tx, make.item(1))
        assert view.counts() == before
        assert view.items.get("i0000000000000001") is None
    with store.reading() as view:
        assert view.counts().items == before.items + 1


def test_a_block_that_raises_stores_nothing(store: Store, make: Any) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        make.save(tx, make.item(1))
        raise ZeroDivisionError
    with store.reading() as view:
        assert view.counts().items == 0
