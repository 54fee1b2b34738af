"""WebSub (W3C Recommendation, 2018): hubs that push new entries.

Pure functions on the poll state; only ``subscribe`` sends something. The life of a
subscription: a feed names its hub (``state.hub``, ``state.topic``); ``due`` says when
to subscribe; ``subscribe`` sends the request; the hub calls back to verify the intent
(``receive`` answers, and the lease begins); later it delivers documents (``receive``
checks the signature and returns an outcome to parse); before the lease ends ``due``
is true again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aggregator.fetch.body import Body
from aggregator.fetch.fetcher import Fetcher
from aggregator.fetch.guard import Refused
from aggregator.fetch.rhythm import LONGEST_LEASE, lease_left
from aggregator.fetch.websub_server import WebsubRequest, WebsubResponse
from aggregator.model import FeedState, Outcome, PollOutcome, PollState
from aggregator.settings import FetchLimits

LEASE = timedelta(days=10)  # requested lease
SHORTEST_LEASE = timedelta(minutes=5)
RENEW = timedelta(days=1)  # renewal before the end, or at a tenth of the rest for short leases
AGAIN = timedelta(hours=6)  # wait before asking a hub that did not verify again
ANSWER = timedelta(hours=1)  # time within which a hub has to verify
_METHODS: dict[str, Callable[[], object]] = {
    "sha1": hashlib.sha1,
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
}


@dataclass(frozen=True, slots=True)
class Received:
    """The result of a callback: the answer to send, the state to store, the outcome to parse."""

    response: WebsubResponse
    state: PollState | None = None  # to store, if changed
    outcome: PollOutcome | None = None  # a delivery, to be processed like a poll


def due(state: PollState, limits: FetchLimits, now: datetime) -> bool:
    """Whether to subscribe at the feed's hub, or to renew the lease."""
    if not limits.websub_callback or not state.hub or not state.topic:
        return False
    if state.state is not FeedState.ACTIVE:
        return False
    if state.hub_asked is not None and timedelta(0) <= now - state.hub_asked < AGAIN:
        return False
    return lease_left(state, now) <= RENEW


def callback(limits: FetchLimits, state: PollState) -> str:
    """The unguessable callback address for this feed."""
    return f"{(limits.websub_callback or '').rstrip('/')}/{state.feed}/{_token(state)}"


def form(limits: FetchLimits, state: PollState) -> list[tuple[str, str]]:
    """The form fields of a subscription request."""
    return [
        ("hub.mode", "subscribe"),
        ("hub.topic", state.topic or ""),
        ("hub.callback", callback(limits, state)),
        ("hub.secret", state.hub_secret or ""),
        ("hub.lease_seconds", str(int(LEASE.total_seconds()))),
    ]


async def subscribe(
    fetcher: Fetcher, limits: FetchLimits, state: PollState, *, secret: str, now: datetime
) -> tuple[PollState, PollOutcome]:
    """Subscribe at the hub of a feed for which ``due`` is true.

    ``secret`` is a new random text (``secrets.token_hex(32)``) for signing deliveries;
    a renewal keeps the existing one. Returns the state to store, whatever the hub's
    answer, and that answer. The state must be stored before the hub can call back:
    call ``asked`` and store first, or answer callbacks only after storing.
    """
    state = asked(state, secret=secret, now=now)
    outcome = await fetcher.post(state.hub or "", form(limits, state), now=now, origin=state.topic)
    return state, outcome


def asked(state: PollState, *, secret: str, now: datetime) -> PollState:
    """The state of a feed whose hub gets a request at ``now``."""
    return replace(state, hub_secret=state.hub_secret or secret, hub_asked=now)


def feed_of(path: str) -> str | None:
    """The feed id in a callback's path, or None if it is not one of ours."""
    parts = path.rstrip("/").rsplit("/", 2)
    return parts[1] if len(parts) == 3 and parts[1] else None


def receive(
    request: WebsubRequest, state: PollState | None, *, now: datetime, max_bytes: int
) -> Received:
    """Answer a hub's request. ``state`` is that of ``feed_of(request.path)``."""
    token = request.path.rstrip("/").rsplit("/", 1)[-1]
    known = state is not None and state.hub_secret and hmac.compare_digest(token, _token(state))
    if state is None or not known:
        return Received(WebsubResponse(404))
    if request.method == "GET":
        return _verify(request, state, now)
    if request.method == "POST":
        return _delivery(request, state, now, max_bytes)
    return Received(WebsubResponse(405))


def signed(secret: str, header: str | None, body: bytes) -> bool:
    """Whether X-Hub-Signature (``method=hexadecimal``) matches the body (WebSub, 8)."""
    method, _, given = (header or "").strip().partition("=")
    maker = _METHODS.get(method.lower())
    if maker is None or not given.isascii():
        return False
    right = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(right, given.lower())


def _token(state: PollState) -> str:
    secret = f"callback {state.feed} {state.hub_secret or ''}"
    return hashlib.sha256(secret.encode()).hexdigest()[:40]


def _verify(request: WebsubRequest, state: PollState, now: datetime) -> Received:
    """Verification of intent: confirm only what was requested."""
    query = dict(request.query)
    mode, challenge = query.get("hub.mode"), query.get("hub.challenge", "")
    if query.get("hub.topic") != state.topic:
        return Received(WebsubResponse(404))
    if mode == "denied":
        return Received(WebsubResponse(200), replace(state, lease_until=None))
    waiting = state.hub_asked is not None and now - state.hub_asked <= ANSWER
    if mode != "subscribe" or not waiting or not challenge:
        return Received(WebsubResponse(404))  # also for an unsubscription, which is never requested
    seconds = query.get("hub.lease_seconds", "")
    lease = LEASE
    if seconds.isascii() and seconds.isdigit() and len(seconds) < 12:
        lease = min(max(timedelta(seconds=int(seconds)), SHORTEST_LEASE), LONGEST_LEASE)
    response = WebsubResponse(200, challenge.encode(), "text/plain; charset=utf-8")
    return Received(response, replace(state, lease_until=now + lease))


def _delivery(request: WebsubRequest, state: PollState, now: datetime, max_bytes: int) -> Received:
    """A delivery from the hub. A wrong signature is answered like a valid one (8.1)."""
    thanks = WebsubResponse(202)
    if state.lease_until is None or state.state is not FeedState.ACTIVE:
        return Received(WebsubResponse(410))  # ends an unwanted subscription
    headers = dict(request.headers)
    if not signed(state.hub_secret or "", headers.get("x-hub-signature"), request.body):
        return Received(thanks)
    try:
        packed = Body(headers.get("content-encoding", ""), max_bytes)
        packed.feed(request.body)
        body, partial = packed.finish()
    except (Refused, ValueError):
        return Received(thanks)
    if not body.strip():
        return Received(thanks)
    outcome = PollOutcome(
        state.feed,
        Outcome.CONTENT,
        now,
        state.topic or "",
        status=200,
        body=body,
        content_type=headers.get("content-type"),
        body_hash=hashlib.sha256(body).hexdigest(),
        wire_bytes=len(request.body),
        partial=partial,
        pushed=True,
    )
    return Received(thanks, outcome=outcome)


def listen_address(listen: str) -> tuple[str, int]:
    """Host and port of ``websub_listen``. Raises ValueError for anything else."""
    parts = urlsplit(f"//{listen}")
    if not parts.hostname or parts.port is None:
        raise ValueError(f"websub_listen must be HOST:PORT, not {listen!r}")
    return parts.hostname, parts.port
