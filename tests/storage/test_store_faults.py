"""What can go wrong with a store is said: what, where and what to do; nothing is harmed by it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from storage import (
    Store,
    StoreDamaged,
    StoreFull,
    StoreMissing,
    StoreNewer,
)
from tests.storage.refusing import filled, refused

Child = Callable[..., "subprocess.Popen[str]"]


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
