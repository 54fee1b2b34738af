"""Deciding the archive again: shown first, then done, and done only once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.engine import item_corrections, rededupe
from aggregator.engine.polls import Engine
from aggregator.model import Document, Entry, Feed
from aggregator.settings import DedupeSettings, Settings
from storage import ItemFilter, Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TITLE = "Harbour bridge closes for repairs until late autumn"
WIDE = DedupeSettings()
NARROW = DedupeSettings(title_window=timedelta(hours=1))


class Archive:
    """A store that three outlets filled, five hours apart, by narrow rules."""

    def __init__(self, folder: Path) -> None:
        self.store = Store.open(f"sqlite:///{folder}/store.sqlite")
        self.settings = Settings(folder / "feeds.toml", "", dedupe=NARROW)
        self.engine = Engine(self.store, self.settings)
        for feed, title in enumerate((TITLE, TITLE, "Storm floods three valley villages")):
            at = NOW + timedelta(hours=5 * feed)
            entry = Entry(title=title, guid=f"g{feed}", published=at)
            outlet = Feed(f"f{feed}", f"https://{feed}.example/rss", title=f"Outlet {feed}")
            self.engine.take_document(outlet, Document((entry,)), now=at)

    def plan(self, settings: DedupeSettings, since: datetime | None = None) -> rededupe.Again:
        with self.store.reading() as tx:
            return rededupe.plan(tx, settings, since=since)

    def apply(self, settings: DedupeSettings, since: datetime | None = None) -> rededupe.Again:
        self.engine.use(replace(self.settings, dedupe=settings))
        return rededupe.apply(self.engine, settings, since=since, now=NOW + timedelta(days=1))

    def numbers(self, canonicals: list[str]) -> dict[str, int]:
        with self.store.reading() as tx:
            return tx.lists.named(canonicals)

    def groups(self) -> list[str]:
        with self.store.reading() as tx:
            found = tx.items.list(ItemFilter(), newest_first=False)
            assert all(tx.canonicals.get(one.canonical) for one in found)
            assert all(tx.canonicals.get(one.canonical).story for one in found)  # type: ignore[union-attr]
            return [one.canonical for one in found]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def test_the_same_rules_move_nothing(archive: Archive) -> None:
    assert archive.plan(NARROW) == rededupe.Again(3, ())


def test_a_plan_changes_nothing_and_says_what_would(archive: Archive) -> None:
    before = archive.groups()
    (change,) = archive.plan(WIDE).changes
    assert (change.before, change.decision.canonical) == (before[1], before[0])
    assert change.decision.evidence.rule == "title"
    assert archive.groups() == before


def test_wider_rules_join_and_narrower_ones_part_again(archive: Archive) -> None:
    apart = archive.groups()
    assert len(set(apart)) == 3
    numbers = archive.numbers(apart)
    assert len(set(numbers.values())) == 3
    assert len(archive.apply(WIDE).changes) == 1
    assert archive.groups() == [apart[0], apart[0], apart[2]]
    assert archive.apply(WIDE).changes == ()
    assert archive.numbers(apart) == numbers  # reading apps know entries by these
    assert len(archive.apply(NARROW).changes) == 1
    assert archive.numbers(apart) == numbers
    assert archive.groups() == apart


def test_only_items_since_are_decided_again(archive: Archive) -> None:
    late = archive.plan(WIDE, since=NOW + timedelta(hours=6))
    assert (late.decided, late.changes) == (1, ())
    assert len(archive.plan(WIDE, since=NOW + timedelta(hours=1)).changes) == 1


def test_a_persons_word_stands(archive: Archive) -> None:
    with archive.store.reading() as tx:
        a, b, _ = (one.item.id for one in tx.items.list(newest_first=False))
    item_corrections.apply(
        archive.engine, item_corrections.make("item", "split", b, a, at=NOW), now=NOW
    )
    assert archive.plan(WIDE).changes == ()
