"""Copies of a store: to a file while it is in use, and from one database to the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aggregator.model import Feed
from storage import Store, StoreError
from tests.storage.filled import dump, fill


def found(store: Store, words: str) -> list[str]:
    with store.reading() as view:
        return [one.item.id for one in view.search.items(words)]


def test_a_copy_in_the_other_database_and_back_is_the_same(
    path: Path, postgresql_url: str, make: Any
) -> None:
    back = f"sqlite:///{path.parent / 'back.db'}"
    with Store.open(f"sqlite:///{path}") as first:
        fill(first, make)
        first.copy_to(postgresql_url)
        with Store.open(postgresql_url) as second:
            assert dump(second) == dump(first)
            assert second.check() == []
            for words in ("ferry", "العباره", "沉没", "again ferry"):
                assert found(second, words) == found(first, words) != []
            assert found(second, "عبارة") == []  # the revised title no longer says so
            second.copy_to(back)
        with Store.open(back) as third:
            assert dump(third) == dump(first)
            assert third.check() == []
            assert found(third, "العبارة") == found(first, "العبارة")
            with third.transaction() as tx:  # it goes on from there
                make.save(tx, make.item(10))


def test_every_table_has_something_in_it(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        tx.feeds.upsert(Feed("f1", "https://one.example/feed"), 0)
    fill(store, make)
    empty = {name for name, rows in dump(store).items() if not rows}
    assert empty <= {"story_changes", "representatives"}  # written by merges and changes only


def test_nothing_is_copied_over_what_is_there(store: Store, path: Path, make: Any) -> None:
    target = path.parent / "other.db"
    with Store.open(f"sqlite:///{target}") as other:
        fill(other, make)
        before = dump(other)
        with pytest.raises(StoreError, match="exists"):
            store.copy_to(f"sqlite:///{target}")
        assert dump(other) == before
    with pytest.raises(StoreError, match=r"into itself|exists"):
        store.copy_to(_address(store))
    with pytest.raises(StoreError, match="exists"):
        store.backup(target)
    with pytest.raises(StoreError, match="folder for the copy does not exist"):
        store.backup(path.parent / "no" / "copy.db")


def test_a_server_that_holds_something_is_not_copied_into(
    path: Path, postgresql_url: str, make: Any
) -> None:
    with Store.open(f"sqlite:///{path}") as first, Store.open(postgresql_url) as second:
        fill(first, make)
        fill(second, make)
        with pytest.raises(StoreError, match="not empty"):
            first.copy_to(postgresql_url)


def _address(store: Store) -> str:
    return store.where if store.where.startswith("postgresql") else f"sqlite:///{store.where}"


def test_a_backup_is_taken_while_others_write(url: str, path: Path, make: Any) -> None:
    with Store.open(url) as store:
        fill(store, make)
        before = dump(store)
        copy = path.parent / "copy.db"
        path.parent.mkdir(exist_ok=True)
        with store.transaction() as tx:
            make.save(tx, make.item(77, title="Half said"))
            store.backup(copy)
        assert [name.name for name in path.parent.glob("copy.db*")] == ["copy.db"]
        with Store.open(f"sqlite:///{copy}") as copied:
            assert dump(copied) == before
            assert copied.check() == []
            assert found(copied, "half") == []
        assert found(store, "half") == ["i000000000000004d"]


def test_a_backup_does_not_take_the_log_of_its_original(path: Path, make: Any) -> None:
    """The copy has a number of its own: a log laid beside it by mistake is refused."""
    with Store.open(f"sqlite:///{path}") as store:
        fill(store, make)
        copy = path.parent / "copy.db"
        store.backup(copy)
        log = Path(f"{path}-wal").read_bytes()
        assert log
        Path(f"{copy}-wal").write_bytes(log)
        with pytest.raises(StoreError, match="belongs to a different database"):
            Store.open(f"sqlite:///{copy}")
