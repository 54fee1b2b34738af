"""Streams like those of real readers, and labels made by reading, on sets of their own words."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.lab.judged import Label, Verdict, judged, read_labels, tally, verdict
from aggregator.lab.real_streams import days, feed_polls, front_pages
from aggregator.lab.replay import Replay, Replayed
from tests.support import ROOT

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TITLES = (
    ("Ferry Stella Norda runs aground off Cape Merrow", "f1", "Harbour Post"),
    ("Passengers rescued from ferry Stella Norda off Cape Merrow", "f2", "Valley Times"),
    ("Aldis board approves vaccine against Lorne fever", "v1", "Valley Times"),
)


def feed(folder: Path, name: str, outlet: str) -> None:
    entries = "".join(
        f"<item><title>{title}</title><guid>{guid}</guid>"
        "<pubDate>Sun, 01 Feb 2026 08:00:00 GMT</pubDate></item>"
        for title, guid, source in TITLES
        if source == outlet
    )
    (folder / name).write_text(
        f"<rss version='2.0'><channel><title>{outlet}</title>"
        f"<link>https://{name}.example/</link><language>en</language>{entries}</channel></rss>",
        encoding="utf-8",
    )


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    feed(tmp_path, "post_en_2026.xml", "Harbour Post")
    feed(tmp_path, "times_en_2025-2.xml", "Valley Times")
    (tmp_path / "old_en_2019.xml").write_text("<rss/>", encoding="utf-8")
    (tmp_path / "torn_en_2026.xml").write_text("no feed at all", encoding="utf-8")
    names = ("post_en_2026", "times_en_2025-2", "old_en_2019", "torn_en_2026")
    index = "file\toutlet\n" + "".join(f"{name}.xml\tsome\n" for name in names)
    (tmp_path / "INDEX.tsv").write_text(index, encoding="utf-8")
    return tmp_path


def guid(row: Replayed) -> str:
    return row.id


def test_feed_documents_of_some_years_are_one_day_of_polls(feeds: Path) -> None:
    polls = list(feed_polls(feeds, (2025, 2026), now=NOW))
    assert [poll.document.title for poll in polls] == ["Harbour Post", "Valley Times"]
    rows = Replay(now=NOW).polls(polls)
    story = {row.id: row.story for row in rows}
    assert story["f1"] == story["f2"] != story["v1"]
    labels = [Label("polls", (("f1", "f2"), ("v1",)))]
    found = tally(rows, judged(labels), guid)
    assert (found.stories, found.unread) == ({Verdict.RIGHT: 1}, 0)
    assert (found.found, found.joins, found.false, found.apart) == (1, 1, 0, 2)


def documents(folder: Path, stories: int) -> Path:
    folder.mkdir()
    rows = [
        {
            "id": f"{story}-{copy}",
            "title": f"Event {story} as told by outlet {copy}",
            "cluster": f"story {story}",
            "published": f"2018-05-{1 + story % 28:02}T10:00:00Z",
        }
        for story in range(stories)
        for copy in range(3)
    ]
    (folder / "data.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder


def test_days_of_a_dated_set_are_in_order_of_time(tmp_path: Path) -> None:
    found = days(documents(tmp_path / "a", 60), date(2018, 5, 3), date(2018, 5, 4))
    assert {one.id.partition("-")[0] for one in found} == {"2", "3", "30", "31", "58", "59"}
    assert [one.published for one in found] == sorted(one.published or NOW for one in found)


def test_most_of_the_front_pages_belongs_to_no_story(tmp_path: Path) -> None:
    sets = [documents(tmp_path / "a", 60)]
    dev, held_out = (front_pages(sets, held_out=half, whole=4) for half in (False, True))
    assert not {page.story for page in dev} & {page.story for page in held_out}
    assert len({page.story for page in (*dev, *held_out)}) == 60
    for pages in (dev, held_out):
        sizes = [[p.story for p in pages].count(story) for story in {p.story for p in pages}]
        assert (sizes.count(3), sizes.count(1)) == (4, len(sizes) - 4)
        outlets = {(p.story, p.document.source) for p in pages}
        assert len(outlets) == len(pages)
        times = [p.document.published for p in pages]
        assert times == sorted(time for time in times if time)
    assert dev == front_pages(sets, held_out=False, whole=4)


def test_a_story_is_judged_by_the_largest_group_about_one_event() -> None:
    pairs = judged(
        [Label("days", (("a", "b", "c"), ("x",), ("y",)), related=(("s", "t"),))],
    )

    def judge(one: str, other: str) -> bool | None:
        return pairs.get(frozenset((one, other)))

    assert verdict("abc", judge) is Verdict.RIGHT
    assert verdict("abcs", judge) is Verdict.RIGHT  # a sequel is not judged
    assert verdict("abx", judge) is Verdict.STRANGERS
    assert verdict("abxy", judge) is Verdict.WRONG
    assert verdict("xy", judge) is Verdict.WRONG
    assert verdict("as", judge) is None


@given(st.permutations("abcxy"))
def test_the_order_of_a_story_does_not_matter(members: list[str]) -> None:
    pairs = judged([Label("days", (("a", "b", "c"), ("x",), ("y",)))])
    found = verdict(members, lambda one, other: pairs.get(frozenset((one, other))))
    assert found is Verdict.STRANGERS


def test_the_labels_hold_ids_and_verdicts_only() -> None:
    lines = (ROOT / "bench" / "data" / "real_stream.jsonl").read_text("utf-8").splitlines()
    labels = read_labels(lines)
    answers = [same for label in labels for same in label.pairs().values()]
    assert sum(answers) >= 400
    assert answers.count(False) >= 400
    held_out = sum(label.held_out for label in labels)
    assert 0.4 < held_out / len(labels) < 0.6
    names = [name for label in labels for group in label.events for name in group]
    assert all(name.isascii() and " " not in name and len(name) < 40 for name in names)
