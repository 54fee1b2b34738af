"""What is learned of a feed: one rule for polls, imports and replays, kept from poll to poll."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from aggregator.engine import imports
from aggregator.engine.plain_documents import PlainDocument
from aggregator.engine.polls import Engine
from aggregator.lab.replay import Replay
from aggregator.model import Document, Entry, Feed, FeedHistory
from aggregator.settings import Settings
from aggregator.text.feed_history import ENTRIES, profile_of, remember
from storage import Store
from tests.support import undo_reading_states

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FOOT = "Follow the Harbour Gazette on every channel you like."
EVENTS = [
    "Harbour bridge closes for repairs until autumn",
    "Council votes to reopen the old market hall",
    "Storm floods three villages in the northern valley",
    "Museum finds a lost map behind a wardrobe",
    "Ferry line adds a night crossing in summer",
    "Bakers strike over the price of flour",
    "Old lighthouse is lit again after forty years",
    "School choir wins the first prize in Vienna",
]


def entry(number: int, title: str, body: str = "") -> Entry:
    return Entry(title=title, guid=f"g{number}", content=f"{body}\n{FOOT}")


def stream() -> list[PlainDocument]:
    """Two outlets; one repeats a sentence, prints the other's news, and gives one thing twice."""
    found = []
    for number, title in enumerate(EVENTS * 2):
        outlet = ("Gazette", "Echo")[number // 3 % 2]
        body = f"{title} today. Report {number} says so. More of it follows below.\n{FOOT}"
        name = f"d{number - 5 if number == 13 else number}"
        at = NOW + timedelta(hours=number)
        found.append(PlainDocument(name, f"{title} | {outlet}", body, "en", at, outlet))
    return found


def test_import_and_replay_of_the_same_documents_agree(tmp_path: Path) -> None:
    arrived = NOW + timedelta(days=2)
    replayed = {one.item.id: one for one in Replay(now=arrived).run(stream())}
    settings = Settings(tmp_path / "feeds.toml", f"sqlite:///{tmp_path}/store.sqlite")
    with Store.open(settings.store) as store:
        engine = Engine(store, settings)
        for one in imports.lines(stream()):
            engine.take_document(one.feed, one.document, now=arrived, in_order=one.in_order)
        with store.reading() as view:
            stored = view.items.list(limit=100)
            assert {placed.item.id for placed in stored} == replayed.keys()
            for placed in stored:
                found = replayed[placed.item.id]
                assert placed.item == found.item
                assert placed.canonical == found.canonical
                standing = view.canonicals.get(placed.canonical)
                assert standing is not None and standing.story == found.story
                assert FOOT not in placed.item.text, "what the feed repeats is cut"
    assert len({one.canonical for one in replayed.values()}) < len(replayed)


def test_a_sentence_is_learned_from_documents_of_one_entry_each() -> None:
    history = FeedHistory()
    for number, title in enumerate(EVENTS):
        words = f"{title} today. Report {number} says so. It goes on in part {number}."
        history = remember(history, Document((entry(number, title, words),)))
    assert any("follow the harbour gazette" in one for one in profile_of(history).sentences)


def test_an_entry_shown_again_counts_once() -> None:
    document = Document(tuple(entry(number, "Morning briefing") for number in range(2)))
    history = remember(FeedHistory(), document)
    assert remember(history, document) == history
    assert not profile_of(history).recurring("Morning briefing")
    third = remember(history, Document((entry(3, "Morning briefing"),)))
    assert profile_of(third).recurring("Morning briefing")


_DOCUMENTS = st.lists(
    st.lists(
        st.builds(
            Entry,
            title=st.sampled_from([*EVENTS, ""]),
            guid=st.sampled_from([None, *"abcdef"]),
            link=st.sampled_from([None, "https://a.example/1", "https://a.example/2"]),
            content=st.sampled_from(["", FOOT, f"One thing. Another thing.\n{FOOT}", "نص. آخر."]),
        ),
        max_size=6,
    ),
    max_size=8,
)


@pytest.mark.slow
@given(_DOCUMENTS)
def test_a_history_is_bounded_and_a_document_again_changes_nothing(
    documents: list[list[Entry]],
) -> None:
    history = FeedHistory()
    for entries in documents:
        document = Document(tuple(entries))
        history = remember(history, document)
        assert remember(history, document) == history
        assert len(history.entries) <= ENTRIES


def test_a_history_comes_back_from_the_store(tmp_path: Path) -> None:
    document = Document(tuple(entry(n, title, f"{n} نص") for n, title in enumerate(EVENTS)))
    history = remember(FeedHistory(sentences=("one",)), document)
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        with store.transaction() as tx:
            assert tx.histories.get("f1") == FeedHistory()
            tx.feeds.upsert(Feed("f1", "https://one.example/feed"), 0)
            tx.histories.save("f1", FeedHistory())
            tx.histories.save("f1", history)
        with store.reading() as view:
            assert view.histories.get("f1") == history


def test_what_an_earlier_version_learned_is_taken_over(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "feeds.toml", f"sqlite:///{tmp_path}/store.sqlite")
    feed = Feed("f1", "https://one.example/feed", title="Gazette")
    document = Document(tuple(entry(n, title) for n, title in enumerate(EVENTS)))
    with Store.open(settings.store) as store:
        Engine(store, settings).take_document(feed, document, now=NOW)
        with store.transaction() as tx:
            tx.meta.set("profile f1", json.dumps({"outlets": ["G"], "sentences": ["follow us"]}))
            tx.meta.set("profile gone", "{}")
            undo_reading_states(tx.session.connection.exec_driver_sql)
            tx.session.connection.execute(text("DROP TABLE feed_histories"))
            tx.session.connection.execute(text("UPDATE alembic_version SET version_num = '0005'"))
    with Store.open(settings.store) as store, store.reading() as view:
        history = view.histories.get("f1")
        assert history.sentences == ("follow us",)
        assert sorted(one.title for one in history.entries) == sorted(EVENTS)
        assert view.meta.get("profile f1") is None
        again = remember(history, document)
        assert again == history, "what the feed still shows is known"
