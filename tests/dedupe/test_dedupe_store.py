"""The store answers the engine as the archive in memory does: the same decisions from both."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from aggregator.dedupe import DedupeState, MemoryArchive, decide, item_keys
from aggregator.dedupe.index import known
from aggregator.dedupe.sketches import sketch, title_keys_of
from aggregator.dedupe.titlekeys import title_keys
from aggregator.engine.effects import stored
from aggregator.model import Feed, Item, Keys, Placed
from aggregator.settings import DedupeSettings
from storage import Store
from tests.dedupe.streams import START, WINDOW, Engine, streams
from tests.support import undo_reading_states


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(streams(), st.sets(st.integers(0, 15)))
def test_decisions_from_the_store_are_those_from_memory(
    items: list[Item], restarts: set[int]
) -> None:
    engine = Engine()
    with (
        TemporaryDirectory() as folder,
        Store.open(f"sqlite:///{Path(folder) / 'store.db'}") as store,
    ):
        with store.transaction() as tx:
            for position, name in enumerate(sorted({item.feed for item in items})):
                tx.feeds.upsert(Feed(name, f"https://{name}.example/feed"), position)
        state = DedupeState(DedupeSettings())
        for place, item in enumerate(items):
            with store.transaction() as tx:
                if place in restarts:
                    state = DedupeState(DedupeSettings())
                    last = tx.items.last_seen()
                    state.restore_titles(tx.items.titles_since(last - WINDOW) if last else ())
                decision = decide(state, tx.archive, item)
                assert decision == engine.put(item)
                tx.apply(stored(tx.standing, item, decision), item.seen)
                state.add(Placed(item, decision.canonical), decision.keys)


def test_the_window_of_the_tests_is_that_of_the_settings() -> None:
    assert timedelta(days=7) == WINDOW


@settings(max_examples=15, deadline=None)
@given(streams(), st.sets(st.integers(0, 15)), st.sets(st.integers(0, 15)))
def test_a_start_from_kept_sketches_finds_what_one_from_texts_finds(
    items: list[Item], lost: set[int], spoiled: set[int]
) -> None:
    """Also where some were never kept, or were made by other rules or of another title."""
    rows, placed = [], []
    for place, item in enumerate(items):
        kept: bytes | None = sketch(item.id, item.title, item.language)
        if place in lost:
            kept = None
        elif place in spoiled:
            kept = sketch(item.id, item.title + " again", None)
        rows.append(known(item)._replace(sketch=kept))
        placed.append((Placed(item, "c"), Keys()))
    one, two = DedupeState(DedupeSettings()), DedupeState(DedupeSettings())
    one.restore_titles(rows)
    two.restore(placed)
    assert one.nbytes == two.nbytes
    for item in items:
        found = one.find(item.title, item.language, item.seen)
        assert found == two.find(item.title, item.language, item.seen)
        assert item.id in {other.item for other in found}


@given(
    st.sampled_from(
        [
            "Harbour council opens new bridge",
            "Storm floods 3 villages in the valley, thousands flee",
            "大雨で三つの村が浸水、数千人が避難",
            "مجلس المدينة يفتتح الجسر الجديد",
            "",
        ]
    ),
    st.sampled_from(["en", "ja", "ar", None]),
)
def test_a_sketch_contains_the_keys_of_its_title(title: str, language: str | None) -> None:
    packed = sketch("i1", title, language)
    assert title_keys_of(title, language, packed) == title_keys(title, language)
    other = sketch("i1", title + " again", language)  # of another title, or no sketch at all
    for wrong in (other, b"", packed[:-1], packed[:20], b"x" * len(packed)):
        assert title_keys_of(title, language, wrong) == title_keys(title, language)


def test_the_store_keeps_sketches_and_follows_revisions(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    first = Item("i1", "one", "1", "Harbour council opens new bridge", START, language="en")
    second = replace(first, title="Harbour council opens new railway museum", revision=1)
    state, archive = DedupeState(DedupeSettings()), MemoryArchive()
    with Store.open(url) as store, store.transaction() as tx:
        tx.feeds.upsert(Feed("one", "https://one.example/feed"), 0)
        tx.apply(stored(tx.standing, first, decide(state, archive, first)), START)
        (row,) = tx.items.titles_since(START)
        assert row.sketch == sketch("i1", first.title, "en")
        tx.items.revise(second, item_keys(second), at=START)
        (row,) = tx.items.titles_since(START)
        assert (row.title, row.sketch) == (second.title, sketch("i1", second.title, "en"))
        assert list(tx.items.titles_since(START + timedelta(seconds=1))) == []


def test_a_store_of_the_first_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    item = Item("i1", "one", "1", "Harbour council opens new bridge", START, language="en")
    with Store.open(url) as store, store.transaction() as tx:
        tx.feeds.upsert(Feed("one", "https://one.example/feed"), 0)
        decision = decide(DedupeState(DedupeSettings()), MemoryArchive(), item)
        tx.apply(stored(tx.standing, item, decision), START)
        undo_reading_states(tx.session.connection.exec_driver_sql)
        for later in (
            "title_sketches",
            "story_vectors",
            "counterparts",
            "story_links",
            "events",
            "feed_histories",
            "digest_items",
        ):
            tx.session.connection.execute(text(f"DROP TABLE {later}"))
        for undone in (
            "DROP INDEX ix_story_members_seen",
            "ALTER TABLE digests DROP COLUMN written",
            "UPDATE alembic_version SET version_num = '0001'",
        ):
            tx.session.connection.execute(text(undone))
    with Store.open(url) as store, store.reading() as view:
        state = DedupeState(DedupeSettings())
        state.restore_titles(view.items.titles_since(START))
        (found,) = state.find("Harbour council opens new bridge", "en", START)
        assert found.item == "i1"
