"""``run.py stories follow``, and what digests make of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.cli import main
from aggregator.engine.polls import Engine
from aggregator.model import Document, Entry, Feed
from aggregator.settings import Settings
from storage import Store

TITLES = ("Central bank keeps its key rate", "Mayor of Sundmark on trial", "Ferry strike ends")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with three stories and a feeds.toml with a digest."""
    path = f"sqlite:///{tmp_path}/store.sqlite"
    lines = (f'[store]\nurl = "{path}"', '[[digests]]\nname = "daily"\nlead = 1', "")
    (tmp_path / "feeds.toml").write_text("\n".join(lines))
    now = datetime.now(UTC)
    with Store.open(path) as store:
        engine = Engine(store, Settings(tmp_path / "feeds.toml", path))
        for number, title in enumerate(TITLES):
            entry = Entry(title=title, guid=title, published=now)
            feed = Feed(f"f{number}", f"https://{number}.example/rss", title="An outlet")
            engine.take_document(feed, Document((entry,)), now=now)
    return tmp_path


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in this process; its exit code and all that it prints."""

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["run.py", "--config", f"{folder}/feeds.toml", *words])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0), "".join(capsys.readouterr())

    return run


def test_a_followed_story_is_listed_and_has_a_section(folder: Path, run: Run):
    def told(*words: str) -> str:
        code, text = run(*words)
        assert code == 0, text
        return text

    stories = [json.loads(line) for line in told("stories", "list", "--json").splitlines()]
    ids = {story["headline"]: story["id"] for story in stories}
    wanted = ids[TITLES[0]]
    assert told("stories", "follow", wanted) == f"{wanted} is followed by reader\n"
    assert wanted in told("stories", "followed")
    shown = told("digest", "daily", "--preview", "json")
    sections = {one["id"]: one["section"] for one in json.loads(shown)["stories"]}
    assert [story for story, section in sections.items() if section == "followed:"] == [wanted]
    rules = '\n[[mute]]\nwords = ["ferry"]\n[[follow]]\nwords = ["sundmark"]\n'
    with (folder / "feeds.toml").open("a") as file:
        file.write(rules)
    told("stories", "unfollow", wanted)
    shown = json.loads(told("digest", "daily", "--preview", "json"))
    assert {one["headline"]: one["followed"] for one in shown["stories"]} == {
        TITLES[0]: False,
        TITLES[1]: True,
    }
    assert shown["gaps"]["muted"] == 1


def test_an_unknown_story_or_user_is_named(run: Run):
    code, text = run("stories", "follow", "snone")
    assert (code, "no story snone" in text) == (1, True)
    code, text = run("stories", "followed", "--user", "nobody")
    assert (code, "no user nobody" in text) == (1, True)


@pytest.mark.parametrize("table", ["[[mute]]\n", "[[boost]]\nby = 2\n", "[[follow]]\nwords = []\n"])
def test_a_preference_that_names_nothing_is_an_error(folder: Path, run: Run, table: str):
    with (folder / "feeds.toml").open("a") as file:
        file.write(table)
    code, text = run("check")
    assert code == 1
    assert "name at least one of words, outlets, languages and tags" in text
