"""When a feed is polled again, and what a poll leaves behind: pure functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch import horizon, is_due, next_poll, spread
from aggregator.fetch.answers import conditions
from aggregator.model import Document, Entry, FeedState, Outcome, PollOutcome, PollState
from aggregator.settings import FeedSettings, FetchLimits

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
URL = "https://a.example/feed"
FEED = FeedSettings(URL)
LIMITS = FetchLimits()
DOCUMENT = Document((Entry(title="a"),), kind="rss20")
HOUR = timedelta(hours=1)


def outcome(kind=Outcome.CONTENT, **more):
    return PollOutcome("f1", kind, more.pop("at", NOW), URL, **{"status": 200, **more})


def same(**more):
    return outcome(Outcome.NOT_MODIFIED, **{"status": 304, **more})


def failed(**more):
    return outcome(Outcome.FAILED, **{"status": 500, "error": "the server answered 500", **more})


def after(state, found, document=None, *, published=(), feed=FEED, limits=LIMITS, **more):
    now = more.pop("now", NOW)
    jitter = more.pop("jitter", 0.0)
    return next_poll(
        feed, limits, state, found, document, published, now=now, jitter=jitter, **more
    )


def wait(state, now=NOW):
    return (state.next_poll - now).total_seconds()


def every(seconds, count=20, end=NOW):
    return [end - timedelta(seconds=seconds * n) for n in range(count)]


# When: the rhythm, what the publisher says, the bounds.


def test_without_a_rhythm_the_default_counts():
    state = after(PollState("f1"), outcome(), DOCUMENT)
    assert wait(state) == LIMITS.default_interval
    assert "default" in state.next_reason


def test_twice_per_expected_entry():
    state = after(PollState("f1"), outcome(), DOCUMENT, published=every(7_200))
    assert state.rhythm == 7_200
    assert wait(state) == 3_600
    assert "an entry every 2 h" in state.next_reason


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
    assert "200 errors in a row: the server answered 500" in state.next_reason
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
    assert "no network here" in state.next_reason


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
    assert "early" in later.last_error


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
    assert "given up" in state.next_reason


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
