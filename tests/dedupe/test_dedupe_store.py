"""The store answers the engine as the archive in memory does: the same decisions from both."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.dedupe import DedupeState, decide
from aggregator.model import Feed, Item, Placed
from aggregator.settings import DedupeSettings
from storage import Store
from tests.dedupe.streams import WINDOW, Engine, streams


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
                    state.restore(tx.items.placed_since(last - WINDOW) if last else ())
                decision = decide(state, tx.archive, item)
                assert decision == engine.put(item)
                tx.save(item, decision, item.seen)
                state.add(Placed(item, decision.canonical), decision.keys)


def test_the_window_of_the_tests_is_that_of_the_settings() -> None:
    assert timedelta(days=7) == WINDOW
