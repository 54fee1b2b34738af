"""What a poll leaves behind for the next: validators, moves, lies, hubs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aggregator.fetch.outcomes import conditions
from aggregator.model import Document, FeedState, Outcome, PollState
from tests.fetch.polls import (
    DOCUMENT,
    HOUR,
    LIMITS,
    NOW,
    URL,
    after,
    every,
    failed,
    outcome,
    same,
    wait,
)

# What is remembered.


def test_validators_are_kept_byte_for_byte_and_sent_back():
    found = outcome(etag='W/"x"y', last_modified="a date of sorts", body_hash="1")
    state = after(PollState("f1"), found, DOCUMENT)
    assert conditions(state) == (
        ("If-None-Match", 'W/"x"y'),
        ("If-Modified-Since", "a date of sorts"),
    )


def test_a_page_in_place_of_a_feed_changes_nothing_but_the_errors():
    state = PollState("f1", etag='"a"', last_modified="b", body_hash="c", title="A", rhythm=9.0)
    found = outcome(etag='"page"', body_hash="page", permanent_url="https://b.example/parked")
    later = after(state, found, Document((), kind="page", title="Buy this name"))
    assert (later.etag, later.last_modified, later.body_hash) == ('"a"', "b", "c")
    assert (later.title, later.rhythm, later.moved_to) == ("A", 9.0, None)
    assert later.errors == 1
    assert "page" in later.last_error


def test_a_document_that_ended_early_keeps_its_entries_but_not_its_validators():
    state = PollState("f1", etag='"old"', body_hash="old")
    later = after(state, outcome(etag='"new"', body_hash="new", partial=True), DOCUMENT)
    assert (later.etag, later.body_hash) == ('"old"', "old")
    assert later.errors == 0
    assert "cut off" in later.last_error


def test_an_empty_feed_is_a_feed():
    later = after(PollState("f1", errors=3), outcome(etag='"e"'), Document((), kind="rss20"))
    assert (later.errors, later.etag) == (0, '"e"')


def test_three_documents_that_kill_the_parser_quarantine_a_feed():
    state = PollState("f1")
    for _ in range(3):
        assert state.state is FeedState.ACTIVE
        state = after(state, failed(status=200, error="killed"), crashed=True)
    assert state.state is FeedState.QUARANTINED
    assert "killed the parser" in state.next_reason
    assert state.next_poll is None


# Moves.


def visits(*targets, status="permanent_url", start=NOW, step=HOUR, state=None):
    state = state or PollState("f1")
    for n, target in enumerate(targets):
        now = start + n * step
        state = after(state, outcome(at=now, **{status: target}), DOCUMENT, now=now)
    return state


NEW = "https://b.example/feed"


def test_a_move_is_adopted_at_the_second_good_poll_of_another_day():
    assert visits(NEW).address is None
    assert visits(*[NEW] * 10).address is None  # ten hours, also past midnight
    assert visits(NEW, NEW, step=timedelta(days=1)).address == NEW
    late = NOW.replace(hour=23, minute=50)
    assert visits(NEW, NEW, start=late, step=timedelta(minutes=30)).address is None


def test_a_move_that_is_taken_back_is_forgotten():
    state = visits(NEW, None, NEW, step=timedelta(days=1))
    assert state.address is None
    assert visits(NEW, "https://c.example/", NEW, step=timedelta(days=1)).address is None


def test_304_counts_as_good_for_a_move():
    state = visits(NEW)
    later = NOW + timedelta(days=1)
    assert after(state, same(at=later, permanent_url=NEW), now=later).address == NEW


def test_an_adopted_address_that_fails_is_given_up():
    state = PollState("f1", address=NEW)
    for _ in range(2):
        state = after(state, failed())
        assert state.address == NEW
    state = after(state, failed())
    assert state.address is None
    assert "going back to the address in feeds.toml" in state.next_reason


# Validators that lie.


def test_a_run_of_304_is_checked_now_and_then_without_validators():
    state = after(PollState("f1"), outcome(etag='"a"', body_hash="1"), DOCUMENT)
    asked = []
    for n in range(1, 200):
        now = NOW + n * HOUR
        asked.append(bool(conditions(state)))
        if asked[-1]:
            state = after(state, same(at=now), now=now)
        else:  # an honest server: the same body again
            state = after(state, same(at=now, status=200, etag='"a"', body_hash="1"), now=now)
    assert 2 <= asked.count(False) <= 6
    assert not state.lies


def test_304_for_ever_is_found_out_by_what_was_missed():
    state = after(
        PollState("f1"), outcome(etag='"a"', body_hash="1"), DOCUMENT, published=every(3_600)
    )
    now = NOW
    while conditions(state):
        now = state.next_poll
        assert now < NOW + timedelta(days=30)
        state = after(state, same(at=now), now=now)
    missed = [NOW + n * HOUR for n in range(1, 50)]
    state = after(
        state, outcome(at=now, etag='"a"', body_hash="2"), DOCUMENT, published=missed, now=now
    )
    assert state.lies
    assert conditions(state) == ()


def test_the_same_etag_for_another_body_is_a_lie():
    state = PollState(
        "f1", etag='"a"', not_modified_run=48, changed=NOW - 99 * HOUR, last_poll=NOW - HOUR
    )
    assert conditions(state) == ()
    assert after(state, outcome(etag='"a"', body_hash="2"), DOCUMENT).lies


def test_an_honest_change_at_a_check_is_no_lie():
    state = PollState(
        "f1", etag='"a"', not_modified_run=48, changed=NOW - 99 * HOUR, last_poll=NOW - HOUR
    )
    found = outcome(etag='"b"', body_hash="2")
    later = after(state, found, DOCUMENT, published=[NOW - timedelta(minutes=5)])
    assert not later.lies
    assert conditions(later) == (("If-None-Match", '"b"'),)


# Hubs.


def test_a_lease_makes_polls_rarer_while_it_lives():
    state = PollState("f1", lease_until=NOW + timedelta(days=5))
    assert wait(after(state, same())) == 21_600
    ending = PollState("f1", lease_until=NOW + timedelta(seconds=5_000))
    assert wait(after(ending, same())) == 5_000
    ended = PollState("f1", lease_until=NOW - HOUR)
    assert wait(after(ended, same())) == LIMITS.default_interval


def hubbed(**more):
    given = {"hub": "https://hub.example/", "topic": URL, "hub_secret": "s", **more}
    return PollState("f1", lease_until=NOW + timedelta(days=5), hub_asked=NOW - 48 * HOUR, **given)


HUBBED = replace(DOCUMENT, hub="https://hub.example/", topic=URL)


def test_a_hub_that_kept_silent_loses_its_lease():
    state = hubbed(changed=NOW - 30 * HOUR)
    told_late = after(state, outcome(), HUBBED, published=[NOW - timedelta(minutes=9)])
    assert told_late.lease_until is not None
    silent = after(state, outcome(), HUBBED, published=[NOW - 5 * HOUR])
    assert silent.lease_until is None
    assert silent.hub_secret == "s"


def test_another_hub_starts_anew():
    later = after(hubbed(), outcome(), replace(HUBBED, hub="https://other.example/"))
    assert (later.lease_until, later.hub_secret, later.hub_asked) == (None, None, None)
    assert later.hub == "https://other.example/"


def test_a_delivery_is_no_poll():
    state = hubbed(etag='"a"', next_poll=NOW + HOUR, polls=7, next_reason="before")
    brought = outcome(pushed=True, body_hash="new", wire_bytes=10)
    later = after(state, brought, HUBBED, published=[NOW])
    assert (later.etag, later.next_poll, later.polls) == ('"a"', NOW + HOUR, 7)
    assert (later.changed, later.last_good, later.bytes) == (NOW, NOW, 10)
    page = after(state, brought, Document((), kind="page"))
    assert page.changed == state.changed


def test_deliveries_that_kill_the_parser_quarantine_too():
    state = hubbed(crashes=2)
    found = outcome(Outcome.FAILED, pushed=True, error="killed")
    assert after(state, found, crashed=True).state is FeedState.QUARANTINED


# What a wrong clock or a rude publisher leaves behind.


def test_tls_is_not_given_up_for_good():
    plain = "http://a.example/feed"
    assert visits(plain, plain, plain, step=timedelta(days=1)).address is None


def test_a_move_seen_by_a_clock_that_ran_ahead_is_seen_anew():
    state = PollState("f1", moved_to=NEW, moved_since=NOW + timedelta(days=400))
    assert visits(NEW, NEW, step=timedelta(days=1), state=state).address == NEW


def test_a_lease_begun_by_a_clock_that_ran_ahead_counts_for_nothing():
    state = replace(hubbed(), lease_until=NOW + timedelta(days=400))
    assert wait(after(state, same())) == LIMITS.default_interval


def test_addresses_of_absurd_length_are_not_remembered():
    long = "https://hub.example/" + "x" * 5_000
    state = after(PollState("f1"), outcome(), replace(DOCUMENT, hub=long, topic=long))
    assert (state.hub, state.topic) == (None, None)
