"""Times of arrival under clocks that are wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from aggregator.engine.arrival import BELIEVED, arrival_time
from aggregator.engine.polls import Engine
from aggregator.model import Document, Entry, Feed
from aggregator.settings import Settings
from storage import Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TITLE = "Harbour wall cracks after the worst storm in forty years"


@given(st.lists(st.integers(-20, 20), max_size=40))
def test_arrivals_never_go_back_while_the_clock_is_a_little_wrong(hours):
    last = None
    for hour in hours:
        now = NOW + timedelta(hours=hour / 2)
        seen = arrival_time(now, last)
        assert seen >= now and (last is None or seen >= last)
        last = seen


def test_an_arrival_from_far_ahead_is_not_followed():
    assert arrival_time(NOW, NOW + BELIEVED + timedelta(seconds=1)) == NOW
    assert arrival_time(NOW, NOW + BELIEVED) == NOW + BELIEVED


def test_a_clock_that_was_never_set_dates_nothing():
    assert arrival_time(datetime(1996, 1, 1, tzinfo=UTC), NOW) == NOW


def test_after_a_run_a_year_ahead_news_is_dated_now_and_duplicates_are_found(tmp_path: Path):
    settings = Settings(path=tmp_path / "feeds.toml", store="")

    def arrives(engine: Engine, number: int, at: datetime, title: str = TITLE) -> None:
        feed = Feed(f"f{number}", f"https://{number}.example/rss", title=f"Outlet {number}")
        entry = Entry(title=title, guid=str(number), published=min(at, NOW), language="en")
        engine.take_document(feed, Document((entry,)), now=at)

    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        engine = Engine(store, settings)
        arrives(engine, 0, NOW - timedelta(hours=5))
        arrives(engine, 1, NOW + timedelta(days=365), "Museum reopens with glass roof")
        arrives(engine, 2, NOW)
        arrives(Engine(store, settings), 3, NOW + timedelta(hours=1))
        with store.reading() as tx:
            found = tx.items.list(newest_first=False)
    assert [placed.item.seen for placed in found][2:] == [NOW, NOW + timedelta(hours=1)]
    assert len({placed.canonical for placed in found if placed.item.title == TITLE}) == 1
