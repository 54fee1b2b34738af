"""What is old is removed completely, unless somebody wants it, and is not brought back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.model import Correction, Feed, Keys, StoryLink
from aggregator.model.effects import CorrectionMade
from aggregator.model.reading_state import ReadingState
from storage import DigestRecord, ItemFilter, Policy, Store
from storage.schema import metadata
from tests.storage.filled import dump


def filled(store: Store, make: Any) -> None:
    """Stories of two items each: item 2n founds it, 2n+1 is a copy from another feed."""
    with store.transaction() as tx:
        for number in range(0, 20, 2):
            own = f"c{number:016x}"
            keys = Keys((f"https://one.example/{number}",), f"t{number}", (number, -number), b"s")
            make.save(tx, make.item(number, text=f"Text {number}", language="en"), keys=keys)
            copy = make.item(number + 1, feed="f2", text=f"Text {number}")
            make.save(tx, copy, own, keys)
            make.story(tx, own, features=b"x")


def policy(make: Any, minutes: int, *, digests: datetime | None = None) -> Policy:
    return Policy({"f1": make.at(minutes), "f2": make.at(minutes)}, digests)


def removed(store: Store, rules: Policy, at: datetime, most: int = 3) -> tuple[int, int]:
    """Take every step; how many items were removed, and how many units were kept."""
    after = items = kept = 0
    while True:
        with store.transaction() as tx:
            step = tx.retention.step(rules, after, most)
            for unit in step.expired:
                tx.retention.remove(unit, at)
                items += len(unit.items)
        kept += step.kept
        if step.after == after:
            return items, kept
        after = step.after


def left(store: Store) -> list[int]:
    with store.reading() as view:
        found = view.items.list(ItemFilter(), limit=100)
        return sorted(int(one.item.id[1:], 16) for one in found)


def test_old_stories_go_with_all_that_belongs_to_them(store: Store, make: Any) -> None:
    filled(store, make)
    assert removed(store, policy(make, 10), make.at(99)) == (10, 0)
    assert left(store) == list(range(10, 20))
    assert store.check() == []
    with store.reading() as view:
        assert view.search.items("text")[-1].item.id == f"i{10:016x}"
        assert view.retention.any_forgotten()
        assert view.retention.forgotten(f"i{1:016x}")
        assert not view.retention.forgotten(f"i{11:016x}")
        assert view.counts().stories == 5
    assert removed(store, policy(make, 10), make.at(99)) == (0, 0)
    rows = dump(store)
    assert removed(store, policy(make, 99), make.at(99)) == (10, 0)
    emptied = {name for name, found in dump(store).items() if rows[name] and not found}
    assert {"items", "canonicals", "stories", "decisions", "url_keys", "band_keys"} <= emptied
    assert store.check() == []


def test_a_story_stays_as_long_as_one_of_its_items(store: Store, make: Any) -> None:
    filled(store, make)
    with store.transaction() as tx:
        make.save(tx, make.item(50), f"c{0:016x}")
    assert removed(store, policy(make, 20), make.at(99)) == (18, 0)
    assert left(store) == [0, 1, 50]


def test_feeds_have_their_own_rule_and_others_none(store: Store, make: Any) -> None:
    filled(store, make)
    assert removed(store, Policy({"f1": make.at(99)}), make.at(99)) == (0, 0)
    assert removed(store, Policy({}), make.at(99)) == (0, 0)
    with store.transaction() as tx:
        make.save(tx, make.item(60, feed="f2"))
        make.save(tx, make.item(61))
    assert removed(store, Policy({"f1": make.at(90)}), make.at(99)) == (1, 0)
    rules = Policy({"f1": make.at(5), "f2": make.at(99)})
    assert removed(store, rules, make.at(99)) == (7, 0)  # three stories, and item 60
    assert left(store) == list(range(6, 20))


Want = Callable[[Any, Any], None]


def starred(tx: Any, make: Any) -> None:
    user = tx.users.add("a", make.at())
    tx.states.save(user.id, {1: ReadingState(starred=True)}, make.at())


def labelled(tx: Any, make: Any) -> None:
    user = tx.users.add("a", make.at())
    tx.states.save(user.id, {1: ReadingState(labels=("x",))}, make.at())


def followed(tx: Any, make: Any) -> None:
    user = tx.users.add("a", make.at())
    tx.states.follow(user.id, f"s{0:016x}", make.at())


def corrected(tx: Any, make: Any) -> None:
    correction = Correction("k1", "item", "same", f"i{0:016x}", f"i{1:016x}", make.at())
    tx.apply([CorrectionMade("k1", correction)], make.at())


def listed(tx: Any, make: Any) -> None:
    at = make.at(50)
    tx.digests.add(DigestRecord("daily", at, at, at, (), (f"s{0:016x}",), (f"i{1:016x}",)))


@pytest.mark.parametrize("want", [starred, labelled, followed, corrected, listed])
def test_what_somebody_wants_is_kept(store: Store, make: Any, want: Want) -> None:
    filled(store, make)
    with store.transaction() as tx:
        want(tx, make)
    assert removed(store, policy(make, 99), make.at(99)) == (18, 1)
    assert left(store) == [0, 1]
    assert store.check() == []


def test_what_only_digests_list_that_are_not_kept_goes(store: Store, make: Any) -> None:
    filled(store, make)
    with store.transaction() as tx:
        listed(tx, make)
        user = tx.users.add("a", make.at())
        tx.states.save(user.id, {1: ReadingState(read=True)}, make.at())
    assert removed(store, policy(make, 99, digests=make.at(60)), make.at(99)) == (20, 0)
    assert store.check() == []


def test_merged_linked_and_moved_items_go_together_or_stay(store: Store, make: Any) -> None:
    filled(store, make)
    with store.transaction() as tx:
        make.link(tx, StoryLink("link", f"s{2:016x}", f"s{0:016x}"), make.at(30))
        # A copy that was moved to a younger story: the decision that placed it first stays.
        make.move(tx, make.item(5), f"c{18:016x}", make.at(40))
    assert removed(store, policy(make, 10), make.at(99)) == (8, 1)
    assert left(store) == [4, 5, *range(10, 20)]
    assert store.check() == []
    assert removed(store, policy(make, 99), make.at(99))[0] > 0
    assert store.check() == []


def test_old_polls_go_in_parts(store: Store, make: Any) -> None:
    from aggregator.model import Outcome
    from storage import PollRecord

    with store.transaction() as tx:
        for number in range(7):
            tx.polls.add(PollRecord("f1", make.at(number), Outcome.CONTENT))
    with store.transaction() as tx:
        assert [tx.retention.prune_polls(make.at(5), 3) for _ in range(3)] == [3, 2, 0]


def test_every_table_with_ids_of_items_is_known_to_retention() -> None:
    """A new table with such ids must be cleared too."""
    named = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.c
        if any(
            key.column.table.name in ("items", "canonicals", "stories")
            for key in column.foreign_keys
        )
    }
    source = (Path(__file__).parents[2] / "storage" / "retention.py").read_text()
    assert {one.split(".")[0] for one in named if one.split(".")[0] not in source} == set()


def test_a_store_without_feeds_has_nothing_to_remove(url: str, make: Any) -> None:
    with Store.open(url) as store:
        assert removed(store, policy(make, 9), make.at()) == (0, 0)
        with store.transaction() as tx:
            tx.feeds.upsert(Feed("f1", "https://one.example/"), 0)
        assert removed(store, policy(make, 9), make.at()) == (0, 0)
