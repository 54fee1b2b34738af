"""The pipeline is held to the sample edition's answer key."""

from __future__ import annotations

import pytest

from aggregator.measure import bcubed
from tests.support import Edition, answer_key, groups, placed_by_key, stories


@pytest.fixture(params=["edition", "day_by_day"])
def either(request: pytest.FixtureRequest) -> Edition:
    """The edition as polled at once, and as polled day by day."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Edition)
    return found


def test_every_duplicate_group_is_exact(either: Edition) -> None:
    placed = placed_by_key(either)
    wanted = groups({row["key"]: row["canonical"] for row in answer_key()})
    found = groups({key: one.canonical for key, one in placed.items()})
    assert sorted(map(sorted, found - wanted)) == [], "merged or split otherwise than the key says"
    assert sorted(map(sorted, wanted - found)) == []


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


def test_both_ways_of_polling_decide_the_same_duplicates(
    edition: Edition, day_by_day: Edition
) -> None:
    at_once = groups({k: p.canonical for k, p in placed_by_key(edition).items()})
    in_turn = groups({k: p.canonical for k, p in placed_by_key(day_by_day).items()})
    assert at_once == in_turn


def test_a_corrected_entry_is_a_revision_whose_old_text_stays(day_by_day: Edition) -> None:
    corrected = [row["key"] for row in answer_key() if row.get("rule") == "revision"]
    assert corrected
    placed = placed_by_key(day_by_day)
    with day_by_day.store() as store, store.reading() as tx:
        for key in corrected:
            item = placed[key].item
            assert item.revision >= 1
            assert tx.items.revisions(item.id)[0].item.title != item.title
