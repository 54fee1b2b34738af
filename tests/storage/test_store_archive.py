"""Looking up earlier items by key."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.model import Keys
from storage import Store


def test_urls_and_titles_are_found_in_order_of_arrival(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        make.save(tx, make.item(1), keys=Keys(("u", "v"), "t"))
        make.save(tx, make.item(2), keys=Keys(("w",), "t"))
        make.save(tx, make.item(3), keys=Keys(("u", "u"), ""))
    with store.reading() as view:
        assert make.ids(view.archive.by_url("u")) == [make.item(1).id, make.item(3).id]
        assert make.ids(view.archive.by_url("u", limit=1)) == [make.item(3).id]
        assert view.archive.by_url("nothing") == []
        assert make.ids(view.archive.by_title("t", 9)) == [make.item(1).id, make.item(2).id]
        assert make.ids(view.archive.by_title("t", 1)) == [make.item(2).id]
        assert view.archive.by_title("", 9) == []


def test_what_shares_most_bands_comes_first(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        make.save(tx, make.item(1), keys=Keys(bands=(1, 2, -3)))
        make.save(tx, make.item(2), keys=Keys(bands=(1, 9)))
        make.save(tx, make.item(3), keys=Keys(bands=(1, 2, -3, -3)))
        make.save(tx, make.item(4), keys=Keys(bands=(8,)))
    with store.reading() as view:
        found = view.archive.by_bands((-3, 1, 2, 7, 1), 9)
        assert make.ids(found) == [make.item(n).id for n in (1, 3, 2)]
        assert make.ids(view.archive.by_bands((-3, 1, 2), 1)) == [make.item(1).id]
        assert view.archive.by_bands((), 9) == []
        assert view.archive.by_bands((77,), 9) == []


def test_what_was_added_in_this_transaction_is_found(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        for number in range(1, 4):
            assert len(tx.archive.by_title("t", 9)) == number - 1
            make.save(tx, make.item(number), keys=Keys(("u",), "t", (5,)))
            assert len(tx.archive.by_bands([5], 9)) == number


def test_members_and_single_items(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        canonical = make.save(tx, make.item(1)).canonical
        make.save(tx, make.item(2), canonical)
        assert make.ids(tx.archive.members(canonical)) == [make.item(1).id, make.item(2).id]
        assert tx.archive.members("c-nothing") == []
        assert tx.archive.placed(make.item(2).id) == tx.items.get(make.item(2).id)
        assert tx.archive.placed("i-nothing") is None


def test_a_flood_of_one_key_is_read_in_part(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        for number in range(600):
            make.save(tx, make.item(number), keys=Keys(("u",), "t", (5, 6)))
        assert len(tx.archive.by_url("u")) == 100
        assert make.ids(tx.archive.by_url("u"))[-1] == make.item(599).id
        assert len(tx.archive.by_bands([5, 6], 1_000)) == 200
        assert len(tx.archive.by_title("t", 30)) == 30


keys = st.builds(
    Keys,
    st.lists(st.sampled_from("abc"), max_size=3, unique=True).map(tuple),
    st.sampled_from(["", "one", "two"]),
    st.lists(st.sampled_from([-(2**63), -1, 0, 1, 2**63 - 1]), max_size=4).map(tuple),
)


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(kept=st.lists(keys, max_size=12), asked=keys)
def test_lookups_agree_with_a_plain_search_in_memory(
    make: Any, kept: list[Keys], asked: Keys
) -> None:
    from aggregator.model import Feed

    with Store.open("sqlite://") as memory, memory.transaction() as tx:
        tx.feeds.upsert(Feed("f1", "u"), 0)
        for number, one in enumerate(kept):
            make.save(tx, make.item(number), keys=one)
        ids = [make.item(number).id for number in range(len(kept))]
        for url in asked.urls:
            expected = [ids[n] for n, one in enumerate(kept) if url in one.urls]
            assert make.ids(tx.archive.by_url(url)) == expected
        titled = [ids[n] for n, one in enumerate(kept) if one.title and one.title == asked.title]
        assert make.ids(tx.archive.by_title(asked.title, 99)) == titled
        shared = [len({*one.bands} & {*asked.bands}) for one in kept]
        order = sorted((n for n, count in enumerate(shared) if count), key=lambda n: -shared[n])
        assert make.ids(tx.archive.by_bands(asked.bands, 99)) == [ids[n] for n in order]
        assert [one for _, one in tx.items.placed_since(make.at())] == kept
