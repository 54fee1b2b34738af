"""What the engine promises: the same decisions whatever was restarted, all or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.engine.polls import Engine
from aggregator.model import Document, Entry, Feed
from aggregator.settings import Settings
from storage import ItemFilter, Store
from tests.support import examples

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEEDS = [Feed(f"f{n}", f"https://{n}.example/rss", title=f"Outlet {n}") for n in range(3)]
TITLES = [
    "Harbour bridge closes for repairs until autumn",
    "Harbor bridge closes for repairs until autumn - Outlet 1",
    "Council votes to reopen the old harbour bridge",
    "Storm floods three villages in the northern valley",
    "Storm floods four villages in the northern valley",
    "فيضانات تغمر ثلاث قرى في الوادي الشمالي",
]


def config(folder: Path) -> Settings:
    return Settings(path=folder / "feeds.toml", store=f"sqlite:///{folder}/store.sqlite")


def document(number: int, title: str) -> Document:
    return Document(
        (Entry(title=title, guid=f"g{number}", published=NOW + timedelta(minutes=number)),)
    )


def run(
    store: Store, wanted: Settings, stream: list[tuple[int, str]], restarts: set[int]
) -> dict[str, tuple[str, str | None]]:
    engine = Engine(store, wanted)
    for number, (feed, title) in enumerate(stream):
        if number in restarts:
            engine = Engine(store, wanted)
        at = NOW + timedelta(minutes=number)
        engine.take_document(FEEDS[feed], document(number, title), now=at)
    with store.reading() as tx:
        story = {c.id: c.story for c in tx.canonicals.list(limit=1000)}
        placed = tx.items.list(ItemFilter(), limit=1000)
    return {p.item.id: (p.canonical, story[p.canonical]) for p in placed}


streams = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(TITLES)), min_size=1, max_size=12)


@pytest.mark.slow
@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stream=streams, restarts=st.sets(st.integers(0, 11)))
def test_restarts_change_no_decision(
    tmp_path_factory: pytest.TempPathFactory, stream: list[tuple[int, str]], restarts: set[int]
) -> None:
    answers = []
    for restarted in (set(), restarts, set(range(12))):
        wanted = config(tmp_path_factory.mktemp("store"))
        with Store.open(wanted.store) as store:
            answers.append(run(store, wanted, stream, restarted))
    assert answers[0] == answers[1] == answers[2]


def test_the_same_document_again_changes_nothing(tmp_path: Path) -> None:
    wanted = config(tmp_path)
    with Store.open(wanted.store) as store:
        engine = Engine(store, wanted)
        first = engine.take_document(FEEDS[0], document(0, TITLES[0]), now=NOW)
        again = engine.take_document(FEEDS[0], document(0, TITLES[0]), now=NOW)
    assert (first.items, again.items, again.revisions) == (1, 0, 0)


def test_a_changed_title_is_a_revision_and_its_evidence_is_kept(tmp_path: Path) -> None:
    wanted = config(tmp_path)
    with Store.open(wanted.store) as store:
        engine = Engine(store, wanted)
        engine.take_document(FEEDS[0], document(0, TITLES[0]), now=NOW)
        tally = engine.take_document(FEEDS[0], document(0, TITLES[3]), now=NOW)
        assert (tally.items, tally.revisions) == (0, 1)
        with store.reading() as tx:
            (placed,) = tx.items.list()
            assert placed.item.title == TITLES[3]
            assert [old.item.title for old in tx.items.revisions(placed.item.id)] == [TITLES[0]]
            rules = [one.decision.evidence.rule for one in tx.decisions.of(placed.item.id)]
    assert rules == ["new", "revision"]


def test_a_revision_can_turn_out_to_be_a_duplicate(tmp_path: Path) -> None:
    wanted = config(tmp_path)
    with Store.open(wanted.store) as store:
        engine = Engine(store, wanted)
        engine.take_document(FEEDS[0], document(0, TITLES[0]), now=NOW)
        engine.take_document(FEEDS[1], document(1, TITLES[3]), now=NOW)
        engine.take_document(FEEDS[1], document(1, TITLES[0]), now=NOW)
        with store.reading() as tx:
            assert len({p.canonical for p in tx.items.list()}) == 1
            assert len(tx.stories.list()) == 1


def test_another_process_that_wrote_meanwhile_is_noticed(tmp_path: Path) -> None:
    wanted = config(tmp_path)
    with Store.open(wanted.store) as store:
        one, other = Engine(store, wanted), Engine(store, wanted)
        one.take_document(FEEDS[0], document(0, TITLES[3]), now=NOW)
        other.take_document(FEEDS[1], document(1, TITLES[0]), now=NOW)
        tally = one.take_document(FEEDS[2], document(2, TITLES[0]), now=NOW)
    assert tally.rules == {"title": 1}


def test_what_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = config(tmp_path)
    with Store.open(wanted.store) as store:
        engine = Engine(store, wanted)
        engine.take_document(FEEDS[0], document(0, TITLES[0]), now=NOW)

        def fail(*_: object, **__: object) -> None:
            raise OSError("the disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(Engine, "summarise", fail)
            with pytest.raises(OSError, match="full"):
                engine.take_document(FEEDS[1], document(1, TITLES[0]), now=NOW)
        with store.reading() as tx:
            assert tx.counts().items == 1
        tally = engine.take_document(FEEDS[1], document(1, TITLES[0]), now=NOW)
    assert tally.rules == {"title": 1}


def test_a_guid_that_several_entries_share_is_no_identity(tmp_path: Path) -> None:
    wanted = config(tmp_path)
    entries = tuple(
        Entry(title=title, guid="same", link=f"https://a.example/{n}")
        for n, title in enumerate(TITLES[2:4])
    )
    with Store.open(wanted.store) as store:
        tally = Engine(store, wanted).take_document(FEEDS[0], Document(entries), now=NOW)
    assert tally.items == 2
