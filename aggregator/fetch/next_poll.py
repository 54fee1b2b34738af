"""Computes the state of a feed after a poll, including the next poll: a pure function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from aggregator.fetch.outcomes import suspicious
from aggregator.fetch.rhythm import Pace, after_skipped, asked, hub_is_silent, pace, rhythm, words
from aggregator.model import Document, FeedState, Outcome, PollOutcome, PollState
from aggregator.settings import FeedSettings, FetchLimits

CRASHES = 3  # documents that kill their parser before a feed is quarantined
LOST = 3  # failures of an adopted address before that in feeds.toml is used again
JITTER = 0.1  # maximum share of the interval that is added, never subtracted
ANOTHER_DAY = timedelta(hours=12)  # minimum time between two sightings of a move, on other dates
_NO_FEED = {"", "page", "html"}
_LONGEST = 2_000  # maximum characters of an address in a document
_HOUR = timedelta(hours=1)


def next_poll(  # noqa: PLR0913 # a pure function takes all it depends on
    settings: FeedSettings,
    limits: FetchLimits,
    state: PollState,
    outcome: PollOutcome,
    document: Document | None,
    published: Sequence[datetime],
    *,
    now: datetime,
    jitter: float,
    crashed: bool = False,
) -> PollState:
    """The feed's state after a poll, with the time of the next and the reason for it.

    ``document`` is the parsed body, or None; ``published`` are the times of its
    entries. ``jitter`` in [0, 1) spreads polls over a tenth of the interval.
    ``crashed`` says that the body killed its parser (or the caller counts
    ``state.crashes`` itself).

    Validators enter the state only here, so that they are stored in the same
    transaction as the entries.
    """
    if not outcome.pushed:
        rest = now + timedelta(seconds=outcome.retry_after) if outcome.retry_after else None
        if rest != state.rest_until:
            state = replace(state, rest_until=rest)
    if _not_asked(outcome):
        wait = outcome.retry_after or 0.0
        return _due(state, Pace(wait, outcome.error or ""), now, jitter)
    state = _counted(state, outcome, now, crashed=crashed)
    if state.crashes >= CRASHES:
        why = f"quarantined: {state.crashes} of its documents in a row killed the parser"
        return _ended(state, FeedState.QUARANTINED, why)
    if outcome.pushed:
        return _pushed(state, _feed(outcome, document), published, now)
    if outcome.outcome is Outcome.GONE and state.address is None:
        why = f"gone (410) on {now:%Y-%m-%d}: its publisher ended it"
        return _ended(replace(state, errors=state.errors + 1), FeedState.GONE, why)
    if outcome.outcome is Outcome.NOT_MODIFIED:
        state = _moved(settings, _unchanged(state, outcome, now), outcome, now)
    elif (feed := _feed(outcome, document)) is not None:
        state = _moved(settings, _read(state, outcome, feed, published, now), outcome, now)
    else:
        return _failed(settings, limits, state, outcome, document, now=now, jitter=jitter)
    chosen = pace(settings, limits, state, outcome, now=now)
    return _due(state, chosen, now, jitter, interval=chosen.seconds)


def is_due(state: PollState, limits: FetchLimits, now: datetime) -> bool:
    """Whether a feed is to be polled at ``now``.

    Also true if its next poll is further ahead than any rule can set it: then it was
    set by a wrong clock.
    """
    if state.state is not FeedState.ACTIVE:
        return False
    return state.next_poll is None or not now < state.next_poll <= horizon(limits, now)


def horizon(limits: FetchLimits, now: datetime) -> datetime:
    """The latest time that any rule can set for a next poll.

    The longest interval or Retry-After with jitter, plus a week of skipDays.
    """
    longest = max(limits.max_interval, 86_400.0) * (1 + JITTER)
    return now + timedelta(seconds=longest, days=8)


def spread(waiting: int, position: int, *, per_second: float = 8.0, most: float = 600.0) -> float:
    """Seconds until the feed at ``position`` of ``waiting`` overdue ones is polled.

    After a start, a suspend or a jump of the clock all feeds are overdue at once.
    They are spread evenly: ``per_second`` of them each second, within ``most``
    seconds.
    """
    if waiting <= 1:
        return 0.0
    return position / waiting * min(waiting / per_second, most)


def _not_asked(outcome: PollOutcome) -> bool:
    """Whether nothing was sent because the domain is paused (not an error of this feed)."""
    return (
        outcome.outcome is Outcome.REFUSED
        and outcome.status is None
        and outcome.retry_after is not None
    )


def _feed(outcome: PollOutcome, document: Document | None) -> Document | None:
    """The document if it is a feed with entries: not a page, not just its beginning."""
    if outcome.outcome is not Outcome.CONTENT or document is None or document.kind in _NO_FEED:
        return None
    cut = outcome.partial or document.partial
    return document if document.entries or not cut else None


def _ended(state: PollState, end: FeedState, why: str) -> PollState:
    return replace(state, state=end, next_poll=None, next_reason=why, last_error=why)


def _pushed(
    state: PollState, feed: Document | None, published: Sequence[datetime], now: datetime
) -> PollState:
    """The state after a hub's delivery, which changes neither validators nor the next poll."""
    if feed is None:
        return state
    return replace(state, last_good=now, crashes=0, changed=_newest(published, now))


def _counted(state: PollState, outcome: PollOutcome, now: datetime, *, crashed: bool) -> PollState:
    polled = not outcome.pushed
    return replace(
        state,
        bytes=state.bytes + outcome.wire_bytes,
        crashes=state.crashes + crashed,
        polls=state.polls + polled,
        not_modified=state.not_modified + (outcome.outcome is Outcome.NOT_MODIFIED),
        last_poll=now if polled else state.last_poll,
    )


def _unchanged(state: PollState, outcome: PollOutcome, now: datetime) -> PollState:
    good: dict[str, Any] = {"last_good": now, "errors": 0, "last_error": None, "crashes": 0}
    if outcome.status == 304:
        return replace(state, not_modified_run=state.not_modified_run + 1, **good)
    return replace(  # unchanged body, but the validators may be new
        state,
        etag=outcome.etag,
        last_modified=outcome.last_modified,
        body_hash=outcome.body_hash or state.body_hash,
        not_modified_run=state.not_modified_run + 1 if suspicious(state) else 0,
        **good,
    )


def _read(
    state: PollState,
    outcome: PollOutcome,
    document: Document,
    published: Sequence[datetime],
    now: datetime,
) -> PollState:
    seconds, skip = asked(document)
    hub, topic = _stored(document.hub or outcome.hub), _stored(document.topic or outcome.topic)
    same_hub = (hub, topic) == (state.hub, state.topic)
    leased = same_hub and not hub_is_silent(state, published, now)
    found: dict[str, Any] = {
        "last_good": now,
        "errors": 0,
        "crashes": 0,
        "changed": _newest(published, now),
        "rhythm": rhythm(published, now) or state.rhythm,
        "asked": seconds,
        "skip": skip,
        "title": document.title or state.title,
        "site": document.link or state.site,
        "hub": hub,
        "topic": topic,
        "lease_until": state.lease_until if leased else None,
        "hub_secret": state.hub_secret if same_hub else None,
        "hub_asked": state.hub_asked if same_hub else None,
    }
    if outcome.partial or document.partial:
        # Without its validators, so that the next poll gets the rest.
        early = "the document was cut off; its complete entries were read"
        return replace(state, last_error=early, **found)
    return replace(
        state,
        last_error=None,
        etag=outcome.etag,
        last_modified=outcome.last_modified,
        body_hash=outcome.body_hash,
        not_modified_run=0,
        lies=state.lies or _lied(state, outcome, published),
        **found,
    )


def _stored(address: str | None) -> str | None:
    """An address to store; None if it is too long."""
    return address if address and len(address) <= _LONGEST else None


def _newest(published: Sequence[datetime], now: datetime) -> datetime:
    """The latest entry time: a backlog polled today may have ended a year ago."""
    return max((time for time in published if time <= now), default=now)


def _lied(state: PollState, outcome: PollOutcome, published: Sequence[datetime]) -> bool:
    """Whether a poll without validators proves that earlier 304 answers were wrong.

    True if the body changed but its ETag did not, or if it has entries from well
    before the last 304 that are newer than the newest known one.
    """
    if not suspicious(state) or state.changed is None or state.last_poll is None:
        return False
    if outcome.etag is not None and outcome.etag == state.etag:
        return True
    return any(state.changed + _HOUR < time < state.last_poll - _HOUR for time in published)


def _moved(
    settings: FeedSettings, state: PollState, outcome: PollOutcome, now: datetime
) -> PollState:
    """Adopt an address after good answers from it on two days."""
    target = outcome.permanent_url
    if target is None or target in (settings.url, state.address):
        return state if state.moved_to is None else replace(state, moved_to=None, moved_since=None)
    if settings.url.startswith("https:") and not target.startswith("https:"):
        return state  # follow it, but never drop TLS permanently
    since = state.moved_since
    if target != state.moved_to or since is None or since > now:
        return replace(state, moved_to=target, moved_since=now)
    if now - since < ANOTHER_DAY or now.date() == since.date():
        return state
    return replace(state, address=target, moved_to=None, moved_since=None)


def _failed(
    settings: FeedSettings,
    limits: FetchLimits,
    state: PollState,
    outcome: PollOutcome,
    document: Document | None,
    *,
    now: datetime,
    jitter: float,
) -> PollState:
    """The state after a failure: validators are kept; polls become rarer but never stop."""
    error = outcome.error or _unread(outcome, document)
    base = max(state.interval or settings.interval or limits.default_interval, limits.min_interval)
    state = replace(state, last_error=error)
    if outcome.status == 304:  # in reply to a poll without validators: they are unusable
        state = replace(state, etag=None, last_modified=None)
    if outcome.offline:
        state = replace(state, errors=max(state.errors, 1))
        reason = f"no network on this machine ({error}); the interval stays as it was"
        return _due(state, Pace(min(base, limits.max_interval), reason), now, jitter)
    state = replace(state, errors=state.errors + 1)
    if state.address is not None and state.errors >= LOST:
        state = replace(state, address=None)
        error = f"{error}; going back to the address in feeds.toml"
    wait = min(base * 2.0 ** min(state.errors - 1, 16), limits.max_interval)
    reason = f"{_times(state.errors)}: {error}"
    if outcome.retry_after is not None and outcome.retry_after > wait:
        wait = outcome.retry_after
        reason += f"; the server asks to wait {words(wait)}"
    return _due(state, Pace(wait, reason), now, jitter)


def _unread(outcome: PollOutcome, document: Document | None) -> str:
    if outcome.outcome is not Outcome.CONTENT:
        return outcome.outcome.value
    if document is None:
        return "the document could not be read"
    if document.kind in _NO_FEED:
        return "got a web page instead of a feed"
    return "the document ended before its first entry"


def _times(errors: int) -> str:
    return "an error" if errors == 1 else f"{errors} errors in a row"


def _due(
    state: PollState, chosen: Pace, now: datetime, jitter: float, *, interval: float | None = None
) -> PollState:
    wait = timedelta(seconds=chosen.seconds * (1 + JITTER * jitter))
    due = after_skipped(now + wait, state.skip)
    reason = f"after {words(chosen.seconds)}: {chosen.reason}"
    if due != now + wait:
        reason += "; delayed by the feed's skipHours or skipDays"
    return replace(state, next_poll=due, next_reason=reason, interval=interval or state.interval)
