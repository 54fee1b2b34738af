"""When a feed is polled again: pure functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch import horizon, is_due, spread
from aggregator.model import FeedState, Outcome, PollState
from tests.fetch.polls import (
    DOCUMENT,
    FEED,
    HOUR,
    LIMITS,
    NOW,
    after,
    every,
    failed,
    outcome,
    same,
    wait,
)

# When: the rhythm, what the publisher says, the bounds.


def test_without_a_rhythm_the_default_counts():
    state = after(PollState("f1"), outcome(), DOCUMENT)
    assert wait(state) == LIMITS.default_interval
    assert "default" in state.next_reason


def test_twice_per_expected_entry():
    state = after(PollState("f1"), outcome(), DOCUMENT, published=every(7_200))
    assert state.rhythm == 7_200
    assert wait(state) == 3_600
    assert "about every 2 h" in state.next_reason


def test_a_batch_of_the_same_moment_is_no_rhythm():
    state = after(PollState("f1"), outcome(), DOCUMENT, published=[NOW] * 30)
    assert state.rhythm is None


@pytest.mark.parametrize(
    ("rhythm", "seconds"), [(60, LIMITS.min_interval), (10_000_000, LIMITS.max_interval)]
)
def test_within_the_bounds(rhythm, seconds):
    state = after(PollState("f1"), outcome(), DOCUMENT, published=every(rhythm))
    assert wait(state) == seconds
    assert "_interval" in state.next_reason


def test_a_feed_that_falls_silent_is_asked_less_and_less():
    waits = []
    state = after(PollState("f1"), outcome(), DOCUMENT, published=every(3_600))
    for days in (0, 1, 3, 10):
        now = NOW + timedelta(days=days)
        waits.append(wait(after(state, same(at=now), now=now), now))
    assert waits == sorted(waits)
    assert waits[0] < waits[1] < waits[2] < waits[3] == LIMITS.max_interval
    later = NOW + timedelta(days=1)
    told = after(state, same(at=later), now=later).next_reason
    assert told == "after 3 h: quiet for 1 d; usually posts about every 1 h"


@pytest.mark.parametrize(
    ("found", "document"),
    [
        (outcome(max_age=20_000.0), DOCUMENT),
        (outcome(), replace(DOCUMENT, ttl=20_000.0)),
        (outcome(max_age=20_000.0), replace(DOCUMENT, ttl=5_000.0)),
    ],
)
def test_the_largest_of_what_the_publisher_says(found, document):
    state = after(PollState("f1"), found, document, published=every(3_600))
    assert wait(state) == 20_000


def test_less_than_the_rhythm_is_not_heeded():
    found = outcome(max_age=1.0)
    state = after(PollState("f1"), found, replace(DOCUMENT, ttl=60.0), published=every(7_200))
    assert wait(state) == 3_600


def test_what_the_document_asks_for_holds_through_304():
    state = after(PollState("f1"), outcome(), replace(DOCUMENT, ttl=40_000.0))
    assert wait(after(state, same())) == 40_000


def test_feeds_toml_replaces_the_rhythm_but_not_the_publisher():
    feed = replace(FEED, interval=1_000.0)
    state = after(PollState("f1"), outcome(), DOCUMENT, published=every(90_000), feed=feed)
    assert wait(state) == 1_000
    state = after(PollState("f1"), outcome(max_age=5_000.0), DOCUMENT, feed=feed)
    assert wait(state) == 5_000


def test_hours_and_days_to_skip():
    document = replace(DOCUMENT, skip_hours=(13, 14, 15))
    state = after(PollState("f1"), outcome(), document)
    assert state.next_poll == NOW.replace(hour=16)
    assert "skip" in state.next_reason
    document = replace(DOCUMENT, skip_days=("Tuesday", "Wednesday"))
    state = after(PollState("f1"), outcome(), document)
    assert state.next_poll == datetime(2026, 11, 26, 0, 0, tzinfo=UTC)  # a Thursday


def test_who_asks_to_skip_everything_is_not_heeded():
    document = replace(DOCUMENT, skip_hours=tuple(range(24)))
    assert wait(after(PollState("f1"), outcome(), document)) == LIMITS.default_interval


def test_jitter_comes_later_and_never_earlier():
    waits = [wait(after(PollState("f1"), outcome(), DOCUMENT, jitter=j / 10)) for j in range(10)]
    assert waits == sorted(set(waits))
    assert waits[0] == 3_600
    assert waits[-1] < 3_600 * 1.1


# Failures.


def test_failures_double_the_wait_up_to_the_longest_and_never_end_a_feed():
    state, waits = after(PollState("f1"), outcome(), DOCUMENT), []
    for _ in range(200):
        state = after(state, failed())
        waits.append(wait(state))
    assert waits[:4] == [3_600, 7_200, 14_400, 28_800]
    assert waits[-1] == LIMITS.max_interval
    assert state.state is FeedState.ACTIVE
    assert state.errors == 200
    assert "200 errors in a row: HTTP 500" in state.next_reason
    good = after(state, same())
    assert (good.errors, good.last_error) == (0, None)


@pytest.mark.parametrize(
    ("asked", "seconds"), [(60.0, 3_600), (50_000.0, 50_000), (86_400.0, 86_400), (None, 3_600)]
)
def test_retry_after_lengthens_and_never_shortens(asked, seconds):
    found = outcome(Outcome.REFUSED, status=429, retry_after=asked)
    assert wait(after(PollState("f1"), found)) == seconds


def test_no_network_here_is_not_the_feeds_fault():
    state = PollState("f1", interval=3_600.0)
    for _ in range(10):
        state = after(state, failed(status=None, offline=True, error="unreachable"))
    assert state.errors == 1
    assert wait(state) == 3_600
    assert "no network on this machine" in state.next_reason


def test_a_publisher_that_wants_rest_costs_the_feed_nothing():
    state = PollState("f1", polls=3, errors=0, etag='"a"')
    rest = outcome(Outcome.REFUSED, status=None, retry_after=500.0, error="rest")
    later = after(state, rest)
    assert wait(later) == 500
    assert (later.polls, later.errors, later.etag) == (3, 0, '"a"')


def test_410_ends_the_subscription_with_a_note():
    state = after(PollState("f1", etag='"a"'), outcome(Outcome.GONE, status=410))
    assert state.state is FeedState.GONE
    assert state.next_poll is None
    assert "410" in state.next_reason
    assert "2026-11-24" in state.next_reason
    assert not is_due(state, LIMITS, NOW + timedelta(days=999))


def test_410_at_an_adopted_address_goes_back_to_the_one_in_feeds_toml():
    state = PollState("f1", address="https://b.example/feed")
    for _ in range(3):
        state = after(state, outcome(Outcome.GONE, status=410, error="gone (410)"))
    assert state.state is FeedState.ACTIVE
    assert state.address is None


# Clocks and crowds.


def test_due():
    state = PollState("f1", next_poll=NOW)
    assert is_due(PollState("f1"), LIMITS, NOW)
    assert is_due(state, LIMITS, NOW)
    assert not is_due(state, LIMITS, NOW - HOUR)
    for end in (FeedState.GONE, FeedState.QUARANTINED, FeedState.REMOVED):
        assert not is_due(replace(state, state=end), LIMITS, NOW)


def test_a_next_poll_that_only_a_wrong_clock_can_have_set_is_due():
    state = PollState("f1", next_poll=NOW + timedelta(days=365))
    assert is_due(state, LIMITS, NOW)


@given(
    retry=st.none() | st.floats(60, 86_400),
    age=st.none() | st.floats(1, 1e9),
    ttl=st.none() | st.floats(0, 1e9),
    errors=st.integers(0, 1_000),
    jitter=st.floats(0, 1, exclude_max=True),
    hours=st.lists(st.integers(0, 23)),
    days=st.lists(st.sampled_from(["Monday", "Sunday", "Friday"])),
    kind=st.sampled_from([Outcome.CONTENT, Outcome.NOT_MODIFIED, Outcome.FAILED, Outcome.REFUSED]),
)
def test_the_next_poll_lies_ahead_and_before_the_horizon(
    *, retry, age, ttl, errors, jitter, hours, days, kind
):
    document = replace(DOCUMENT, ttl=ttl, skip_hours=tuple(hours), skip_days=tuple(days))
    state = PollState("f1", errors=errors)
    found = outcome(kind, retry_after=retry, max_age=age)
    later = after(state, found, document, jitter=jitter)
    assert NOW + timedelta(seconds=LIMITS.min_interval) <= later.next_poll
    assert later.next_poll <= horizon(LIMITS, NOW)
    assert later.next_reason


@given(st.integers(1, 20_000), st.data())
def test_a_crowd_is_spread(waiting, data):
    position = data.draw(st.integers(0, waiting - 1))
    first, last = spread(waiting, 0), spread(waiting, waiting - 1)
    assert first == 0
    assert first <= spread(waiting, position) <= last <= 600
    if waiting <= 4_800:
        assert waiting / max(last, 1.0) <= 16
