"""Runs of the program that die, and what is left of them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import Store
from tests.faults import driver
from tests.faults.driver import Fate
from tests.support import NOW, ROOT, Ran, render_samples, run_command

FEEDS = ("al-ufuq", "sada-al-bahr", "meridian", "newsfold")


@dataclass(frozen=True)
class Installation:
    """A folder with feeds, a configuration and whatever a run leaves in it."""

    folder: Path
    url: str  # of the store
    env: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, **env: str) -> Ran:
        """Run a command as a user does."""
        env = {"AGGREGATOR_STORE": self.url, **self.env, **env}
        return run_command(arguments, cwd=self.folder, env=env)

    def quick(self, *arguments: str, **env: str) -> Ran:
        """The same without the time that a start takes."""
        env = {"AGGREGATOR_STORE": self.url, **self.env, **env}
        return driver.run(None, arguments, cwd=self.folder, env=env)

    def dying(self, fate: Fate, *arguments: str) -> Ran:
        """Run a command that meets its fate."""
        env = {"AGGREGATOR_STORE": self.url, **self.env}
        return driver.run(fate, arguments, cwd=self.folder, env=env)

    @property
    def digests(self) -> Path:
        return self.folder / "var" / "digests"

    def store(self) -> Store:
        return Store.open(self.url, create=False)

    def files(self) -> list[str]:
        """Every file under the folder, whatever its name, but the store's own."""
        return sorted(
            str(path.relative_to(self.folder))
            for path in self.folder.rglob("*")
            if path.is_file() and not path.name.startswith("store.sqlite")
        )


@pytest.fixture(scope="session")
def feeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The feeds of the sample edition as of a fixed day."""
    folder = tmp_path_factory.mktemp("feeds")
    render_samples(folder, now=NOW)
    return folder


def furnish(folder: Path, feeds: Path, url: str | None = None) -> Installation:
    """Make ``folder`` ready for a first run; ``url`` is a store other than its own file."""
    samples = folder / "var" / "samples"
    samples.mkdir(parents=True)
    for feed in FEEDS:
        (found,) = feeds.glob(f"{feed}.*")
        shutil.copy(found, samples / found.name)
    (folder / "feeds.toml").write_text(_config(ROOT / "feeds.toml"), encoding="utf-8")
    return Installation(folder, url or f"sqlite:///{folder}/var/store.sqlite")


@pytest.fixture
def installation(feeds: Path, tmp_path: Path) -> Installation:
    """A folder ready for a first run."""
    return furnish(tmp_path / "house", feeds)


def _config(shipped: Path) -> str:
    """The shipped configuration with fewer feeds and a digest that reaches back to them."""
    head, *blocks = re.split(r"(?m)^(?=\[\[)", shipped.read_text(encoding="utf-8"))
    kept = [one for one in blocks if any(f"/{feed}." in one for feed in FEEDS)]
    digest = '[[digests]]\nname = "daily"\nspan = "3650d"\nlimit = 1000\n\n'
    return head + digest + "".join(kept)


SAID = {
    "items": "SELECT id, feed, canonical, rule, title, url, published, revision, flags FROM items",
    "order": "SELECT seq, id FROM items",
    "canonicals": "SELECT id, representative, redirect FROM canonicals",
    "members": "SELECT canonical, story FROM story_members",
    "stories": "SELECT id, redirect, languages, follows FROM stories",
    "decisions": "SELECT item, canonical, rule, evidence FROM decisions",
    "why stories": "SELECT canonical, story FROM story_decisions",
    "revisions": "SELECT item, revision FROM revisions",
    "polls": "SELECT feed, outcome, entries FROM polls",
    "digest": "SELECT position, story FROM digest_stories ORDER BY digest DESC, position",
}
"""All that is decided and kept; times of this run and what is counted by it are left out."""


def decided(installation: Installation) -> dict[str, list[str]]:
    """What stands in the store; two runs that did the same give the same."""
    with installation.store() as store:
        assert store.check() == []
        with store.reading() as view:
            run = view.session.connection.execute
            said = {
                name: sorted(str(tuple(row)) for row in run(text(q))) for name, q in SAID.items()
            }
            states = view.feeds.states()
            counts = [
                f"{feed} {states[feed].entries_seen} {states[feed].duplicates}"
                for feed in sorted(states)
            ]
            return said | {"counts": counts}


@pytest.fixture(scope="session")
def undisturbed(
    feeds: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Installation, dict[str, list[str]]]:
    """The same feeds polled once, with nothing going wrong."""
    installation = furnish(tmp_path_factory.mktemp("undisturbed") / "house", feeds)
    done = installation.run("once")
    assert done.code == 0, done.err
    return installation, decided(installation)
