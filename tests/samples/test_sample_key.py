"""The answer key and the sources behind it: complete, up to date, free of contradictions."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from aggregator.config import load
from tests.support import ROOT, answer_key

RULES = {None, "url", "title", "fuzzy", "body", "revision"}
FLAGS = {"recurring", "corrected", "republished", "folded_title"}


@pytest.fixture(scope="module")
def key() -> dict[str, dict[str, Any]]:
    return {row["key"]: row for row in answer_key()}


def test_the_key_is_what_the_script_makes_of_the_sources(
    renderer: ModuleType, outlets: tuple[Any, ...]
) -> None:
    made = renderer.expected(outlets)
    assert made == renderer.KEY.read_bytes(), "run: python samples/render.py --expected"


def test_every_entry_has_its_row(key: dict[str, dict[str, Any]], outlets: tuple[Any, ...]) -> None:
    entries = [entry for outlet in outlets for entry in outlet.entries]
    assert set(key) == {entry.key for entry in entries}
    assert len(answer_key()) == len(entries)
    for row in key.values():
        assert row["canonical"] and row["story"] and row["title"]
        assert row["rule"] in RULES if "rule" in row else True
        assert set(row.get("flags", ())) <= FLAGS


def test_every_group_is_named_after_one_of_its_own_and_stays_in_one_story(
    key: dict[str, dict[str, Any]],
) -> None:
    for row in key.values():
        first = key[row["canonical"]]
        assert first["canonical"] == first["key"]
        assert (first["story"], first["language"]) == (row["story"], row["language"])
        assert (row["canonical"] == row["key"]) or "rule" in row, "a duplicate says how it is found"


def test_a_story_has_one_language_and_an_event_may_have_many(
    key: dict[str, dict[str, Any]],
) -> None:
    languages, events = defaultdict(set), defaultdict(set)
    for row in key.values():
        languages[row["story"]].add(row["language"])
        if "event" in row:
            events[row["event"]].add(row["language"])
    assert {story for story, found in languages.items() if len(found) > 1} == set()
    for pair in ({"en", "ar"}, {"en", "fr"}, {"en", "es"}):
        assert sum(pair <= found for found in events.values()) >= 3, pair


def test_what_follows_follows_a_story_that_is_there(key: dict[str, dict[str, Any]]) -> None:
    stories = {row["story"] for row in key.values()}
    following = {row["follows"] for row in key.values() if "follows" in row}
    assert following
    assert following <= stories


def test_events_are_covered_by_few_and_by_many(key: dict[str, dict[str, Any]]) -> None:
    feeds = defaultdict(set)
    for row in key.values():
        feeds[row["story"]].add(row["feed"])
    sizes = sorted(len(found) for found in feeds.values())
    assert sizes[-1] == 8
    assert sum(3 <= size <= 8 for size in sizes) >= 15


def test_every_kind_of_trap_is_there(outlets: tuple[Any, ...]) -> None:
    entries = {entry.key: entry for outlet in outlets for entry in outlet.entries}
    copies = [(entry, entries[entry.canonical]) for entry in entries.values() if _copy(entry)]
    titles = [(a.forms[0].title, b.forms[0].title) for a, b in copies]
    assert any(a == b for a, b in titles), "the same title"
    assert any(a != b and a.casefold() == b.casefold() for a, b in titles), "letter case"
    assert any(a.startswith(b) and a != b for a, b in titles), "outlet suffix"
    assert any(a.endswith(b) and a != b for a, b in titles), "agency prefix or tag"
    assert any(re.search("[٠-٩]", a) and not re.search("[٠-٩]", b) for a, b in titles), "digits"
    assert any("إ" in a and "إ" not in b for a, b in titles), "Arabic letters"
    assert any(e.rule == "body" and e.forms[0].title != o.forms[0].title for e, o in copies)
    assert any(
        o.forms[0].body.startswith(e.forms[0].body.rstrip("…. ")) and e.forms != o.forms
        for e, o in copies
        if e.forms[0].body and e.forms[0].body != o.forms[0].body
    ), "a truncated body"
    assert any(e.url and e.url.startswith(f"{o.url}?utm_") for e, o in copies), "tracking"
    assert any(len(e.forms) > 1 for e in entries.values()), "a corrected entry"
    assert any(o.forms[0].day < -7 for _, o in copies), "an old story re-dated"
    assert {e.feed for e in entries.values() if e.repeat_headline}, "headline in the page body"
    recurring = [e.forms[0].title for e in entries.values() if "recurring" in e.flags]
    assert len(recurring) == 3 * len(set(recurring)), "each on three days"


def _copy(entry: Any) -> bool:
    return bool(entry.canonical != entry.key)


def test_feeds_toml_subscribes_to_just_these_feeds(outlets: tuple[Any, ...]) -> None:
    named = {
        Path(feed.key).name: (feed.title, feed.language)
        for feed in load(ROOT / "feeds.toml").feeds
        if feed.key.startswith("var/samples/")
    }
    assert named == {outlet.file: (outlet.title, outlet.language) for outlet in outlets}


def test_the_docs_count_right(outlets: tuple[Any, ...]) -> None:
    page = " ".join((ROOT / "docs" / "samples.md").read_text("utf-8").split())
    languages = {outlet.language for outlet in outlets}
    entries = sum(len(outlet.entries) for outlet in outlets)
    assert f"{len(outlets)} feeds in {len(languages)} languages, {entries} entries" in page


HEAD = """
[feed]
file = "a.xml"
title = "A"
site = "https://a.example"
format = "rss20"
language = "en"
tags = []
"""
FIRST = '[[entry]]\nkey = "a-1"\nat = "1 10:00"\ntitle = "One"\nstory = "s"\n'


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ('key = "a-1"\nat = "1 11:00"\ntitle = "Two"', "stands twice"),
        ('key = "a-2"\nat = "1 11:00"\ntitle = "Two"\nsame_as = "a-9"', "leads nowhere"),
        ('key = "a-2"\nat = "1 11:00"\ntitle = "Two"\nsame_as = "a-2"', "leads nowhere"),
        (
            'key = "a-2"\nat = "1 11:00"\ntitle = "Two"\nsame_as = "a-1"\nstory = "t"',
            "story of its original",
        ),
        ('key = "a-2"\nat = "1 11:00"\ntitle = "Two"\nheadline = "Two"', "unknown headline"),
        ('key = "a-2"\nat = "1 11:00"\ntitle = "Two"\nbody_of = "a-1"\nwords = 9', "to cut off"),
    ],
)
def test_sources_that_contradict_themselves_are_refused(
    sources: ModuleType, tmp_path: Path, second: str, why: str
) -> None:
    text = f'{HEAD}{FIRST}body = "Some words."\n[[entry]]\n{second}\n'
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    with pytest.raises(sources.SourceError, match=why):
        sources.load(tmp_path)


def test_the_key_reads_one_entry_a_line() -> None:
    lines = (ROOT / "samples" / "expected.json").read_text("utf-8").splitlines()
    assert [json.loads(line.rstrip(","))["key"] for line in lines[1:-1]]
