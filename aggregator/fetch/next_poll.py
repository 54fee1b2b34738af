"""What a poll means for the next one: a pure function from state to state."""

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
LOST = 3  # failures of an adopted address before feeds.toml's is asked again
JITTER = 0.1  # of the interval at the most, added and never taken off
ANOTHER_DAY = timedelta(hours=12)  # and another date: the least between two sights of a move
_NO_FEED = {"", "page", "html"}
_LONGEST = 2_000  # characters of an address that a document names
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

    ``document`` is what the parser made of the body, None where it made nothing;
    ``published`` are the times of its entries. ``jitter`` in [0, 1) spreads polls
    over a tenth of the interval. ``crashed`` says that the body killed its parser
    (or the caller counts ``state.crashes`` itself).

    Validators enter the state only here, together with what the entries made, so
    that what is stored in one transaction belongs together.
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

    Also when its next poll lies further ahead than any rule puts it: then it was
    set by a clock that ran wrong.
    """
    if state.state is not FeedState.ACTIVE:
        return False
    return state.next_poll is None or not now < state.next_poll <= horizon(limits, now)


def horizon(limits: FetchLimits, now: datetime) -> datetime:
    """The latest time that any rule sets for a next poll.

    The longest interval or Retry-After with its jitter, then a week to skip.
    """
    longest = max(limits.max_interval, 86_400.0) * (1 + JITTER)
    return now + timedelta(seconds=longest, days=8)


def spread(waiting: int, position: int, *, per_second: float = 8.0, most: float = 600.0) -> float:
    """Seconds after which the feed at ``position`` of ``waiting`` overdue ones is polled.

    After a start, a suspend or a jump of the clock all feeds are overdue at once.
    They are spread evenly: ``per_second`` of them each second, within ``most``
    seconds.
    """
    if waiting <= 1:
        return 0.0
    return position / waiting * min(waiting / per_second, most)


def _not_asked(outcome: PollOutcome) -> bool:
    """Nothing was sent: the publisher wants rest, which is no fault of this feed."""
    return (
        outcome.outcome is Outcome.REFUSED
        and outcome.status is None
        and outcome.retry_after is not None
    )


def _feed(outcome: PollOutcome, document: Document | None) -> Document | None:
    """The document, if it is one of a feed: not a page, and not only its beginning."""
    if outcome.outcome is not Outcome.CONTENT or document is None or document.kind in _NO_FEED:
        return None
    cut = outcome.partial or document.partial
    return document if document.entries or not cut else None


def _ended(state: PollState, end: FeedState, why: str) -> PollState:
    return replace(state, state=end, next_poll=None, next_reason=why, last_error=why)


def _pushed(
    state: PollState, feed: Document | None, published: Sequence[datetime], now: datetime
) -> PollState:
    """After a hub's delivery: it says nothing of validators, nor of the next poll."""
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
    return replace(  # the same body again: its validators may be new all the same
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
        # Not its validators: the next poll is to bring the rest.
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
    """An address as it is remembered: not one of absurd length."""
    return address if address and len(address) <= _LONGEST else None


def _newest(published: Sequence[datetime], now: datetime) -> datetime:
    """When the feed last spoke: a backlog polled today may have ended a year ago."""
    return max((time for time in published if time <= now), default=now)


def _lied(state: PollState, outcome: PollOutcome, published: Sequence[datetime]) -> bool:
    """Whether a poll without validators shows that the 304 answers before were lies.

    The body changed while its ETag did not, or it has entries from well before the
    last 304 and after the newest that was known.
    """
    if not suspicious(state) or state.changed is None or state.last_poll is None:
        return False
    if outcome.etag is not None and outcome.etag == state.etag:
        return True
    return any(state.changed + _HOUR < time < state.last_poll - _HOUR for time in published)


def _moved(
    settings: FeedSettings, state: PollState, outcome: PollOutcome, now: datetime
) -> PollState:
    """Adopt an address when it was the answer on two days, good both times."""
    target = outcome.permanent_url
    if target is None or target in (settings.url, state.address):
        return state if state.moved_to is None else replace(state, moved_to=None, moved_since=None)
    if settings.url.startswith("https:") and not target.startswith("https:"):
        return state  # followed, but TLS is not given up for good
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
    """Items and validators stay as they were; polls become rarer, and never end."""
    error = outcome.error or _unread(outcome, document)
    base = max(state.interval or settings.interval or limits.default_interval, limits.min_interval)
    state = replace(state, last_error=error)
    if outcome.status == 304:  # to a poll without validators: they are worth nothing
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
