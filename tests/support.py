"""What tests of the outer rooms share: commands run as a user runs them, the sample edition."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aggregator.config import load
from aggregator.model import Placed
from aggregator.settings import Settings
from aggregator.text.identity import feed_id
from storage import ItemFilter, Store

ROOT = Path(__file__).resolve().parent.parent
THOROUGH = os.environ.get("AGGREGATOR_THOROUGH") == "1"
TIMEOUT = 240  # seconds for one command, far above what any takes
NOW = "2026-03-05T18:00:00+00:00"  # the end of the sample edition in tests


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def examples(count: int) -> int:
    """How many examples a costly property is tried with: ``count`` where AGGREGATOR_THOROUGH is 1,
    else a quarter of it."""
    return count if THOROUGH else max(5, count // 4)


def run_command(arguments: Sequence[str], *, cwd: Path, env: dict[str, str] | None = None) -> Ran:
    """Run ``python run.py ARGUMENTS`` in ``cwd``."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *arguments],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        timeout=TIMEOUT,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def render_samples(out: Path, *, day: int | None = None, now: str | None = None) -> None:
    """Render the sample edition into ``out``, by default as of now."""
    command = [sys.executable, str(ROOT / "samples" / "render.py"), "--out", str(out)]
    if now is not None:
        command += ["--now", now]
    if day is not None:
        command += ["--day", str(day)]
    subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT)


def sample_config(folder: Path) -> Path:
    """The shipped feeds.toml, in ``folder``."""
    path = folder / "feeds.toml"
    path.write_text((ROOT / "feeds.toml").read_text(encoding="utf-8"), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Edition:
    """A folder in which the sample edition was polled."""

    folder: Path
    settings: Settings

    def store(self) -> Store:
        return Store.open(self.settings.store)


def polled(folder: Path, days: tuple[int | None, ...] = (None,)) -> Edition:
    """Poll the sample edition with `run.py once`, whole or day by day."""
    settings = load(sample_config(folder))
    for day in days:
        render_samples(folder / "var" / "samples", day=day)
        make_due(settings)
        done = run_command(["once"], cwd=folder)
        assert done.code == 0, done.err
    return Edition(folder, settings)


def make_due(settings: Settings) -> None:
    """Let every feed be due at once, as if its interval had passed."""
    with Store.open(settings.store) as store, store.transaction() as tx:
        for state in tx.feeds.states().values():
            tx.feeds.save_state(replace(state, next_poll=datetime(2000, 1, 1, tzinfo=UTC)))


def answer_key() -> list[dict[str, Any]]:
    """What a careful editor says of every entry of the sample edition."""
    rows = json.loads((ROOT / "samples" / "expected.json").read_text(encoding="utf-8"))
    assert isinstance(rows, list)
    return rows


def placed_by_key(edition: Edition) -> dict[str, Placed]:
    """Where each entry of the answer key went."""
    found: dict[tuple[str, str], Placed] = {}
    with edition.store() as store, store.reading() as tx:
        for placed in tx.items.list(ItemFilter(), limit=100_000):
            item = placed.item
            for name in (item.identity, item.link, item.title_raw):
                if name:
                    found.setdefault((item.feed, name), placed)
    answers = {}
    for row in answer_key():
        feed = feed_id(f"var/samples/{row['feed']}")
        names = [row[field] for field in ("guid", "link", "title") if row[field]]
        answers[row["key"]] = next(found[feed, name] for name in names if (feed, name) in found)
    return answers


def stories(edition: Edition) -> dict[str, str]:
    """Canonical item to story."""
    with edition.store() as store, store.reading() as tx:
        return {c.id: c.story or "" for c in tx.canonicals.list(limit=100_000)}


def groups(pairs: dict[str, str]) -> set[frozenset[str]]:
    """The keys that stand together."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for key, group in pairs.items():
        found[group].add(key)
    return {frozenset(keys) for keys in found.values()}


def grouping(edition: Edition) -> dict[str, tuple[str, str]]:
    """Item to canonical item and story: all that was decided."""
    story = stories(edition)
    with edition.store() as store, store.reading() as tx:
        items = tx.items.list(ItemFilter(), limit=100_000)
    return {p.item.id: (p.canonical, story[p.canonical]) for p in items}


def undo_reading_states(run: Callable[[str], Any]) -> None:
    """Take a store's schema back to the step before 0008; ``run`` executes SQL."""
    for table in ("outbox", "api_tokens"):
        run(f"DROP TABLE {table}")
    run("ALTER TABLE digest_items DROP COLUMN dropped")
    for table in ("forgotten_items", "web_sessions", "reading_states", "followed_stories", "users"):
        run(f"DROP TABLE {table}")
    for index in ("number", "feed_number", "changed"):
        run(f"DROP INDEX ix_canonicals_{index}")
    for name in ("number", "feed", "changed"):
        run(f"ALTER TABLE canonicals DROP COLUMN {name}")
    run("UPDATE alembic_version SET version_num = '0007'")
