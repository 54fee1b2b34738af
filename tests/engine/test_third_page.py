"""Items that link to a third page, through the whole pipeline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from aggregator.engine.polls import Engine
from aggregator.model import Document, Entry, Feed
from aggregator.settings import Settings
from storage import Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE = "https://paper.example/news/bridge-report"
FORUM = Entry(
    "What do you make of this?",
    "https://forum.example/t/77",
    "forum",
    content=f'by x <a href="https://www.google.com/url?q={PAGE}">[link]</a>'
    ' <a href="https://forum.example/t/77">[comments]</a>',
)
BOARD = Entry(
    "Bridge report published [pdf]",
    f"{PAGE}?utm_source=board",
    "board",
    content='<a href="https://board.example/item?id=5">Comments</a>',
    comments="https://board.example/item?id=5",
)
PAPER = Entry("Old bridge needs forty million, engineers find", PAGE, "paper")
LONG = "The engineers went down to the piers at low water and counted what was left of them. " * 8
COLUMN = Entry(
    "Why the town should build a ferry instead",
    "https://column.example/ferry",
    "column",
    content=f'<p>{LONG}</p><p>See <a href="{PAGE}">the report</a>.</p>',
)
ESSAY = Entry(
    "A short history of crossing the river",
    "https://essay.example/river",
    "essay",
    content=f'<p>{LONG[::-1]}</p><p>Last week came <a href="{PAGE}">this</a>.</p>',
)


@pytest.mark.parametrize("order", list(permutations((FORUM, BOARD, PAPER))))
def test_pointers_join_the_page_that_they_point_to_and_articles_do_not(
    order: tuple[Entry, ...], tmp_path: Path
) -> None:
    wanted = Settings(path=tmp_path / "feeds.toml", store=f"sqlite:///{tmp_path}/store.sqlite")
    with Store.open(wanted.store) as store:
        engine = Engine(store, wanted)
        for place, entry in enumerate((COLUMN, *order, ESSAY)):
            host = (entry.link or "").split("/")[2]
            feed = Feed(f"f{entry.guid}", f"https://{host}/rss/{entry.guid}", title=entry.guid)
            engine.take_document(feed, Document((entry,)), now=NOW + timedelta(minutes=place))
        with store.reading() as view:
            stands = {
                guid: view.items.by_identity(f"f{guid}", guid)
                for guid in ("forum", "board", "paper", "column", "essay")
            }
            where = {guid: placed.canonical for guid, placed in stands.items() if placed}
            reasons = [
                record.decision.evidence.reason
                for guid in ("forum", "board", "paper")
                if (placed := stands[guid])
                for record in view.decisions.of(placed.item.id)
                if not record.decision.founded
            ]
    assert len(where) == 5
    assert where["forum"] == where["board"] == where["paper"]
    assert len(set(where.values())) == 3
    assert len(reasons) == 2
    assert all(PAGE in reason for reason in reasons)
    assert any("points to" in reason for reason in reasons)
