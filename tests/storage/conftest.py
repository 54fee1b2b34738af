"""Stores to test on: the same tests run on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.engine import effects
from aggregator.model import (
    Decision,
    Evidence,
    Feed,
    Item,
    Keys,
    Placed,
    StoryChange,
    StoryDecision,
    StoryLink,
)
from storage import Store, Transaction

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a SQLite store may lie."""
    return tmp_path / "قصة store" / "news.db"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest) -> str:
    """The address of an empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('path')}"
    address: str = request.getfixturevalue("postgresql_url")
    return address


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store with two feeds in it."""
    with Store.open(url, wait=5) as opened:
        with opened.transaction() as tx:
            tx.feeds.upsert(Feed("f1", "https://one.example/feed"), 0)
            tx.feeds.upsert(Feed("f2", "https://two.example/feed"), 1)
        yield opened


@dataclass
class Maker:
    """Short ways to make records."""

    start: datetime = START

    def at(self, minutes: float = 0) -> datetime:
        return self.start + timedelta(minutes=minutes)

    def item(self, number: int, **fields: Any) -> Item:
        item = Item(
            id=f"i{number:016x}",
            feed="f1",
            identity=f"guid-{number}",
            title=f"Title {number}",
            seen=self.at(number),
        )
        return replace(item, **fields)

    def decision(self, item: Item, canonical: str | None = None, **fields: Any) -> Decision:
        own = "c" + item.id[1:]
        decision = Decision(
            item=item.id,
            canonical=canonical or own,
            founded=canonical in (None, own),
            evidence=Evidence("new" if canonical in (None, own) else "url"),
            keys=Keys(sketch=b"packed"),
        )
        return replace(decision, **fields)

    def save(
        self,
        tx: Transaction,
        item: Item,
        canonical: str | None = None,
        keys: Keys | None = None,
        **fields: Any,
    ) -> Decision:
        decision = self.decision(item, canonical, keys=keys or Keys(sketch=b"packed"), **fields)
        self.store(tx, item, decision)
        return decision

    def store(self, tx: Transaction, item: Item, decision: Decision) -> None:
        tx.apply(effects.stored(tx.standing, item, decision), item.seen)

    def again(self, tx: Transaction, decision: Decision, at: datetime) -> None:
        tx.apply(effects.decided_again(tx.standing, decision, at), at)

    def move(self, tx: Transaction, item: Item, target: str, at: datetime) -> None:
        """Put ``item`` behind ``target``, which may be its own canonical item."""
        founded = target == "c" + item.id[1:]
        self.again(tx, Decision(item.id, target, founded, Evidence("correction"), Keys()), at)

    def change(self, tx: Transaction, change: StoryChange, at: datetime) -> None:
        tx.apply(effects.changed(tx.standing, change), at)

    def link(self, tx: Transaction, link: StoryLink, at: datetime) -> None:
        tx.apply(effects.linked(tx.standing, link), at)

    def story(
        self, tx: Transaction, canonical: str, story: str | None = None, **fields: Any
    ) -> StoryDecision:
        own = "s" + canonical[1:]
        decision = StoryDecision(
            canonical, story or own, story in (None, own), Evidence("terms", 0.7, 0.5)
        )
        decision = replace(decision, **fields)
        tx.apply(effects.placed(tx.standing, decision), self.start)
        return decision

    def ids(self, found: list[Placed]) -> list[str]:
        return [one.item.id for one in found]


@pytest.fixture
def make() -> Maker:
    return Maker()


@pytest.fixture
def child() -> Callable[..., subprocess.Popen[str]]:
    """Starts Python code in a process of its own."""

    def start(code: str, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            cwd=options.pop("cwd", ROOT),
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    return start
