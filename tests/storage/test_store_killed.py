"""Killed while a store is looked after: it is as it was, or as it was to become."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.engine.retention import retain
from aggregator.settings import RetentionSettings, Settings
from storage import Store
from storage.backups import write_lines
from storage.restoring import restore_store
from tests.storage.filled import dump, fill
from tests.storage.killing import killed_evenly

pytestmark = pytest.mark.slow

AT = datetime(2026, 5, 1, tzinfo=UTC)
LATER = AT + timedelta(days=90)
SETTINGS = Settings(
    Path("feeds.toml"), "", retention=RetentionSettings(timedelta(days=14), polls=timedelta(days=9))
)
TIMES = 8


@pytest.fixture
def here(path: Path, make: Any) -> Path:
    """A store with a few items."""
    with Store.open(f"sqlite:///{path}") as store:
        fill(store, make)
        with store.transaction() as tx:
            for number in range(20, 30):
                make.save(tx, make.item(number, title=f"Another report {number}"))
            make.save(tx, make.item(99, title="The latest one", seen=LATER))
    return path


def opened(path: Path) -> Store:
    return Store.open(f"sqlite:///{path}", create=False)


def content(path: Path) -> dict[str, list[Any]]:
    """All rows of a store that is sound."""
    with opened(path) as store:
        assert store.check() == []
        return {name: rows for name, rows in dump(store).items() if name != "meta"}


def test_in_retention_the_rest_goes_at_the_next_run(here: Path, tmp_path: Path) -> None:
    def remove(path: Path) -> None:
        with opened(path) as store:
            list(retain(store, SETTINGS, LATER))

    undisturbed, copy = tmp_path / "undisturbed.db", tmp_path / "copy.db"
    shutil.copy(here, undisturbed)
    remove(undisturbed)
    wanted = content(undisturbed)
    assert len(wanted["items"]) < len(content(here)["items"])
    shutil.copy(here, copy)
    for _ in killed_evenly(lambda: remove(copy), TIMES):
        content(copy)
        remove(copy)
        assert content(copy) == wanted
        shutil.copy(here, copy)


def back_up(path: Path, target: Path) -> None:
    with opened(path) as store:
        store.backup(target)


def export(path: Path, target: Path) -> None:
    with opened(path) as store:
        write_lines(target.with_suffix(".jsonl.gz"), store.export_lines())


def copy_to(path: Path, target: Path) -> None:
    with opened(path) as store:
        store.copy_to(f"sqlite:///{target}")


@pytest.mark.parametrize("work", [back_up, export, copy_to])
def test_in_a_backup_an_export_or_a_copy_there_is_none_or_a_whole_one(
    here: Path, tmp_path: Path, work: Callable[[Path, Path], None]
) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    wanted, target = content(here), folder / "copy.db"
    for _ in killed_evenly(lambda: work(here, target), TIMES):
        for made in [one for one in folder.iterdir() if one.suffix in (".db", ".gz")]:
            assert restored(made, tmp_path / "restored.db") == wanted
            for one in folder.glob(f"{made.name}*"):  # SQLite's files beside it as well
                one.unlink()
        work(here, target)
        (made,) = folder.iterdir()  # what the dead process left is gone
        made.unlink()
    assert content(here) == wanted


def restored(source: Path, path: Path) -> dict[str, list[Any]]:
    restore_store(source, f"sqlite:///{path}", at=AT)
    found = content(path)
    path.unlink()
    return found


def test_while_a_backup_is_put_back_there_is_always_a_store(here: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    back_up(here, backup)
    kept = content(backup)
    with opened(here) as store, store.transaction() as tx:
        tx.meta.set("own", "another word")
        tx.polls.prune(LATER)
    before, original = content(here), here.read_bytes()
    assert before != kept
    for _ in killed_evenly(lambda: restore_store(backup, f"sqlite:///{here}", at=AT), TIMES):
        assert content(here) in (before, kept)
        restore_store(backup, f"sqlite:///{here}", at=AT + timedelta(seconds=1))
        assert content(here) == kept
        aside = [one for one in here.parent.iterdir() if ".replaced" in one.name]
        assert before in [content(one) for one in aside if not one.name.endswith(("wal", "shm"))]
        for one in here.parent.iterdir():
            one.unlink()
        here.write_bytes(original)
