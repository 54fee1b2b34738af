"""What can go wrong with a store is said: what, where and what to do; nothing is harmed by it."""

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
from sqlalchemy import text

from aggregator.model import Feed
from storage import (
    Store,
    StoreAway,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreMissing,
    StoreNewer,
)

Child = Callable[..., "subprocess.Popen[str]"]


def filled(path: Path, make: Any, number: int = 30) -> bytes:
    """A store with some items, closed; the bytes of its file."""
    with Store.open(f"sqlite:///{path}") as store, store.transaction() as tx:
        tx.feeds.upsert(Feed("f1", "https://one.example/feed"), 0)
        for one in range(number):
            make.save(tx, make.item(one, text=f"Some text {one}. " * 50))
    return path.read_bytes()


def refused(url: str | Path, kind: type[StoreError] = StoreError, **options: Any) -> str:
    """The message with which a store is not opened."""
    address = f"sqlite:///{url}" if isinstance(url, Path) else url
    with pytest.raises(kind) as caught:
        Store.open(address, **options)
    error = caught.value
    assert type(error) is kind
    assert str(error) == f"{error.what} ({error.where}). {error.todo}"
    return str(error)


def test_an_empty_file_is_no_store_and_is_left_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    said = refused(path, StoreDamaged)
    assert "empty file" in said
    assert str(path) in said
    assert path.read_bytes() == b""


@pytest.mark.parametrize(
    "content", [b"not a database at all\n" * 200, b"SQLite format 3\x00", b"x"]
)
def test_another_kind_of_file_is_no_store_and_is_left_as_it_is(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert "not an SQLite file" in refused(path, StoreDamaged)
    assert path.read_bytes() == content


def test_somebody_else_s_database_is_not_written_to(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = path.read_bytes()
    assert str(path) in refused(path)
    assert path.read_bytes() == before


def test_a_store_that_was_cut_off_is_damaged(path: Path, make: Any) -> None:
    whole = filled(path, make)
    for length in (len(whole) - 1, len(whole) // 2, 4096, 200):
        path.write_bytes(whole[:length])
        assert "truncated" in refused(path, StoreDamaged)
        assert path.read_bytes() == whole[:length]


def test_pages_that_were_overwritten_are_found_when_it_is_opened(path: Path, make: Any) -> None:
    whole = filled(path, make)
    pages = range(1, len(whole) // 4096)
    for page in (*list(pages)[::5], 1):
        broken = bytearray(whole)
        broken[page * 4096 : page * 4096 + 512] = os.urandom(512)
        path.write_bytes(broken)
        said = refused(path, StoreDamaged)
        assert "damaged" in said
        assert "backup" in said


@pytest.mark.slow
def test_a_log_of_another_store_is_not_replayed_and_a_lost_one_is_missed(
    path: Path, make: Any, child: Child
) -> None:
    other = path.parent / "other.db"
    filled(path, make)
    filled(other, make, 3)
    code = """
import os, sys
from aggregator.model import Feed
from storage import Store
store = Store.open("sqlite:///" + sys.argv[1])
with store.transaction() as tx:
    tx.feeds.upsert(Feed("f9", "https://nine.example/feed"), 9)
os._exit(0)  # leaves the log behind
"""
    assert child(code, str(other)).wait(60) == 0
    lost = Path(f"{other}-wal").rename(path.parent / "lost")
    assert "write-ahead log is gone" in refused(other, StoreDamaged)
    lost.rename(f"{other}-wal")
    shutil.copy(f"{other}-wal", f"{path}-wal")
    assert "belongs to a different database" in refused(path, StoreDamaged)
    Path(f"{path}-wal").unlink()
    with Store.open(f"sqlite:///{path}") as store:
        assert store.check() == []
    with Store.open(f"sqlite:///{other}") as store, store.reading() as view:
        assert [feed.id for feed in view.feeds.list()] == ["f1", "f9"]


def test_a_file_taken_away_while_in_use_is_missed(path: Path, make: Any) -> None:
    with Store.open(f"sqlite:///{path}") as store:
        path.unlink()
        with pytest.raises(StoreDamaged, match="deleted or replaced"), store.transaction():
            pass
        with pytest.raises(StoreDamaged, match="deleted or replaced"), store.reading():
            pass
        assert not path.exists()


def test_a_store_that_is_not_there_is_made_only_where_that_was_asked(url: str) -> None:
    said = refused(url, StoreMissing, create=False)
    assert "There is no store" in said
    assert "sqlite://" not in said
    Store.open(url).close()
    Store.open(url, create=False).close()


def test_a_newer_schema_is_left_alone(url: str) -> None:
    with Store.open(url) as store, store.transaction() as tx:
        tx.session.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    said = refused(url, StoreNewer)
    assert "9999" in said
    assert "newer version of the program" in said


def test_a_full_disk_is_said_to_be_full_and_keeps_what_was_there(path: Path, make: Any) -> None:
    filled(path, make, 3)
    with Store.open(f"sqlite:///{path}") as store:
        with pytest.raises(StoreFull, match="disk is full") as caught, store.transaction() as tx:
            pages = tx.session.connection.exec_driver_sql("PRAGMA page_count").scalar()
            tx.session.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 3}")
            for one in range(3, 500):
                make.save(tx, make.item(one, text="x" * 2_000))
        assert caught.value.passing
        with store.reading() as view:
            assert view.counts().items == 3
        with store.transaction() as tx:  # room was made
            tx.session.connection.exec_driver_sql("PRAGMA max_page_count = 100000")
            make.save(tx, make.item(3, text="x" * 2_000))
        assert store.check() == []


@pytest.mark.slow
def test_a_limit_of_the_system_on_files_is_told_and_harms_nothing(
    path: Path, make: Any, child: Child
) -> None:
    """The same at the lowest level: the system refuses to let the log grow."""
    filled(path, make, 3)
    code = """
import resource, sys
from aggregator.model import Feed
from storage import Store, StoreError
with Store.open("sqlite:///" + sys.argv[1]) as store:
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    try:
        with store.transaction() as tx:
            for number in range(5_000):
                tx.feeds.upsert(Feed(f"f{number}", "https://one.example/" + "x" * 500), number)
    except StoreError as error:
        print(error)
"""
    process = child(code, str(path))
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "disk" in out
    assert "try again" in out or "Make room" in out
    with Store.open(f"sqlite:///{path}") as store:
        assert store.check() == []
        with store.reading() as view:
            assert len(view.feeds.list()) == 1


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


def test_what_was_meddled_with_is_named(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        make.save(tx, make.item(1))
        make.save(tx, make.item(2))
        make.story(tx, "c0000000000000001")
    assert store.check() == []
    with store.transaction() as tx:
        run = tx.session.connection.exec_driver_sql
        run("UPDATE canonicals SET representative = 'i0000000000000002' WHERE seq = 1")
        run("DELETE FROM decisions WHERE item = 'i0000000000000002'")
        run("DELETE FROM story_members")
    found = "\n".join(store.check())
    assert "c0000000000000001 is represented by an item of another one" in found
    assert "The item i0000000000000002 has no decision." in found
    assert "The story s0000000000000001 has no items" in found


def test_a_record_that_is_no_json_is_damage(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        make.save(tx, make.item(1))
        tx.session.connection.exec_driver_sql("UPDATE items SET tags = '[oops'")
    with pytest.raises(StoreDamaged, match="not valid JSON"), store.reading() as view:
        view.items.get("i0000000000000001")


def test_a_view_that_is_kept_does_not_keep_the_file_open(path: Path, make: Any) -> None:
    filled(path, make, 3)
    kept = []
    with Store.open(f"sqlite:///{path}") as store:
        with store.reading() as view:
            view.items.get("i0000000000000001")
            kept.append(view)
        with store.transaction() as tx:
            tx.meta.get("a")
            make.save(tx, make.item(7))
            kept.append(tx)
    assert {one.name for one in path.parent.iterdir()} == {path.name, f"{path.name}.turn"}
