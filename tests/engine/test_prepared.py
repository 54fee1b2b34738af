"""What is made of a document ahead: the same items and decisions as without it, or made again."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.dedupe import item_keys
from aggregator.engine.ahead import prepared_ahead, take_all
from aggregator.engine.imports import Intake
from aggregator.engine.item_worker import ItemPool
from aggregator.engine.polls import Engine
from aggregator.engine.prepared import Preparation, check_made, prepare
from aggregator.model import Document, Entry, Feed, FeedHistory, Item
from aggregator.parse import ParseError, ParserCrashed
from aggregator.settings import FetchLimits, Settings
from storage import ItemFilter, Store
from tests.support import ROOT, examples

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEED = Feed("fone", "https://one.example/rss", title="Outlet One", tags=("news",), weight=2.0)
TEXT = "The council voted on Monday to reopen the old bridge. It will cost nine million. " * 5
ENTRIES = (
    Entry("Harbour bridge closes for repairs until autumn", "https://one.example/1", "g1",
          content=TEXT, published=NOW - timedelta(hours=3)),
    Entry("Storm floods three villages in the northern valley | Outlet One",
          "https://one.example/2", "g2", published=NOW + timedelta(hours=30)),
    Entry("فيضانات تغمر ثلاث قرى في الوادي الشمالي", None, "g3", summary="مياه"),
    Entry(),  # without content
    Entry("Harbor bridge closes for repairs until autumn", "https://one.example/4", "g4",
          updated=NOW + timedelta(hours=30)),
)  # fmt: skip
RSS = """<rss version="2.0"><channel><title>One</title>
<item><title>Harbour bridge closes for repairs</title><guid>g1</guid>
<description>The council voted on Monday to reopen the old bridge.</description></item>
<item><title>Storm floods three villages</title><guid>g2</guid></item></channel></rss>"""


@pytest.fixture
def engine() -> Iterator[Engine]:
    wanted = Settings(ROOT / "feeds.toml", "sqlite://")
    with Store.open(wanted.store) as store:
        yield Engine(store, wanted)


def decided(
    stream: list[tuple[tuple[int, ...], int, str]], *, in_order: bool
) -> list[tuple[Item, str]]:
    """What a store contains after documents that were prepared in the ways given."""
    wanted = Settings(ROOT / "feeds.toml", "sqlite://")
    with Store.open(wanted.store) as store:
        engine = Engine(store, wanted)
        stale = FeedHistory()
        for number, (chosen, later, way) in enumerate(stream):
            document = Document(tuple(ENTRIES[place] for place in chosen), title="One")
            seen = NOW + timedelta(minutes=number)
            made = None
            if way != "not":
                before = stale if way == "stale" else engine.history(FEED.id)
                made = prepare(FEED, document, before, seen=seen, in_order=in_order)
            if made is not None and way == "part":
                made = replace(made, made=made.made[:1])
            at = seen + timedelta(hours=later)
            engine.take_document(FEED, document, made, now=at, in_order=in_order)
        with store.reading() as view:
            return [(p.item, p.canonical) for p in view.items.list(ItemFilter(), limit=100)]


WAYS = ("fresh", "stale", "part")


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 4), max_size=5).map(tuple),
            st.sampled_from([0, 8]),
            st.sampled_from(WAYS),
        ),
        max_size=4,
    ),
    st.booleans(),
)
def test_what_was_made_ahead_changes_no_decision(
    stream: list[tuple[tuple[int, ...], int, str]], in_order: bool
) -> None:
    plain = [(chosen, later, "not") for chosen, later, _ in stream]
    assert decided(stream, in_order=in_order) == decided(plain, in_order=in_order)


def test_entries_listed_before_get_an_item_only() -> None:
    first = prepare(FEED, Document(ENTRIES[:2]), FeedHistory(), seen=NOW)
    again = prepare(FEED, Document(ENTRIES[:3]), first.history, seen=NOW)
    assert [bool(one and one.keys) for one in first.made] == [True, True]
    assert {one.item.identity: bool(one.keys and one.features) for one in again.made if one} == {
        "g1": False, "g2": False, "g3": True,
    }  # fmt: skip


def test_it_stops_when_told_to() -> None:
    made = prepare(FEED, Document(ENTRIES), FeedHistory(), seen=NOW, enough=lambda: True)
    assert len(made.made) == 1


FORGED = [
    {"id": "i-of-another"},
    {"feed": "fother"},
    {"identity": "other"},
    {"link": "javascript:alert(1)"},
    {"title": "Harbour \u202e bridge"},
    {"text": "a\x00b"},
    {"lead": "\u2066"},
    {"priority": 9},
    {"weight": 100.0},
    {"tags": ("first",)},
    {"published": NOW + timedelta(days=400)},
]


@pytest.mark.parametrize("forged", FORGED, ids=lambda one: next(iter(one)))
def test_what_a_broken_worker_sends_is_not_believed(forged: dict[str, object]) -> None:
    document = Document(ENTRIES[:1])
    honest = prepare(FEED, document, FeedHistory(), seen=NOW)
    (made,) = honest.made
    assert made is not None
    lie = replace(honest, made=(replace(made, item=replace(made.item, **forged)),))  # type: ignore[arg-type]
    right, taken = (
        [
            made
            for _, made in Preparation(FEED, document, FeedHistory(), one, in_order=False).items(
                NOW
            )
        ]
        for one in (honest, lie)
    )
    assert [one.item for one in taken] == [one.item for one in right] == [made.item]
    assert (right[0].keys, taken[0].keys) == (item_keys(made.item), None)  # made again


@pytest.mark.parametrize(
    "change",
    [
        lambda made: replace(made, features=b"nothing"),
        lambda made: replace(made, features=made.features[:-1]),
        lambda made: replace(made, item=replace(made.item, seen=datetime(2026, 3, 1))),
        lambda made: replace(made, keys=replace(made.keys, bands=(2**63,))),
    ],
)
def test_what_no_decision_could_use_is_refused(change) -> None:
    (made,) = prepare(FEED, Document(ENTRIES[:1]), FeedHistory(), seen=NOW).made
    assert made is not None
    check_made(made)
    with pytest.raises(ValueError, match=r"time|band|features|buffer"):
        check_made(change(made))


@pytest.mark.slow
def test_a_worker_makes_what_this_process_would(engine: Engine) -> None:
    with ItemPool(seconds=60, memory=2_000_000_000) as pool:
        document, made = asyncio.run(
            pool.read(RSS.encode(), FEED, FeedHistory(), url=FEED.url, now=NOW)
        )
        assert made == prepare(FEED, document, FeedHistory(), seen=NOW)
        with pytest.raises(ParseError, match="HTML page"):
            asyncio.run(pool.read(b"<html></html>", FEED, FeedHistory(), now=NOW))
        documents = [Document(ENTRIES[:2]), Document(ENTRIES[2:]), Document(())]
        intakes = [Intake(FEED, one, in_order=True) for one in documents]
        found = list(prepared_ahead(pool, intakes, engine.history, lambda: NOW))
        assert [intake for intake, _ in found] == intakes
        history = FeedHistory()
        for intake, one in found:
            assert one == prepare(FEED, intake.document, history, seen=NOW, in_order=True)
            history = one.history
        (worker,) = pool.parsers._all
        os.kill(worker.process.pid, signal.SIGKILL)
        worker.process.wait()
        with pytest.raises(ParserCrashed):
            pool.parsers.close()
            asyncio.run(pool.read(RSS.encode(), FEED, FeedHistory(), now=NOW))
        assert pool.prepare(FEED, documents[0], FeedHistory(), now=NOW) is None
        assert [one for _, one in prepared_ahead(pool, intakes, engine.history, lambda: NOW)] == [
            None, None, None,
        ]  # fmt: skip


@pytest.mark.slow
def test_many_documents_are_taken_in_order_with_and_without_a_worker(engine: Engine) -> None:
    limits = FetchLimits(parse_seconds=60, parse_memory=2_000_000_000)
    few = [Intake(FEED, Document(ENTRIES[:2]), in_order=True)]
    many = [Intake(FEED, Document((one,)), in_order=True) for one in ENTRIES[2:]]
    told = [list(take_all(engine, some, limits, clock=lambda: NOW)) for some in (few, many, [])]
    assert [[intake for intake, _ in rows] for rows in told] == [few, many, []]
    assert [[tally.items for _, tally in rows] for rows in told] == [[2], [1, 0, 1], []]


def test_what_is_prepared_ahead_may_be_left(engine: Engine) -> None:
    many = [Intake(Feed(name, ""), Document(ENTRIES[:1])) for name in ("fone", "ftwo")]
    with ItemPool(seconds=1, memory=1_000_000_000) as pool:
        pool.parsers.close()  # every worker fails: the items are made here
        found = prepared_ahead(pool, iter(many), engine.history, lambda: NOW)
        assert next(found) == (many[0], None)
        found.close()
