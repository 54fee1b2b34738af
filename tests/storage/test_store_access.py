"""Who may use a store, one after another, and from where: locks, rights, servers, passwords."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from aggregator.model import Feed
from storage import (
    Store,
    StoreAway,
    StoreBusy,
    StoreError,
    StoreLocked,
)
from tests.storage.refusing import filled, refused

Child = Callable[..., "subprocess.Popen[str]"]


def test_a_locked_store_is_waited_for_and_then_said_to_be_locked(path: Path, make: Any) -> None:
    filled(path, make, 1)
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with Store.open(f"sqlite:///{path}", wait=0.05) as store:
        busy = pytest.raises(StoreBusy, match="locked by another process")
        with busy as caught, store.transaction():
            pass
        assert caught.value.passing
        with store.reading() as view:  # readers need not wait
            assert view.counts().items == 1
        blocker.execute("ROLLBACK")
        with store.transaction() as tx:
            make.save(tx, make.item(2))
    blocker.close()


def test_the_same_on_postgresql(postgresql_url: str, make: Any) -> None:
    with Store.open(postgresql_url) as first, Store.open(postgresql_url, wait=0.1) as second:
        with first.transaction() as tx:
            tx.feeds.upsert(Feed("f1", "https://one.example/feed"), 0)
            with pytest.raises(StoreBusy, match="locked"), second.transaction():
                pass
        with second.transaction() as tx:
            make.save(tx, make.item(1))


def test_a_transaction_within_another_is_refused_not_waited_for(store: Store) -> None:
    refused = pytest.raises(StoreError, match="inside another")
    with store.transaction(), refused, store.transaction():
        pass


def test_one_daemon_at_a_time(url: str) -> None:
    with Store.open(url) as first, Store.open(url) as second:
        with first.lock_daemon():
            with pytest.raises(StoreLocked, match="is using this store"), second.lock_daemon():
                pass
            with second.transaction() as tx:  # commands still work beside it
                tx.meta.set("a", "b")
        with second.lock_daemon():
            pass


@pytest.mark.slow
def test_a_daemon_that_was_killed_holds_no_lock(path: Path, child: Child) -> None:
    code = """
import os, signal, sys
from storage import Store
store = Store.open("sqlite:///" + sys.argv[1])
with store.lock_daemon():
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert child(code, str(path)).wait(60) < 0
    with Store.open(f"sqlite:///{path}") as store, store.lock_daemon():
        pass


@pytest.fixture
def guest() -> Iterator[Path]:
    """A folder that a user without any rights may walk into."""
    folder = Path(tempfile.mkdtemp(prefix="guest"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


AS_GUEST = """
import os, sys
from storage import Store, StoreError
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    with Store.open("sqlite:///" + sys.argv[1]) as store, store.transaction() as tx:
        tx.meta.set("a", "b")
except StoreError as error:
    print(error)
"""


def said_to_guest(path: Path) -> str:
    """What somebody without rights is told who writes to the store at ``path``."""
    done = subprocess.run(
        [sys.executable, "-c", AS_GUEST, str(path)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if "PermissionError" in done.stderr and "storage" not in done.stderr:
        pytest.skip("the checkout cannot be read by other users")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_store_one_may_not_read_write_or_make_is_told(guest: Path, make: Any) -> None:
    path = guest / "news.db"
    filled(path, make, 2)
    path.chmod(0o400 if os.getuid() == 0 else 0)
    assert "cannot be read" in said_to_guest(path)
    path.chmod(0o444)
    guest.chmod(0o555)
    said = said_to_guest(path)
    assert "cannot be written to" in said or "cannot be opened" in said
    assert str(path) in said
    said = said_to_guest(guest / "new.db")
    assert "cannot be created" in said
    assert "Grant write permission" in said
    guest.chmod(0o755)
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    with Store.open(f"sqlite:///{path}") as store:
        assert store.check() == []


def test_no_server_is_told_and_may_pass(tmp_path: Path) -> None:
    said = refused(f"postgresql://me@/news?host={tmp_path}", StoreAway, wait=2)
    assert "does not answer" in said


def test_a_server_that_hangs_up_is_told_and_found_again(postgresql_url: str, server: str) -> None:
    with Store.open(postgresql_url) as store:
        with pytest.raises(StoreAway), store.transaction() as tx:
            tx.meta.set("lost", "1")
            process = tx.session.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            with psycopg.connect(server, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", (process,))
            tx.meta.set("lost", "2")
        with store.transaction() as tx:
            assert tx.meta.get("lost") is None


SECRET = "hush"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://me:{SECRET}@127.0.0.1:1/news",
        f"postgresql://me@127.0.0.1:1/news?password={SECRET}",
        f"postgresql://me:{SECRET}@127.0.0.1:1/news?no_such_option=1",
        f"postgresql://me:a@{SECRET}/b@127.0.0.1:1/news",
        f"postgresql://me:{SECRET}@127.0.0.1:port/news",
        f"mysql://me:{SECRET}@db.example/news",
        f"postgresql:me:{SECRET}@db.example/news",
        f"me:{SECRET}@db.example",
        f"odd odd://me:{SECRET}@db.example",
    ],
)
def test_no_message_tells_a_password(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(url, wait=2)
    assert SECRET not in str(caught.value)
    assert caught.value.todo


def test_where_a_store_is_tells_no_password(postgresql_url: str) -> None:
    given = postgresql_url.replace("postgres:@", f"postgres:{SECRET}@")
    with Store.open(f"{given}&password={SECRET}") as store:
        assert SECRET not in store.where
        assert "postgresql" in store.where
