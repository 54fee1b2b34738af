"""Sends what digests are to send besides files: by mail, to webhooks, through Apprise.

A message is recorded in the store together with the digest, before anything is sent. A process
claims it for LEASE, and notes in the store that it is about to leave before its content goes out.
So whatever is killed when, no two processes send it, and what is known not to have arrived is sent
again. If the end of a transmission is unknown (the other side hung up instead of answering, the
process was killed meanwhile), a message is sent again only where the receiver can recognise it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from aggregator.digest import Edition
from aggregator.publish.deliveries.channel import Outcome, Result
from aggregator.publish.deliveries.channels import CHANNELS
from aggregator.settings import DigestSettings, Settings
from aggregator.text.urls import host
from storage import OutboxMessage, OutboxState, Store

LEASE = timedelta(minutes=15)  # longer than any attempt
DEADLINE = 120.0  # seconds for one attempt
FIRST = timedelta(minutes=1)  # pause after the first failure; doubled by each further one
LONGEST = timedelta(hours=6)
TRIES = 20  # then it is given up: after about four days
AT_ONCE = 5

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one message."""

    message: OutboxMessage
    outcome: Outcome


def messages(
    edition: Edition, one: DigestSettings, *, digest: int, now: datetime
) -> list[OutboxMessage]:
    """What the digest with that number in the store is to send, one message per target.

    The ids of the messages depend on digest and target only.
    """
    found: list[OutboxMessage] = []
    for kind, channel in CHANNELS.items():
        for target in channel.targets(one):
            name = f"{one.name}/{digest}/{edition.until.isoformat()}/{kind}/{target}"
            found.append(
                OutboxMessage(
                    digest=digest,
                    kind=kind,
                    target=target,
                    message=hashlib.sha256(name.encode()).hexdigest()[:32],
                    payload=channel.content(edition, one),
                    made=now,
                    again=now,
                )
            )
    return found


def send_due(
    store: Store, settings: Settings, *, clock: Callable[[], datetime]
) -> Sequence[Attempt]:
    """Send the messages whose time has come; failures are noted for later and raise nothing.

    It starts an event loop of its own, so it cannot be called inside a running one.
    """
    with store.reading() as view:
        due = view.outbox.due(clock())
    if not due:
        return ()
    return asyncio.run(_send_all(store, settings, due, clock))


async def _send_all(
    store: Store, settings: Settings, due: Sequence[OutboxMessage], clock: Callable[[], datetime]
) -> Sequence[Attempt]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(message: OutboxMessage) -> Attempt | None:
        async with gate:
            return await _Sending(store, settings, clock).send(message)

    attempts = await asyncio.gather(*(one(message) for message in due))
    return [attempt for attempt in attempts if attempt is not None]


class _Sending:
    """One attempt to send one message."""

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._until = clock() + LEASE
        self._leaving = False

    async def send(self, message: OutboxMessage) -> Attempt | None:
        """Send it and note what came of it; None if another process has it."""
        assert message.number is not None  # noqa: S101 - read from the store
        channel = CHANNELS[message.kind]
        if message.state is OutboxState.SENDING:  # a process ended while sending it
            why = "the process that was sending it ended before the answer"
            outcome = Outcome(Result.LATER if channel.recognised else Result.UNKNOWN, why)
            return self._noted(message, outcome)
        with self._store.transaction() as tx:
            if not tx.outbox.claim(message, until=self._until):
                return None
        message = replace(message, tries=message.tries + 1)
        try:
            async with asyncio.timeout(DEADLINE):
                outcome = await channel.send(
                    message, self._settings, lambda: self._begin(message.number or 0)
                )
        except TimeoutError:
            outcome = self._broken(f"no answer within {DEADLINE:.0f} seconds")
        except Exception as error:  # noqa: BLE001 - whatever a library raises is noted
            outcome = self._broken(f"{type(error).__name__}: {error}")
        if outcome.result is Result.UNKNOWN and channel.recognised:
            outcome = replace(outcome, result=Result.LATER)
        return self._noted(message, outcome)

    def _begin(self, number: int) -> None:
        """Note that the content is about to leave. Raises LookupError if the claim was lost."""
        with self._store.transaction() as tx:
            if not tx.outbox.begin(number, until=self._until):
                raise LookupError("another process has taken it over")
        self._leaving = True

    def _broken(self, why: str) -> Outcome:
        return Outcome(Result.UNKNOWN if self._leaving else Result.LATER, why)

    def _noted(self, message: OutboxMessage, outcome: Outcome) -> Attempt:
        number, now = message.number or 0, self._clock()
        with self._store.transaction() as tx:
            if outcome.result is Result.SENT:
                tx.outbox.sent(number, now)
            else:
                state = _state(message, outcome)
                again = now + max(pause(message.tries), timedelta(seconds=outcome.wait))
                tx.outbox.end(number, state, again=again, problem=outcome.why)
        log.info("message", to=message.kind, result=outcome.result.value, why=outcome.why or None)
        return Attempt(message, outcome)


def pause(tries: int) -> timedelta:
    """How long to wait after so many attempts."""
    return min(LONGEST, FIRST * float(1 << min(max(tries - 1, 0), 16)))


def _state(message: OutboxMessage, outcome: Outcome) -> OutboxState:
    if outcome.result is Result.UNKNOWN:
        return OutboxState.UNKNOWN
    if outcome.result is Result.REFUSED or message.tries >= TRIES:
        return OutboxState.FAILED
    return OutboxState.WAITING


def row(message: OutboxMessage) -> dict[str, object]:
    """A message for display; its address without what may be a secret."""
    return {
        "number": message.number,
        "kind": message.kind,
        "target": host(message.target) if message.kind == "webhook" else message.target,
        "state": message.state.value,
        "tries": message.tries,
        "again": message.again,
        "problem": message.problem,
    }


def retry(store: Store, number: int, *, now: datetime) -> bool:
    """Send a message again that failed, or of which nothing is known; False if there is none.

    One of which nothing is known may arrive twice.
    """
    with store.transaction() as tx:
        found = tx.outbox.get(number)
        if found is None or found.state in (OutboxState.SENT, OutboxState.SENDING):
            return False
        tx.outbox.end(number, OutboxState.WAITING, again=now, problem=found.problem)
    return True
