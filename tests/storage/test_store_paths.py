"""A store lies where its address says, and only its owner can read it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import store_url
from storage import Store, StoreError, StoreMissing
from storage.address import parse
from storage.private_files import make_folder
from tests.support import Ran

NAMES = ["a?b.db", "a?mode=ro#c.db", "100%41.db", "#1.db", "قصة 1.db", "a&b=c;d.db", "~x.db"]


@pytest.fixture
def open_umask() -> Iterator[None]:
    """The umask of most systems, under which new files can be read by everybody."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@given(st.text(min_size=1).filter(lambda name: name != ":memory:"))
def test_every_character_of_a_path_stands_for_itself(name: str) -> None:
    assert parse(f"sqlite:///{name}").database == name
    assert parse(store_url(f"sqlite:///{name}", Path())).database == str(Path(name))


@pytest.mark.parametrize("name", NAMES)
def test_the_file_has_the_name_that_was_given(tmp_path: Path, name: str, make: Any) -> None:
    folder = tmp_path / "d ?x#%20"
    with Store.open(f"sqlite:///{folder / name}") as store, store.transaction() as tx:
        tx.meta.set("a", "b")
    assert sorted(one.name for one in folder.iterdir()) == sorted([name, f"{name}.turn"])
    with Store.open(f"sqlite:///{folder / name}", create=False) as store:
        assert store.where == str(folder / name)
        store.copy_to(f"sqlite:///{folder / 'copy'}{name}")
    files = {name, f"{name}.turn", f"copy{name}"}
    assert {one.name for one in folder.iterdir()} - {f"copy{name}.turn"} == files


def modes(folder: Path) -> dict[str, int]:
    return {str(one.relative_to(folder)): one.stat().st_mode & 0o777 for one in folder.rglob("*")}


def test_the_files_of_a_store_are_private(tmp_path: Path, open_umask: None) -> None:
    with Store.open(f"sqlite:///{tmp_path}/a/b/news.db") as store, store.lock_daemon():
        with store.transaction() as tx:
            tx.meta.set("a", "b")
        store.copy_to(f"sqlite:///{tmp_path}/a/copy.db")
        found = modes(tmp_path)
    assert {"a/b/news.db-wal", "a/b/news.db-shm", "a/b/news.db.lock", "a/copy.db"} <= found.keys()
    assert {name: oct(mode) for name, mode in found.items()} == {
        name: "0o700" if name in ("a", "a/b") else "0o600" for name in found
    }


@pytest.mark.slow
def test_what_a_round_writes_is_private(tmp_path: Path, run: Any, open_umask: None) -> None:
    (tmp_path / "f.xml").write_text(
        "<rss version='2.0'><channel><title>T</title><item><title>Ferry sinks</title>"
        "<link>https://one.example/1</link></item></channel></rss>"
    )
    (tmp_path / "feeds.toml").write_text(
        '[[feeds]]\nurl = "f.xml"\n[[digests]]\nname = "d"\ndirectory = "out #1/dig?est"\n'
    )
    done: Ran = run("once")
    assert done.code == 0, done.err
    found = modes(tmp_path)
    assert {"out #1/dig?est/d/latest.html", "var/store.sqlite"} <= found.keys()
    given = {"f.xml", "feeds.toml"}
    assert {mode for name, mode in found.items() if name not in given} == {0o600, 0o700}


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    ["items search x", "feeds status", "stories show s1"],
)
def test_a_mistyped_store_is_named_and_not_created(tmp_path: Path, run: Any, command: str) -> None:
    (tmp_path / "feeds.toml").write_text("")
    done: Ran = run("--store", "tpyo/store.db", *command.split())
    assert done.code == 1
    assert "There is no store" in done.err
    assert str(tmp_path / "tpyo" / "store.db") in done.err
    assert [one.name for one in tmp_path.iterdir()] == ["feeds.toml"]


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(StoreError, match="cannot be created"):
        Store.open(f"sqlite:///{tmp_path}/a/news.db")
    with pytest.raises(NotADirectoryError):
        make_folder(tmp_path / "a")
    with pytest.raises(StoreMissing):
        Store.open(f"sqlite:///{tmp_path}/b.db", create=False)
