"""Ways to send a digest to somebody, once: what the outbox asks of each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aggregator.digest import Edition
from aggregator.settings import DigestSettings, Settings
from storage import OutboxMessage


class Result(StrEnum):
    """What came of one attempt."""

    SENT = "sent"  # the receiver said so
    LATER = "later"  # certainly not delivered; may be tried again
    REFUSED = "refused"  # certainly not delivered; trying again is of no use
    UNKNOWN = "unknown"  # it may have been delivered


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt, and why it failed."""

    result: Result
    why: str = ""
    wait: float = 0.0  # seconds that the receiver asked for


Begin = Callable[[], None]
"""Called once, before the content leaves; raises LookupError if it must not."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to send. ``send`` may raise anything; the outbox notes it."""

    targets: Callable[[DigestSettings], Sequence[str]]
    content: Callable[[Edition, DigestSettings], str]
    send: Callable[[OutboxMessage, Settings, Begin], Awaitable[Outcome]]
    recognised: bool  # receivers recognise a message that they get twice
