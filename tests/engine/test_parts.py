"""A long document is stored in parts, so that other writers need not wait for the whole of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.engine import item_corrections
from aggregator.engine.poll_results import Poll
from aggregator.engine.polls import Engine
from aggregator.model import (
    CorrectionKind,
    Document,
    Entry,
    Feed,
    Flag,
    Level,
    Outcome,
    PollOutcome,
)
from aggregator.settings import FeedSettings, Settings
from storage import ItemFilter, Store, StoreBusy, Transaction

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://one.example/rss"
FEED = Feed("f1", URL, title="Outlet")
TITLES = (
    "Harbour bridge closes for repairs until autumn",
    "Council votes to reopen the old harbour bridge",
    "Storm floods three villages in the northern valley",
    "Harbour bridge closes for repairs until the autumn",
    "Prime minister of Norway resigns over budget vote",
)
DOCUMENT = Document(
    tuple(
        Entry(title=title, guid=f"g{place}", summary=f"{title}. Nobody was hurt. {place}",
              published=NOW - timedelta(minutes=place))
        for place, title in enumerate(TITLES)
    )
)  # fmt: skip


def opened(folder: Path) -> tuple[Store, Settings]:
    settings = Settings(path=folder / "feeds.toml", store=f"sqlite:///{folder}/store.sqlite")
    store = Store.open(settings.store)
    with store.transaction() as tx:
        tx.feeds.upsert(FEED, 0)
    return store, settings


def poll(document: Document = DOCUMENT) -> Poll:
    outcome = PollOutcome(FEED.id, Outcome.CONTENT, NOW, url=URL, status=200)
    return Poll(FEED, FeedSettings(url=URL), outcome, document)


def stored(store: Store) -> tuple[object, ...]:
    """Everything that a poll leaves, except how many transactions it took."""
    with store.reading() as view:
        items = view.items.list(ItemFilter(), limit=100)
        events = [(event.effect, event.at) for event in view.events.after(0)]
        stories = {one.id: one.story for one in view.canonicals.list(limit=100)}
        state, history = view.feeds.state(FEED.id), view.histories.get(FEED.id)
        return items, events, stories, state, history, view.polls.recent(FEED.id)


def by_entry(store: Store, settings: Settings) -> Engine:
    """An engine that gives way after each entry."""
    ticks: Iterator[float] = iter(range(10_000))
    return Engine(store, settings, part=0.0, timer=lambda: float(next(ticks)))


def test_parts_store_the_same_as_the_whole(tmp_path: Path) -> None:
    whole, settings = opened(tmp_path / "whole")
    parts, _ = opened(tmp_path / "parts")
    with whole, parts:
        for _ in range(2):  # the second poll brings nothing new
            one = Engine(whole, settings).take(poll(), now=NOW)
            other = by_entry(parts, settings).take(poll(), now=NOW)
            assert one == other
            assert stored(whole) == stored(parts)
        with parts.reading() as view:
            items = view.items.list(ItemFilter(), limit=9)
            assert all(Flag.BACKLOG in placed.item.flags for placed in items)
            assert len(items) == len(TITLES)


def test_a_poll_that_is_interrupted_between_parts_is_repeated(tmp_path: Path) -> None:
    whole, settings = opened(tmp_path / "whole")
    parts, _ = opened(tmp_path / "parts")
    with whole, parts:
        engine, again = by_entry(parts, settings), by_entry(parts, settings)
        later = engine.summarise

        def fail(tx: Transaction, touched: Iterator[str]) -> None:
            later(tx, touched)
            if tx.counts().items == 3:
                raise StoreBusy("locked", "here", "wait")

        engine.summarise = fail  # type: ignore[assignment, method-assign]
        with pytest.raises(StoreBusy):
            engine.take(poll(), now=NOW)
        with parts.reading() as view:
            assert view.counts().items == 2
            assert view.feeds.state(FEED.id).last_poll is None
        again.take(poll(), now=NOW)
        Engine(whole, settings).take(poll(), now=NOW)
        assert stored(whole)[:3] == stored(parts)[:3]
        assert stored(whole)[4] == stored(parts)[4]


def test_another_process_may_write_between_parts(tmp_path: Path) -> None:
    store, settings = opened(tmp_path)
    with store:
        engine, other = by_entry(store, settings), Engine(store, settings)
        summarise = engine.summarise
        seen: list[int] = []

        def write_between() -> None:
            number = len(seen)
            entry = Entry(title=TITLES[number % 5], guid=f"other{number}", published=NOW)
            other.take_document(Feed("f2", "https://two.example/rss"), Document((entry,)), now=NOW)

        def note(tx: Transaction, touched: Iterator[str]) -> None:
            summarise(tx, touched)
            seen.append(tx.counts().items)

        engine.summarise = note  # type: ignore[assignment, method-assign]
        original = engine.once_ready

        def once_ready(work):  # type: ignore[no-untyped-def]
            write_between()
            return original(work)

        engine.once_ready = once_ready  # type: ignore[assignment, method-assign]
        tally = engine.take(poll(), now=NOW)
        assert tally.items == 5
        assert tally.duplicates == 4
        assert store.check() == []


def test_the_state_is_read_before_the_transaction_that_needs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, settings = opened(tmp_path)
    with store:
        Engine(store, settings).take(poll(), now=NOW)
        with store.reading() as view:
            a, b = (placed.item.id for placed in view.items.list(ItemFilter(), limit=2))
        where: list[type] = []
        titles_since = type(view.items).titles_since

        def noted(items, since):  # type: ignore[no-untyped-def]
            where.append(type(items))
            return titles_since(items, since)

        for kind in (type(view.items), *type(view.items).__subclasses__()):
            monkeypatch.setattr(kind, "titles_since", noted)
        entry = Entry(title="A bank was robbed in the old town", guid="new", published=NOW)
        Engine(store, settings).take(poll(Document((entry,))), now=NOW)
        engine = Engine(store, settings)
        same, split = (
            item_corrections.make(Level.ITEM, kind, a, b, at=NOW + timedelta(seconds=second))
            for second, kind in enumerate((CorrectionKind.SAME, CorrectionKind.SPLIT))
        )
        item_corrections.apply(engine, same, now=NOW)
        item_corrections.undo(engine, same.id, now=NOW)
        item_corrections.apply(engine, split, now=NOW)
        assert where
        assert set(where) == {type(view.items)}
