"""`run.py store` as a user runs it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.support import Ran

Run = Callable[..., Ran]
FEED = (
    "<rss version='2.0'><channel><title>T</title><item><title>Ferry sinks in the harbour</title>"
    "<link>https://one.example/1</link></item></channel></rss>"
)


@pytest.fixture
def folder(tmp_path: Path, run: Run) -> Path:
    """A folder with a store of one item."""
    (tmp_path / "f.xml").write_text(FEED)
    (tmp_path / "feeds.toml").write_text(
        '[store]\nurl = "news.db"\nbackup = { keep = 2 }\n[[feeds]]\nurl = "f.xml"\n'
    )
    assert run("once").code == 0
    return tmp_path


@pytest.mark.slow
def test_a_store_is_backed_up_lost_and_restored(folder: Path, run: Run) -> None:
    assert run("store", "check").out == f"store OK ({folder / 'news.db'})\n"
    before = run("store", "export").out
    made = [run("store", "backup").out.splitlines() for _ in range(3)]
    assert made[2][1] == f"removed {made[0][0]}"
    assert run("store", "backup", "plain.db").out == f"{folder / 'plain.db'}\n"
    assert run("store", "export", "all.jsonl.gz").code == 0
    (folder / "news.db").unlink()
    assert run("store", "restore", made[2][0]).code == 0
    assert run("store", "export").out == before
    done = run("store", "restore", "all.jsonl.gz")
    assert "the store that was there is now" in done.out
    assert run("store", "export").out == before
    assert run("--store", "new.db", "store", "import", "all.jsonl.gz").code == 0
    assert run("--store", "new.db", "store", "export").out == before


@pytest.mark.slow
def test_a_damaged_row_is_named_and_repaired(folder: Path, run: Run) -> None:
    with closing(sqlite3.connect(folder / "news.db")) as raw:
        raw.execute("UPDATE items SET tags = '[', lead = CAST(X'ff' AS TEXT)")
        raw.commit()
    done = run("store", "check")
    assert done.code == 1
    assert "lead is not valid UTF-8" in done.err
    assert "tags cannot be read" in done.err
    assert json.loads(run("store", "check", "--json").out)["problems"] != []
    done = run("store", "check", "--repair")
    assert done.code == 0
    assert "replaced by what can be read of it" in done.out


@pytest.mark.slow
def test_the_size_of_a_store_is_shown(folder: Path, run: Run) -> None:
    shown = json.loads(run("store", "stats", "--json").out)
    assert shown["items"] == 1
    assert shown["bytes"] == (folder / "news.db").stat().st_size
    assert {"table": "items", "rows": 1}.items() <= next(
        one for one in shown["tables"] if one["table"] == "items"
    ).items()
    assert "1 item" in run("store", "stats").out
    assert "MB now" in run("store", "vacuum").out


@pytest.mark.slow
def test_a_search_on_the_command_line_excludes_and_filters(folder: Path, run: Run) -> None:
    assert [one["title"] for one in run("items", "search", "ferry", "sink*", "--json").rows] == [
        "Ferry sinks in the harbour"
    ]
    assert run("items", "search", "ferry", "-harbour", "--json").rows == []
    assert run("items", "search", '"ferry sinks"', "-moon", "--json", "--limit", "3").rows != []
    assert run("stories", "search", "harbour", "-ferry", "--json").rows == []
