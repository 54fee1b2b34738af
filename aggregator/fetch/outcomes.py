"""Interprets responses: pure functions from responses to poll outcomes."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from aggregator.fetch.exchange import Response
from aggregator.fetch.headers import first, links, max_age, retry_after, validator
from aggregator.model import Outcome, PollOutcome, PollState

PROBE_EVERY = 48  # 304 answers in a row before a check
PROBE_SILENT = 8  # the same for a feed that is silent for longer than its rhythm
_SILENT_BEATS = 10
_REFUSALS = {401, 403, 407, 429, 451}


def suspicious(state: PollState) -> bool:
    """Whether the next poll is to verify the 304 answers by sending no validators."""
    run = state.not_modified_run
    if run == 0:
        return False
    if run % PROBE_EVERY == 0:
        return True
    if state.rhythm is None or state.changed is None or state.last_poll is None:
        return False
    silent = state.last_poll - state.changed > timedelta(seconds=_SILENT_BEATS * state.rhythm)
    return silent and run % PROBE_SILENT == 0


def conditions(state: PollState) -> tuple[tuple[str, str], ...]:
    """The validators to send, byte for byte as received.

    Empty for a feed whose validators proved wrong or are being verified.
    """
    if state.lies or suspicious(state):
        return ()
    found = []
    if state.etag:
        found.append(("If-None-Match", state.etag))
    if state.last_modified:
        found.append(("If-Modified-Since", state.last_modified))
    return tuple(found)


def outcome_of(response: Response, blank: PollOutcome) -> PollOutcome:
    """The outcome of a response in general. ``blank`` has feed, time and address."""
    status, headers = response.status, response.headers
    if status == 304 or 200 <= status < 300:
        hubs, selves = links(headers, "hub"), links(headers, "self")
        return replace(
            blank,
            outcome=Outcome.NOT_MODIFIED if status == 304 else Outcome.CONTENT,
            status=status,
            content_type=first(headers, "content-type"),
            body=response.body,
            partial=response.partial,
            etag=validator(headers, "etag"),
            last_modified=validator(headers, "last-modified"),
            max_age=max_age(headers, blank.at),
            permanent_url=response.url if response.permanent else None,
            hub=hubs[0] if hubs else None,
            topic=selves[0] if selves else None,
        )
    wait = retry_after(headers, blank.at)
    if status == 410 and not response.temporary:
        return replace(blank, outcome=Outcome.GONE, status=status, error="gone (410)")
    if status in _REFUSALS:
        error = f"refused ({status})"
        return replace(blank, outcome=Outcome.REFUSED, status=status, retry_after=wait, error=error)
    error = f"HTTP {status}"
    return replace(blank, status=status, retry_after=wait, error=error)


def outcome_for_feed(outcome: PollOutcome, state: PollState, *, conditional: bool) -> PollOutcome:
    """The outcome of a response for a feed with this ``state``."""
    if outcome.outcome is Outcome.NOT_MODIFIED and not conditional:
        return replace(
            outcome, outcome=Outcome.FAILED, error="unexpected 304 to an unconditional request"
        )
    if outcome.outcome is not Outcome.CONTENT:
        return outcome
    if outcome.status not in (200, 203):
        return replace(
            outcome, outcome=Outcome.FAILED, error=f"no feed in a {outcome.status} response"
        )
    if not outcome.body.strip():
        return replace(outcome, outcome=Outcome.FAILED, error="empty response")
    digest = hashlib.sha256(outcome.body).hexdigest()
    if digest == state.body_hash and not outcome.partial:
        return replace(outcome, outcome=Outcome.NOT_MODIFIED, body=b"", body_hash=digest)
    return replace(outcome, body_hash=digest)
