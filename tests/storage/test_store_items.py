"""Items, their keys, revisions, decisions and canonical items."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, get_type_hints

import pytest

from aggregator.model import Canonical, Correction, Evidence, Item, Keys, Placed
from aggregator.model.effects import CanonicalFounded, ItemStored, RepresentativeChanged
from storage import DigestRecord, ItemFilter, Store, StoreError


def full_item(make: Any) -> Item:
    """An item with something in every field."""
    hints = get_type_hints(Item)
    values: dict[str, Any] = {}
    for number, field in enumerate(fields(Item), start=1):
        hint = str(hints[field.name])
        if "datetime" in hint:
            values[field.name] = make.at(number)
        elif "tuple" in hint:
            values[field.name] = (f"{field.name}", 'ب "quoted"')
        elif "str" in hint:
            values[field.name] = f"{field.name} نص 文"
        elif "float" in hint:
            values[field.name] = number / 7
        else:
            values[field.name] = number
    return Item(**{**values, "id": "i1", "feed": "f1"})


def test_every_field_of_an_item_comes_back(store: Store, make: Any) -> None:
    item = full_item(make)
    keys = Keys(("https://a.example/x", "ب"), "normal form", (-(2**63), 2**63 - 1, 0))
    with store.transaction() as tx:
        make.store(tx, item, make.decision(item, keys=keys))
    with store.reading() as view:
        assert view.items.get("i1") == Placed(item, "c1")
        assert view.items.keys("i1") == keys
        assert view.items.by_identity("f1", item.identity) == Placed(item, "c1")
        assert view.items.by_identity("f2", item.identity) is None
        assert view.items.get("i2") is None


def test_a_decision_comes_back_to_the_last_bit(store: Store, make: Any) -> None:
    item = make.item(1)
    why = Evidence(
        "fuzzy",
        0.1 + 0.2,
        1e-300,
        "i0",
        "Two of «three» words agree.",
        (("ratio", 2 / 3), ("words", 3), ("left", "روسيا\n"), ("big", 2**70), ("z", -0.0)),
    )
    near = (Evidence("body", float("inf"), 0.5), Evidence("title", 0.99, details=(("guard", "n"),)))
    decision = make.decision(
        item,
        evidence=why,
        refused=near,
        flags=("republished",),
        rules_version="8",
        keys=Keys(("u",), "t", (1,)),
    )
    with store.transaction() as tx:
        make.store(tx, replace(item, flags=("backlog", "republished"), seen=make.at(3)), decision)
    with store.reading() as view:
        (kept,) = view.decisions.of(item.id)
        assert kept.decision == replace(decision, keys=Keys())
        assert kept.at == make.at(3)
        assert view.decisions.latest(item.id) == kept
        placed = view.items.get(item.id)
        assert placed is not None
        assert placed.item.flags == ("backlog", "republished")
        assert view.decisions.latest("i9") is None


def test_a_revision_keeps_the_old_text_and_the_place(store: Store, make: Any) -> None:
    old = make.item(1, title="Old words", text="old body")
    with store.transaction() as tx:
        make.save(tx, old, keys=Keys(("u1", "u2"), "old", (1, 2)))
        make.save(tx, make.item(2))
    new = replace(old, title="New words", text="new body", seen=make.at(50), flags=("x",))
    with store.transaction() as tx:
        assert tx.items.revise(new, Keys(("u2",), "new", (2, 3)), at=make.at(50)) == 1
        assert tx.items.revise(replace(new, title="Newest"), at=make.at(60)) == 2
    with store.reading() as view:
        placed = view.items.get(old.id)
        assert placed is not None
        assert placed.item == replace(new, title="Newest", seen=old.seen, revision=2)
        first, second = view.items.revisions(old.id)
        assert (first.item, first.replaced) == (old, make.at(50))
        assert second.item == replace(new, seen=old.seen, revision=1)
        assert view.items.keys(old.id) == Keys(("u2",), "new", (2, 3))
        assert view.archive.by_url("u1") == []
        assert make.ids(view.archive.by_url("u2")) == [old.id]
        assert make.ids(view.archive.by_bands([1], 5)) == []
        assert make.ids(view.archive.by_bands([3], 5)) == [old.id]
        assert view.archive.by_title("old", 5) == []
        assert make.ids(view.archive.by_title("new", 5)) == [old.id]
        assert [one.item.id for one, _ in view.items.placed_since(make.at())] == [
            old.id,
            make.item(2).id,
        ]
        assert make.ids(view.search.items("newest")) == [old.id]
        assert view.search.items("old") == []
        assert view.counts().revisions == 2


def test_revising_what_was_never_stored_is_an_error(store: Store, make: Any) -> None:
    with pytest.raises(KeyError), store.transaction() as tx:
        tx.items.revise(make.item(1))


def test_items_come_in_the_order_of_arrival_for_a_restart(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        assert tx.items.last_seen() is None
        assert list(tx.items.placed_since(make.at())) == []
        for number in range(1_203):
            item = make.item(number, seen=make.at(number // 10))
            make.save(tx, item, keys=Keys((f"u{number}",)))
    with store.reading() as view:
        assert view.items.last_seen() == make.at(120)
        since = list(view.items.placed_since(make.at(1)))
        assert [keys.urls[0] for _, keys in since] == [f"u{n}" for n in range(10, 1_203)]
        assert list(view.items.placed_since(make.at(121))) == []


def test_lists_are_narrowed_and_ordered(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        a = make.item(1, published=make.at(9), tags=("sport", "a%"), language="ar")
        b = make.item(2, feed="f2", tags=("sports",), language="en")
        c = make.item(3, tags=("Sport",), language="ar", flags=("backlog",))
        make.save(tx, a)
        make.save(tx, b, "c" + a.id[1:])
        make.save(tx, c)
        make.story(tx, "c" + a.id[1:])
    with store.reading() as view:

        def listed(limit: int = 10, offset: int = 0, *, newest: bool = True, **narrow: Any) -> Any:
            found = view.items.list(
                ItemFilter(**narrow), limit=limit, offset=offset, newest_first=newest
            )
            return [int(one.item.id[1:], 16) for one in found]

        assert listed() == [1, 3, 2]
        assert listed(newest=False) == [2, 3, 1]
        assert listed(limit=1, offset=1) == [3]
        assert listed(since=make.at(3)) == [1, 3]
        assert listed(until=make.at(3)) == [2]
        assert listed(feed="f2") == [2]
        assert listed(language="ar") == [1, 3]
        assert listed(tag="sport") == [1]
        assert listed(tag="a%") == [1]
        assert listed(tag="spor") == []
        assert listed(flag="backlog") == [3]
        assert listed(canonical="c" + a.id[1:]) == [1, 2]
        assert listed(story="s" + a.id[1:]) == [1, 2]
        assert listed(rule="url") == [2]
        assert [one.id for one in view.canonicals.list()] == ["c" + c.id[1:], "c" + a.id[1:]]
        assert [one.id for one in view.canonicals.list(story="s" + a.id[1:])] == ["c" + a.id[1:]]
        assert view.canonicals.list(since=make.at(4)) == []
        assert len(view.canonicals.list(until=make.at(3))) == 1


def test_the_representative_changes_and_the_change_is_kept(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        a, b = make.item(1), make.item(2)
        first = make.save(tx, a)
        make.save(tx, b, first.canonical, representative=b.id)
        why = Evidence("priority", 2.0)
        tx.apply((RepresentativeChanged(first.canonical, a.id, why),), make.at(9))
    with store.reading() as view:
        assert view.canonicals.get(first.canonical) == Canonical(
            first.canonical, a.id, a.seen, None, (a.id, b.id)
        )
        history = view.canonicals.representative_history(first.canonical)
        assert [(one.item, one.at) for one in history] == [(b.id, b.seen), (a.id, make.at(9))]
        assert history[1].evidence == why


def test_an_item_moves_and_the_emptied_canonical_item_redirects(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        a, b, c = (make.item(number) for number in (1, 2, 3))
        ca, cb = make.save(tx, a).canonical, make.save(tx, b).canonical
        make.save(tx, c, cb)
        make.story(tx, ca)
        make.story(tx, cb)
    with store.transaction() as tx:
        make.move(tx, b, ca, make.at(5))
        standing = tx.canonicals.get(cb)
        assert standing is not None
        assert (standing.representative, standing.items) == (c.id, (c.id,))
        make.move(tx, c, ca, make.at(6))
        assert tx.canonicals.resolve(cb) == ca
        merged = tx.canonicals.get(cb)
        assert merged is not None
        assert (merged.id, merged.items) == (ca, (a.id, b.id, c.id))
        assert tx.stories.resolve("s" + cb[1:]) == "s" + ca[1:]
        make.move(tx, c, ca, make.at(7))  # again: nothing happens
    assert store.check() == []
    with store.transaction() as tx:  # and back: the id no longer redirects
        make.move(tx, b, cb, make.at(8))
        again = tx.canonicals.get(cb)
        assert again == Canonical(cb, b.id, make.at(8), None, (b.id,))
    assert store.check() == []


def test_the_heir_of_an_emptied_canonical_item_takes_its_place_in_the_story(
    store: Store, make: Any
) -> None:
    with store.transaction() as tx:
        a, b = make.item(1), make.item(2)
        ca, cb = make.save(tx, a).canonical, make.save(tx, b).canonical
        make.story(tx, ca, features=b"kept")
        make.move(tx, a, cb, make.at(5))
        assert tx.stories.members("s" + ca[1:]) == [cb]
        (member,) = tx.stories.restore(5)
        assert (member.canonical, member.features, member.seen) == (cb, b"kept", b.seen)
    assert store.check() == []


def test_a_new_decision_about_a_stored_item_moves_it(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        a, b = make.item(1), make.item(2)
        ca = make.save(tx, a).canonical
        make.save(tx, b, ca)
        assert tx.counts().rules == {"new": 1, "url": 1}
        own = make.decision(b, rules_version="2")
        make.again(tx, own, make.at(9))
        assert [one.decision.canonical for one in tx.decisions.of(b.id)] == [ca, own.canonical]
        placed = tx.items.get(b.id)
        assert placed is not None
        assert placed.canonical == own.canonical
        assert tx.counts().rules == {"new": 2}
        assert tx.counts().duplicates == 0
    assert store.check() == []


def test_records_may_be_stored_in_any_order_within_a_transaction(store: Store, make: Any) -> None:
    item = make.item(1)
    decision = make.decision(item)
    with store.transaction() as tx:
        stored = ItemStored(item.id, decision.canonical, "new", item, decision)
        tx.apply((stored, CanonicalFounded(decision.canonical, item.id, item.seen)), item.seen)
    assert store.check() == []
    with pytest.raises(StoreError), store.transaction() as tx:
        tx.items.add(make.item(2), make.decision(make.item(2), "c-nowhere"))
    with store.reading() as view:
        assert view.counts().items == 1


def test_the_same_item_twice_is_refused_whole(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        make.save(tx, make.item(1))
    with pytest.raises(StoreError), store.transaction() as tx:
        make.save(tx, make.item(2))
        make.save(tx, make.item(1))
    with store.reading() as view:
        assert make.ids(view.items.list()) == [make.item(1).id]


def test_touching_and_flagging_change_nothing_else(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        item = make.item(1)
        make.save(tx, item)
        tx.items.touch(item.id, make.at(30))
        tx.items.set_flags(item.id, ("migrated",))
        placed = tx.items.get(item.id)
        assert placed is not None
        assert placed.item == replace(item, flags=("migrated",))


def test_corrections_hold_until_they_are_undone(store: Store, make: Any) -> None:
    one = Correction("k1", "item", "same", "i1", "i2", make.at(1), "note ب")
    two = Correction("k2", "story", "split", "s1", None, make.at(2))
    with store.transaction() as tx:
        tx.corrections.add(one)
        tx.corrections.add(two)
        assert tx.corrections.active() == [one, two]
        assert tx.corrections.active("story") == [two]
        assert tx.corrections.undo("k1", make.at(3))
        assert not tx.corrections.undo("k1", make.at(4))
        assert not tx.corrections.undo("k9", make.at(4))
        assert tx.corrections.active() == [two]
        assert [entry.undone for entry in tx.corrections.list()] == [make.at(3), None]
        tx.corrections.add(one)
        assert tx.corrections.active() == [one, two]


def test_digests_are_remembered_with_what_stood_in_them(store: Store, make: Any) -> None:
    first = DigestRecord("daily", make.at(1), make.at(), make.at(1), ("a.md", "ب.html"), ("s2",))
    second = replace(first, at=make.at(2), stories=("s3", "s1"))
    with store.transaction() as tx:
        assert tx.digests.last("daily") is None
        for digest in (first, second, replace(first, name="weekly", stories=())):
            tx.digests.add(digest)
        assert tx.digests.last("daily") == second
        assert tx.digests.list("daily") == [second, first]
        assert [digest.name for digest in tx.digests.list(limit=1)] == ["weekly"]
        assert tx.digests.was_listed("s1")
        assert not tx.digests.was_listed("s4")


def test_meta_keeps_the_latest_value(store: Store) -> None:
    with store.transaction() as tx:
        assert tx.meta.get("x") is None
        tx.meta.set("x", "1")
        tx.meta.set("x", "ب")
        assert tx.meta.get("x") == "ب"


def test_texts_that_no_database_takes_are_mended_not_refused(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        make.save(tx, make.item(1, title="a\x00b", text="x\ud800y", tags=("\x00", "\udfff")))
        placed = tx.items.get(make.item(1).id)
        assert placed is not None
        assert placed.item.title == "a\ufffdb"
        assert placed.item.text.encode("utf-8")
