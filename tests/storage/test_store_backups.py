"""Exports, backups and restores: everything, in one snapshot, completely or not at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.model import Feed
from storage import (
    Store,
    StoreError,
    StoreLocked,
    dated_backup,
    read_lines,
    restore_store,
    write_backup,
    write_lines,
)
from storage.backups import before_upgrade, rotate
from tests.storage.filled import dump, fill

AT = datetime(2026, 11, 28, 3, 30, tzinfo=UTC)


def lines(store: Store) -> list[str]:
    return list(store.export_lines())


def test_an_export_survives_a_journey_through_both_databases(
    path: Path, postgresql_url: str, make: Any
) -> None:
    with Store.open(f"sqlite:///{path}") as first:
        fill(first, make)
        exported = lines(first)
        everything = dump(first)
    with Store.open(postgresql_url) as second:
        second.import_lines(exported, "export")
        assert dump(second) == everything
        assert lines(second) == exported
        assert second.check() == []
        with second.reading() as view:
            assert [one.item.id for one in view.search.items("渡船")] == ["i0000000000000002"]
        back = lines(second)
    with Store.open(f"sqlite:///{path.parent / 'third.db'}") as third:
        third.import_lines(back, "export")
        assert lines(third) == exported
        assert third.check() == []


def wrong(exported: list[str]) -> list[tuple[list[str], str]]:
    row = json.loads(next(line for line in exported if '"table":"items"' in line))
    number = next(n for n, line in enumerate(exported) if '"table":"items"' in line)

    def with_row(**changes: Any) -> list[str]:
        changed = row | {"row": row["row"] | changes}
        return [*exported[:number], json.dumps(changed), *exported[number + 1 :]]

    return [
        ([], "cut off"),
        (exported[:-1], "cut off"),
        (exported[:-5] + exported[-1:], "rows were read"),
        ([*exported, exported[-2]], "after the last line"),
        (["{}", *exported[1:]], "no export"),
        (['{"format":"every-story-once","schema":"0001"}', *exported[1:]], "schema 0001"),
        (["not json", *exported[1:]], "line 1"),
        ([*exported[:3], "[]", *exported[3:]], "line 4"),
        (with_row(title=7), "items.title is int"),
        (with_row(seen="x"), "items.seen is str"),
        (with_row(bands="~"), f"line {number + 1}"),
        (with_row(more="x"), "differ in more"),
        (with_row(id=None), "items.id is NoneType"),
    ]


def test_an_export_that_is_not_whole_is_refused_and_nothing_is_imported(
    url: str, tmp_path: Path, make: Any
) -> None:
    with Store.open(f"sqlite:///{tmp_path}/source.db") as source:
        fill(source, make)
        exported = lines(source)
    with Store.open(url) as store:
        for broken, said in wrong(exported):
            with pytest.raises(StoreError, match=said):
                store.import_lines(broken, "f")
            assert store.reading().__enter__().counts().feeds == 0
        store.import_lines(exported, "f")
        with pytest.raises(StoreError, match="not empty"):
            store.import_lines(exported, "f")


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz"])
def test_lines_are_the_same_after_a_file(tmp_path: Path, name: str) -> None:
    said = ["a", "قصة", "渡船\u2028x"]
    write_lines(tmp_path / name, said)
    assert [line.rstrip("\n") for line in read_lines(tmp_path / name)] == said
    assert [one.name for one in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    with pytest.raises(StoreError, match="already exists"):
        write_lines(tmp_path / name, said)
    with pytest.raises(StoreError, match="cannot be read"):
        list(read_lines(tmp_path / "none"))
    (tmp_path / "y.gz").write_bytes((tmp_path / name).read_bytes()[:-3])
    with pytest.raises(StoreError, match="cannot be read"):
        list(read_lines(tmp_path / "y.gz"))


def test_a_backup_is_made_while_others_write_and_can_be_restored(path: Path, make: Any) -> None:
    url = f"sqlite:///{path}"
    with Store.open(url) as store, Store.open(url) as other:
        fill(store, make)
        before = dump(store)
        with other.transaction() as tx:  # a writer in the middle of its work
            tx.feeds.upsert(Feed("f9", "https://nine.example/"), 9)
            made = dated_backup(store, None, at=AT, keep=3)
        assert made.path == path.parent / "backups" / "news-2026-11-28T033000Z.db"
        assert dump(store) != before
        with pytest.raises(StoreLocked), store.lock_daemon():
            restore_store(made.path, url, at=AT)
    aside = restore_store(made.path, url, at=AT)
    assert aside is not None
    with Store.open(url, create=False) as store:
        assert dump(store) == before
        assert store.check() == []
    with Store.open(f"sqlite:///{aside}", create=False) as store, store.reading() as view:
        assert [feed.id for feed in view.feeds.list()][-1] == "f9"


def test_a_backup_of_a_server_is_an_export_and_goes_into_an_empty_one(
    path: Path, postgresql_url: str, make: Any
) -> None:
    folder = path.parent / "backups"
    with Store.open(postgresql_url) as store:
        fill(store, make)
        before = dump(store)
        made = dated_backup(store, folder, at=AT, keep=3)
        assert made.path.name == "store-2026-11-28T033000Z.jsonl.gz"
        with pytest.raises(StoreError, match="not empty"):
            restore_store(made.path, postgresql_url, at=AT)
        with pytest.raises(StoreError, match="no folder for backups"):
            dated_backup(store, None, at=AT, keep=1)
    url = f"sqlite:///{path}"
    assert restore_store(made.path, url, at=AT) is None
    with Store.open(url) as store:
        assert dump(store) == before


def test_only_backups_of_this_store_are_rotated(tmp_path: Path, make: Any) -> None:
    folder = tmp_path / "b"
    with Store.open(f"sqlite:///{tmp_path}/a.db") as store:
        others = ["a.db", "a-notes.db", "ab-2026-01-01T000000Z.db", "a-2026-01-01T000000Z.txt"]
        folder.mkdir()
        for name in others:
            (folder / name).touch()
        made = [
            dated_backup(store, folder, at=AT + timedelta(hours=n // 2), keep=2) for n in range(6)
        ]
        assert [len(one.removed) for one in made] == [0, 0, 1, 1, 1, 1]
        left = {one.name for one in folder.iterdir()} - set(others)
        assert left == {made[-1].path.name, made[-2].path.name}
        assert rotate(folder, "a", ".db", 2) == []


def test_a_damaged_backup_is_refused_and_the_store_stays(path: Path, make: Any) -> None:
    url = f"sqlite:///{path}"
    with Store.open(url) as store:
        fill(store, make)
        before = dump(store)
        made = write_backup(store, path.parent / "b.db")
        with pytest.raises(StoreError, match="exists"):
            write_backup(store, made)
    content = bytearray(made.read_bytes())
    content[4096 * 3 : 4096 * 5] = bytes(8192)
    made.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        restore_store(made, url, at=AT)
    with pytest.raises(StoreError, match="no such backup"):
        restore_store(path.parent / "none.db", url, at=AT)
    with pytest.raises(StoreError, match="itself"):
        restore_store(path, url, at=AT)
    cut = path.parent / "cut.jsonl"
    with Store.open(url) as store:
        cut.write_text("\n".join(lines(store)[:-1]))
        with pytest.raises(StoreError, match="cut off"):
            restore_store(cut, f"sqlite:///{path.parent}/other.db", at=AT)
        assert dump(store) == before
    assert not (path.parent / "other.db").exists()


def test_no_room_for_a_backup_before_an_upgrade_is_said(
    path: Path, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(f"sqlite:///{path}") as store:
        fill(store, make)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    assert "without a backup: that needs 0 MB" in before_upgrade(path, "0007")
    assert list(path.parent.glob("*before-upgrade*")) == []


def test_unused_space_is_given_back(url: str, make: Any) -> None:
    with Store.open(url) as store:
        fill(store, make)
        before = dump(store)
        store.vacuum()
        assert dump(store) == before
        sizes = {one.name: one for one in store.sizes()}
        assert sizes["items"].rows == 5
        assert sizes["item_words"].bytes
