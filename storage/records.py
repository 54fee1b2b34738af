"""Record types of the store, in addition to those of ``aggregator.model``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aggregator.model import (
    Correction,
    Decision,
    Evidence,
    Item,
    Outcome,
    StoryChange,
    StoryDecision,
    StoryLink,
)


@dataclass(frozen=True, slots=True)
class PollRecord:
    """One poll of a feed and its result."""

    feed: str
    at: datetime
    outcome: Outcome
    status: int | None = None
    bytes: int = 0  # on the wire
    elapsed: float = 0.0  # seconds
    entries: int = 0
    new_items: int = 0
    duplicates: int = 0
    error: str | None = None
    parser: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which items to list; fields left out do not filter."""

    since: datetime | None = None  # by ``Item.time``, inclusive
    until: datetime | None = None  # by ``Item.time``, exclusive
    feed: str | None = None
    language: str | None = None
    tag: str | None = None
    flag: str | None = None
    canonical: str | None = None
    story: str | None = None
    rule: str | None = None  # of the latest decision


@dataclass(frozen=True, slots=True)
class StoryFilter:
    """Which stories to list; fields left out do not filter."""

    since: datetime | None = None  # something was published at or after this moment
    until: datetime | None = None  # something was published before this moment
    arrived: datetime | None = None  # a canonical item was created after this moment
    language: str | None = None  # of any of its items
    feed: str | None = None  # any of its items
    tag: str | None = None  # any of its items


@dataclass(frozen=True, slots=True)
class StoryRecord:
    """The stored part of a story, for lists and filters. ``reading`` derives the rest."""

    id: str
    first: datetime  # ``Item.time`` of its earliest item
    last: datetime  # of its latest, without republished texts
    languages: tuple[str, ...]  # of its items, earliest first
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class StoryPart:
    """One canonical item of a story with all its items, by ``Item.time``, then by arrival."""

    canonical: str
    representative: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class StoryContents:
    """Everything in a story, including its language variants."""

    id: str
    parts: tuple[StoryPart, ...]  # in order of arrival
    follows: tuple[str, ...] = ()  # the stories that it and its variants continue, its own first


@dataclass(frozen=True, slots=True)
class Revision:
    """An earlier version of an item, before a newer text replaced it."""

    item: Item
    replaced: datetime


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A decision about an item and when it was made.

    The keys of ``decision`` are not stored with it; they belong to the item's
    latest text (see ``Items.keys``).
    """

    decision: Decision
    at: datetime


@dataclass(frozen=True, slots=True)
class RepresentativeRecord:
    """Which item became the representative of a canonical item, when and why."""

    canonical: str
    item: str
    at: datetime
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class StoryDecisionRecord:
    """A decision about a canonical item and when it was made (without features)."""

    decision: StoryDecision
    at: datetime


@dataclass(frozen=True, slots=True)
class StoryChangeRecord:
    """A merge or split and when it was made."""

    change: StoryChange
    at: datetime


@dataclass(frozen=True, slots=True)
class StoryLinkRecord:
    """A link between stories of two languages, or its removal, and when it was made."""

    link: StoryLink
    at: datetime


@dataclass(frozen=True, slots=True)
class CorrectionRecord:
    """A correction, and when it was undone (if it was)."""

    correction: Correction
    undone: datetime | None = None


@dataclass(frozen=True, slots=True)
class DigestRecord:
    """A digest, recorded before its files are written.

    The items are those listed under their own headline, and those that it only counted.
    """

    name: str
    at: datetime
    since: datetime
    until: datetime
    files: tuple[str, ...] = ()
    stories: tuple[str, ...] = ()  # in the order of the digest
    items: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()  # items of stories that were only counted
    written: bool = True
    number: int | None = field(default=None, compare=False)  # assigned by the store


class OutboxState(StrEnum):
    """Where a message is on its way."""

    WAITING = "waiting"
    SENDING = "sending"  # its content may be leaving; only its process knows
    SENT = "sent"
    UNKNOWN = "unknown"  # it may have arrived, and is not sent again by itself
    FAILED = "failed"  # refused, or given up


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A digest on its way to one target."""

    digest: int  # number of the digest
    kind: str  # mail, webhook, apprise
    target: str
    message: str  # id by which receivers may recognise it
    payload: str  # what is sent; empty once it was
    made: datetime
    again: datetime  # when to try next; when it was sent
    state: OutboxState = OutboxState.WAITING
    tries: int = 0
    problem: str = ""  # of the latest attempt
    number: int | None = field(default=None, compare=False)  # assigned by the store


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the store holds."""

    feeds: int = 0  # without removed ones
    polls: int = 0
    items: int = 0
    revisions: int = 0
    canonicals: int = 0
    stories: int = 0
    rules: dict[str, int] = field(default_factory=dict)  # items by rule of their latest decision

    @property
    def duplicates(self) -> int:
        """Items that are duplicates of another one."""
        return self.items - self.canonicals
