"""Feeds, poll states and the log of polls."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any, get_args, get_type_hints

import pytest

from aggregator.model import Feed, FeedState, Outcome, PollState
from storage import PollRecord, Store


def test_a_feed_comes_back_as_it_went_in(store: Store) -> None:
    feed = Feed("f3", "file:///a b.xml", "أخبار", ("x", "ب"), "ar", -3, 0.1)
    with store.transaction() as tx:
        tx.feeds.upsert(feed, 5)
    with store.reading() as view:
        assert view.feeds.get("f3") == feed
        assert view.feeds.get("nothing") is None


def test_feeds_stand_in_the_order_of_the_file(store: Store) -> None:
    with store.transaction() as tx:
        tx.feeds.upsert(Feed("f2", "https://two.example/feed", "Two"), 0)
        tx.feeds.upsert(Feed("f1", "https://one.example/feed"), 1)
        assert [(feed.id, feed.title) for feed in tx.feeds.list()] == [("f2", "Two"), ("f1", None)]


def test_every_field_of_a_poll_state_is_kept(store: Store, make: Any) -> None:
    hints = get_type_hints(PollState)
    values: dict[str, Any] = {}
    for number, field in enumerate(fields(PollState), start=1):
        kinds = get_args(hints[field.name]) or (hints[field.name],)
        if datetime in kinds:
            values[field.name] = make.at(number)
        elif str in kinds and field.name != "feed":
            values[field.name] = f"{field.name} قيمة"
        elif bool in kinds:
            values[field.name] = not field.default
        elif float in kinds:
            values[field.name] = number + 0.1
        elif int in kinds:
            values[field.name] = number
    state = PollState(**{"feed": "f1", **values, "state": FeedState.QUARANTINED})
    with store.transaction() as tx:
        tx.feeds.save_state(state)
    with store.reading() as view:
        assert view.feeds.state("f1") == state
        assert view.feeds.states() == {"f1": state, "f2": PollState("f2")}


def test_what_was_never_polled_is_due_first_then_the_longest_due(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        for number in range(3, 7):
            tx.feeds.upsert(Feed(f"f{number}", "u"), number)
        tx.feeds.save_state(PollState("f1", next_poll=make.at(-1)))
        tx.feeds.save_state(PollState("f2", next_poll=make.at(-5)))
        tx.feeds.save_state(PollState("f3", next_poll=make.at(0)))
        tx.feeds.save_state(PollState("f4", next_poll=make.at(1)))
        tx.feeds.save_state(PollState("f5", state=FeedState.GONE))
    with store.reading() as view:
        assert view.feeds.due(make.at(), 10) == ["f6", "f2", "f1", "f3"]
        assert view.feeds.due(make.at(), 2) == ["f6", "f2"]


def test_a_removed_feed_rests_until_it_is_subscribed_to_again(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        make.save(tx, make.item(1))
        tx.feeds.mark_removed(["f1"])
        tx.feeds.save_state(PollState("f1", etag="from a poll under way"))
    with store.reading() as view:
        assert view.feeds.due(make.at(), 10) == ["f2"]
        assert [feed.id for feed in view.feeds.list()] == ["f2"]
        assert [feed.id for feed in view.feeds.list(include_removed=True)] == ["f1", "f2"]
        assert view.feeds.state("f1").state is FeedState.REMOVED
        assert view.counts().feeds == 1
        assert len(view.items.list()) == 1
    with store.transaction() as tx:
        tx.feeds.upsert(Feed("f1", "https://one.example/feed"), 0)
        assert tx.feeds.due(make.at(), 10) == ["f1", "f2"]
        assert tx.feeds.state("f1").etag == "from a poll under way"


def test_a_feed_that_is_gone_stays_gone_when_the_file_is_read_again(store: Store) -> None:
    with store.transaction() as tx:
        tx.feeds.save_state(PollState("f1", state=FeedState.GONE))
        tx.feeds.upsert(Feed("f1", "https://one.example/feed"), 0)
        assert tx.feeds.state("f1").state is FeedState.GONE


def test_the_state_of_an_unknown_feed_is_an_error(store: Store) -> None:
    with store.reading() as view, pytest.raises(KeyError):
        view.feeds.state("f9")


def test_polls_are_listed_newest_first(store: Store, make: Any) -> None:
    poll = PollRecord(
        "f1", make.at(), Outcome.CONTENT, 200, 1234, 0.25, 30, 20, 5, None, "fast", ("a", "ب")
    )
    other = replace(poll, feed="f2", outcome=Outcome.FAILED, status=None, error="no \x00 route")
    with store.transaction() as tx:
        for one in (poll, other, replace(poll, at=make.at(1))):
            tx.polls.add(one)
    with store.reading() as view:
        assert view.polls.recent("f1", 10) == [replace(poll, at=make.at(1)), poll]
        assert view.polls.recent("f1", 1) == [replace(poll, at=make.at(1))]
        assert view.polls.recent("f2") == [replace(other, error="no \ufffd route")]
        assert len(view.polls.recent()) == 3
    with store.transaction() as tx:
        assert tx.polls.prune(make.at() + timedelta(seconds=1)) == 2
        assert len(tx.polls.recent()) == 1


def test_a_time_without_zone_is_refused_and_nothing_is_stored(store: Store, make: Any) -> None:
    with pytest.raises(ValueError, match="zone"), store.transaction() as tx:
        tx.polls.add(PollRecord("f1", make.at(), Outcome.CONTENT))
        tx.polls.add(PollRecord("f1", make.at().replace(tzinfo=None), Outcome.CONTENT))
    with store.reading() as view:
        assert view.polls.recent() == []


def test_feeds_of_which_most_items_are_one(store: Store, make: Any) -> None:
    """Six of seven items in one canonical item are worth a warning; four of four are too few."""
    with store.transaction() as tx:
        first = make.save(tx, make.item(1))
        for number in range(2, 7):
            make.save(tx, make.item(number), first.canonical)
        make.save(tx, make.item(7))
        other = make.save(tx, make.item(8, feed="f2"))
        for number in range(9, 12):
            make.save(tx, make.item(number, feed="f2"), other.canonical)
    with store.reading() as view:
        assert view.feeds.gathered() == {"f1": (first.canonical, 6, 7)}
