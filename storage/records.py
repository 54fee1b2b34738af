"""What the store hands out and takes in beside the words of ``aggregator.model``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

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
    """One visit to a feed and what came of it."""

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
    """Which items to list; what is left out does not narrow."""

    since: datetime | None = None  # by ``Item.time``, this moment included
    until: datetime | None = None  # by ``Item.time``, this moment excluded
    feed: str | None = None
    language: str | None = None
    tag: str | None = None
    flag: str | None = None
    canonical: str | None = None
    story: str | None = None
    rule: str | None = None  # of the latest decision


@dataclass(frozen=True, slots=True)
class StoryFilter:
    """Which stories to list; what is left out does not narrow."""

    since: datetime | None = None  # something was published at or after this moment
    until: datetime | None = None  # something was published before this moment
    arrived: datetime | None = None  # a canonical item was founded after this moment
    language: str | None = None  # of any of its items
    feed: str | None = None  # any of its items
    tag: str | None = None  # any of its items


@dataclass(frozen=True, slots=True)
class StoryRecord:
    """What is kept of a story: what lists and filters need. ``reading`` makes the rest."""

    id: str
    first: datetime  # ``Item.time`` of its earliest item
    last: datetime  # of its latest, texts that came again apart
    languages: tuple[str, ...]  # of its items, the earliest first
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
    follows: tuple[str, ...] = ()  # what it and its variants continue, its own first


@dataclass(frozen=True, slots=True)
class Revision:
    """An item as it was before a newer text replaced it."""

    item: Item
    replaced: datetime


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A decision about an item and when it was made.

    The keys of ``decision`` are not kept with it: they belong to the item's
    latest text (see ``Items.keys``).
    """

    decision: Decision
    at: datetime


@dataclass(frozen=True, slots=True)
class RepresentativeRecord:
    """Which item came to stand for a canonical item, when and why."""

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
    """A link between stories of two languages, or its end, and when it was made."""

    link: StoryLink
    at: datetime


@dataclass(frozen=True, slots=True)
class CorrectionRecord:
    """A correction, and when it was undone (if it was)."""

    correction: Correction
    undone: datetime | None = None


@dataclass(frozen=True, slots=True)
class DigestRecord:
    """A digest that was written, or is to be: recorded before its files are.

    The items are those that stand in it under their own headline.
    """

    name: str
    at: datetime
    since: datetime
    until: datetime
    files: tuple[str, ...] = ()
    stories: tuple[str, ...] = ()  # in the order in which they stand in it
    items: tuple[str, ...] = ()
    written: bool = True
    number: int | None = field(default=None, compare=False)  # given by the store


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the store holds."""

    feeds: int = 0  # not removed
    polls: int = 0
    items: int = 0
    revisions: int = 0
    canonicals: int = 0
    stories: int = 0
    rules: dict[str, int] = field(default_factory=dict)  # items by rule of their latest decision

    @property
    def duplicates(self) -> int:
        """Items that repeat another one."""
        return self.items - self.canonicals
