"""States, outcomes and documents for tests of what a poll means for the next one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.fetch import next_poll
from aggregator.model import Document, Entry, Outcome, PollOutcome
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
    return outcome(Outcome.FAILED, **{"status": 500, "error": "HTTP 500", **more})


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
