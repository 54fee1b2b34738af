"""Users' reading states in the store: numbers, change times, merges and splits."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import ChangeKind, Evidence, Feed, StoryChange
from aggregator.model.reading_state import (
    MAX_LABEL,
    UNSEEN,
    Mark,
    ReadingState,
    marked,
    merged,
)
from storage import CanonicalFilter, Store, View
from storage.codecs import micros
from tests.support import undo_reading_states

states = st.builds(
    ReadingState,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.lists(st.sampled_from("abcd"), unique=True).map(lambda found: tuple(sorted(found))),
)
marks = st.builds(
    Mark,
    st.none() | st.booleans(),
    st.none() | st.booleans(),
    st.none() | st.booleans(),
    st.lists(st.text()).map(tuple),
    st.lists(st.sampled_from("abcd")).map(tuple),
)


@given(states, states, states)
def test_merging_does_not_depend_on_order_and_takes_nothing_away(
    a: ReadingState, b: ReadingState, c: ReadingState
) -> None:
    both = merged(a, b)
    assert both == merged(b, a)
    assert merged(both, c) == merged(a, merged(b, c))
    assert merged(a, a) == a
    assert both.read == (a.read or b.read)
    assert both.starred == (a.starred or b.starred)
    assert set(both.labels) == {*a.labels, *b.labels}
    assert not both.hidden or (a.hidden and b.hidden)


@given(states, marks)
def test_a_mark_changes_what_it_names_and_nothing_else(state: ReadingState, mark: Mark) -> None:
    after = marked(state, mark)
    assert marked(after, mark) == after
    assert after.read == (state.read if mark.read is None else mark.read)
    assert after.starred == (state.starred if mark.starred is None else mark.starred)
    assert set(state.labels) - set(mark.remove) <= set(after.labels) or len(after.labels) == 50
    assert list(after.labels) == sorted(set(after.labels))
    assert all(label.isprintable() and 0 < len(label) <= MAX_LABEL for label in after.labels)


def column(view: View, name: str) -> dict[str, Any]:
    """A column of canonical items, by id."""
    rows = view.session.connection.exec_driver_sql(f"SELECT id, {name} FROM canonicals")
    return {row[0]: row[1] for row in rows}


def numbers(view: View) -> dict[str, int]:
    return column(view, "number")


def changed(view: View, canonical: str) -> int:
    return int(column(view, "changed")[canonical])


def canonical(made: int) -> str:
    return f"c{made:016x}"


def test_numbers_grow_and_survive_a_merge_and_a_split(store: Store, make: Any) -> None:
    one, two, three = (make.item(made) for made in (1, 2, 3))
    with store.transaction() as tx:
        for item in (one, two):
            make.save(tx, item)
        before = numbers(tx)
        make.move(tx, two, canonical(1), make.at(5))
        make.save(tx, three)
        make.move(tx, two, canonical(2), make.at(6))
        after = numbers(tx)
    assert before[canonical(1)] < before[canonical(2)] < after[canonical(3)] < 2**53
    assert before == {name: after[name] for name in before}


def test_a_merge_keeps_read_and_star_and_a_split_brings_the_other_back_as_it_was(
    store: Store, make: Any
) -> None:
    items = [make.item(made) for made in (1, 2, 3)]
    with store.transaction() as tx:
        for item in items:
            make.save(tx, item)
        user = tx.users.add("reader", make.at())
        other = tx.users.add("other", make.at())
        of = numbers(tx)
        a, b, c = (of[canonical(made)] for made in (1, 2, 3))
        tx.states.save(user.id, {a: ReadingState(read=True), c: ReadingState(read=True)}, make.at())
        tx.states.save(user.id, {b: ReadingState(starred=True, labels=("x",))}, make.at())
        tx.states.save(other.id, {b: ReadingState(read=True)}, make.at())
        make.move(tx, items[1], canonical(1), make.at(5))
        assert tx.states.of(user.id, [a])[a] == ReadingState(True, True, False, ("x",))
        assert tx.states.of(other.id, [a])[a].read
        make.move(tx, items[1], canonical(2), make.at(6))
        assert tx.states.of(user.id, [a, b]) == {
            a: ReadingState(True, True, False, ("x",)),
            b: ReadingState(starred=True, labels=("x",)),
        }
        assert tx.states.of(user.id, [c])[c].read
        assert tx.states.labels(user.id) == ["x"]
        tx.states.save(user.id, {a: UNSEEN}, make.at(7))
        assert tx.states.of(user.id, [a]) == {}


def test_what_changes_a_canonical_item_is_known_by_its_time(store: Store, make: Any) -> None:
    one, two = make.item(1), make.item(2)
    with store.transaction() as tx:
        make.save(tx, one)
        assert changed(tx, canonical(1)) == micros(one.seen)
        make.save(tx, two, canonical(1))
        assert changed(tx, canonical(1)) == micros(two.seen)
        make.move(tx, two, canonical(2), make.at(9))
        assert changed(tx, canonical(1)) == micros(make.at(9))
        assert changed(tx, canonical(2)) == micros(make.at(9))


def test_followers_of_a_story_follow_it_into_the_one_it_merges_with(
    store: Store, make: Any
) -> None:
    with store.transaction() as tx:
        for made in (1, 2):
            make.save(tx, make.item(made))
            make.story(tx, canonical(made))
        user = tx.users.add("reader", make.at())
        for story in ("s" + canonical(2)[1:], "s" + canonical(1)[1:]):
            tx.states.follow(user.id, story, make.at())
        why = Evidence("merge")
        change = StoryChange(ChangeKind.MERGE, "s" + canonical(2)[1:], "s" + canonical(1)[1:])
        make.change(tx, StoryChange(change.kind, change.story, change.into, (), why), make.at(5))
        assert tx.states.followed(user.id) == ["s" + canonical(1)[1:]]
    assert store.check() == []


def test_the_feed_of_a_canonical_item_is_that_of_its_founding_item(store: Store, make: Any) -> None:
    one, two = make.item(1), make.item(2, feed="f2")
    with store.transaction() as tx:
        make.save(tx, one)
        make.save(tx, two, canonical(1))
        make.move(tx, two, canonical(2), make.at(5))
        assert column(tx, "feed") == {canonical(1): "f1", canonical(2): "f2"}


def test_marking_a_selection_read_is_one_statement_and_keeps_the_rest_of_each_state(
    store: Store, make: Any
) -> None:
    with store.transaction() as tx:
        for made in range(1, 6):
            make.save(tx, make.item(made, feed="f1" if made < 5 else "f2"))
        make.move(tx, make.item(2), canonical(1), make.at(9))
        user, other = (tx.users.add(name, make.at()) for name in ("reader", "other"))
        of = numbers(tx)
        one, two, three, four, five = (of[canonical(made)] for made in range(1, 6))
        starred = ReadingState(starred=True, labels=("x",))
        hidden = ReadingState(hidden=True)
        tx.states.save(user.id, {one: starred, three: hidden}, make.at())
        narrow = CanonicalFilter(feeds=("f1",), read=False, arrived_until=make.at(4))
        assert tx.states.mark_read(user.id, narrow, make.at(10)) == 2
        assert tx.states.of(user.id, of.values()) == {
            one: ReadingState(True, True, False, ("x",)),
            three: hidden,
            four: ReadingState(read=True),
        }
        assert tx.states.mark_read(user.id, narrow, make.at(11)) == 0
        assert tx.states.of(other.id, of.values()) == {}
        assert tx.states.mark_read(other.id, CanonicalFilter(read=False), make.at(11)) == 4
        assert {*tx.states.of(other.id, of.values())} == {one, three, four, five}
        assert tx.lists.standing([one, two, 99]) == {one: one, two: one}


def test_an_older_store_gets_numbers_and_feeds(url: str, make: Any) -> None:
    """From the step before: new tables are made, canonical items numbered in their order."""
    with Store.open(url) as first, first.transaction() as tx:
        for feed in ("f1", "f2"):
            tx.feeds.upsert(Feed(feed, f"https://{feed}.example/"), 0)
        make.save(tx, make.item(1))
        make.save(tx, make.item(2, feed="f2"))
        make.save(tx, make.item(3), canonical(2), representative=make.item(3).id)
        before = numbers(tx)
    with Store.open(url) as first, first.transaction() as tx:
        undo_reading_states(tx.session.connection.exec_driver_sql)
    with Store.open(url) as store:
        with store.transaction() as tx:
            assert numbers(tx) == before
            assert column(tx, "feed") == {canonical(1): "f1", canonical(2): "f2"}
            assert changed(tx, canonical(1)) == micros(make.item(1).seen)
            assert tx.users.list() == []
            make.save(tx, make.item(4))
            assert numbers(tx)[canonical(4)] > max(before.values())
        assert store.check() == []
