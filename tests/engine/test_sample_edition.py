"""The pipeline is held to the sample edition's answer key."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest

from aggregator.config import load
from aggregator.lab.metrics import bcubed
from storage import ItemFilter
from tests.support import ROOT, TIMEOUT, Edition, answer_key, groups, placed_by_key, stories

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The three days as a reader lives through them: polled by a clock at each day's end."""
    folder = tmp_path_factory.mktemp("lived") / "days"
    command = [sys.executable, str(ROOT / "samples" / "days.py"), "--out", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT)
    settings = replace(load(ROOT / "feeds.toml"), store=f"sqlite:///{folder}/store.sqlite")
    return Edition(folder, settings)


@pytest.fixture(params=["edition", "day_by_day", "lived"])
def either(request: pytest.FixtureRequest) -> Edition:
    """The edition as polled at once, as polled in three goes, and as lived through."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Edition)
    return found


def test_every_duplicate_group_is_exact(either: Edition) -> None:
    placed = placed_by_key(either)
    wanted = groups({row["key"]: row["canonical"] for row in answer_key()})
    found = groups({key: one.canonical for key, one in placed.items()})
    assert sorted(map(sorted, found - wanted)) == [], "merged or split otherwise than the key says"
    assert sorted(map(sorted, wanted - found)) == []


def test_the_original_represents_its_copies(either: Edition) -> None:
    placed = placed_by_key(either)
    wanted = {row["canonical"] for row in answer_key()}
    with either.store() as store, store.reading() as tx:
        found = {one.representative for one in tx.canonicals.list(limit=100_000)}
    named = {one.item.id: key for key, one in placed.items()}
    assert sorted(named[name] for name in found if named[name] not in wanted) == []


def test_stories_are_those_of_the_key(either: Edition) -> None:
    placed, story = placed_by_key(either), stories(either)
    score = bcubed(
        {key: story[one.canonical] for key, one in placed.items()},
        {row["key"]: row["story"] for row in answer_key()},
    )
    assert score.f1 >= 0.95


def test_flags_are_those_of_the_key(either: Edition) -> None:
    placed = placed_by_key(either)
    for row in answer_key():
        missing = set(row.get("flags", ())) & {"republished", "folded_title"}
        assert missing <= set(placed[row["key"]].item.flags), row["key"]


def test_all_ways_of_polling_decide_the_same_duplicates(
    edition: Edition, day_by_day: Edition, lived: Edition
) -> None:
    at_once, in_turn, in_time = (
        groups({key: one.canonical for key, one in placed_by_key(way).items()})
        for way in (edition, day_by_day, lived)
    )
    assert at_once == in_turn == in_time


@pytest.mark.parametrize("way", ["day_by_day", "lived"])
def test_a_corrected_entry_is_a_revision_whose_old_text_stays(
    way: str, request: pytest.FixtureRequest
) -> None:
    polled: Edition = request.getfixturevalue(way)
    corrected = [row["key"] for row in answer_key() if row.get("rule") == "revision"]
    assert corrected
    placed = placed_by_key(polled)
    with polled.store() as store, store.reading() as tx:
        for key in corrected:
            item = placed[key].item
            assert item.revision >= 1
            assert tx.items.revisions(item.id)[0].item.title != item.title


def test_what_the_publisher_left_alone_is_no_revision(lived: Edition) -> None:
    corrected = {row["guid"] for row in answer_key() if row.get("rule") == "revision"}
    with lived.store() as store, store.reading() as tx:
        items = [placed.item for placed in tx.items.list(ItemFilter(), limit=100_000)]
    assert {item.identity for item in items if item.revision} == corrected


def test_stories_never_cross_languages(edition: Edition) -> None:
    language = {row["key"]: row["language"] for row in answer_key()}
    story = stories(edition)
    found = {(story[one.canonical], language[key]) for key, one in placed_by_key(edition).items()}
    assert len({name for name, _ in found}) == len(found)


def test_the_ids_in_the_docs_show_what_the_docs_say(edition: Edition) -> None:
    page = (ROOT / "docs" / "samples.md").read_text("utf-8")
    found, apart = (
        re.findall(r"\bi[0-9a-f]{16}\b", part) for part in page.split("Different articles", 1)
    )
    with edition.store() as store, store.reading() as tx:
        placed = {one.item.id: one for one in tx.items.list(ItemFilter(), limit=100_000)}
        rules = {
            name: tx.decisions.of(name)[-1].decision.evidence.rule for name in {*found, *apart}
        }
    sizes = Counter(one.canonical for one in placed.values())
    corrected = {row["title"] for row in answer_key() if row.get("rule") == "revision"}
    for name in found:
        item = placed[name].item
        shown = sizes[placed[name].canonical] > 1 and rules[name] != "new"
        assert shown or "folded_title" in item.flags or item.title in corrected, name
    assert apart
    assert {rules[name] for name in apart} == {"new"}


@pytest.mark.parametrize("way", ["day_by_day", "lived"])
def test_every_story_that_a_digest_listed_is_still_found(
    way: str, request: pytest.FixtureRequest
) -> None:
    polled: Edition = request.getfixturevalue(way)
    with polled.store() as store, store.reading() as tx:
        names = [digest.name for digest in polled.settings.digests]
        listed = {
            story
            for name in names
            for record in tx.digests.list(name, limit=1_000)
            for story in record.stories
        }
        assert listed
        lost = [one for one in listed if not tx.stories.members(tx.stories.resolve(one) or "")]
    assert lost == []
