"""The result of a poll, before it is stored and in numbers afterwards."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime

from aggregator.engine.prepared import Prepared
from aggregator.engine.recorder import Taken
from aggregator.model import Document, Feed, Outcome, PollOutcome, PollState
from aggregator.settings import FeedSettings
from storage import PollRecord


@dataclass(frozen=True, slots=True)
class Poll:
    """The result of one poll: the outcome, and the document if it could be parsed."""

    feed: Feed
    settings: FeedSettings
    outcome: PollOutcome
    document: Document | None = None
    prepared: Prepared | None = None  # what was made of the document ahead
    problem: str | None = None  # why there is no document
    crashed: bool = False  # the document killed its parser
    jitter: float = 0.5  # in [0, 1), spreads the next poll


@dataclass(slots=True)
class Tally:
    """The results of one or more polls in numbers."""

    entries: int = 0
    items: int = 0
    revisions: int = 0
    canonicals: int = 0
    stories: int = 0
    rules: Counter[str] = field(default_factory=Counter)  # duplicates by rule

    @property
    def duplicates(self) -> int:
        """The number of new items that joined an existing canonical item."""
        return sum(self.rules.values())

    def count(self, taken: Taken) -> None:
        """Count one item of a document."""
        if taken.decision is None:
            return
        if not taken.new:
            self.revisions += 1
            return
        self.items += 1
        if taken.story is None:
            self.rules[taken.decision.evidence.rule] += 1
        else:
            self.canonicals += 1
            self.stories += taken.story.founded

    def add(self, other: Tally) -> None:
        """Add the numbers of ``other``."""
        self.entries += other.entries
        self.items += other.items
        self.revisions += other.revisions
        self.canonicals += other.canonicals
        self.stories += other.stories
        self.rules.update(other.rules)

    def plus(self, other: Tally) -> Tally:
        """The numbers of both."""
        both = Tally()
        both.add(self)
        both.add(other)
        return both


def published(document: Document | None) -> list[datetime]:
    """The publication times of the entries."""
    return [e.published for e in document.entries if e.published] if document else []


def as_failed(poll: Poll) -> PollOutcome:
    """The outcome, turned into a failure if its document could not be read."""
    if poll.problem is None:
        return poll.outcome
    return replace(poll.outcome, outcome=Outcome.FAILED, error=poll.problem)


def counted(state: PollState, tally: Tally) -> PollState:
    """The state of a feed with the items and duplicates of a poll added to its counts."""
    return replace(
        state,
        entries_seen=state.entries_seen + tally.items,
        duplicates=state.duplicates + tally.duplicates,
    )


def record(poll: Poll, tally: Tally, now: datetime) -> PollRecord:
    """The line of the poll log for a poll that ended at ``now``."""
    outcome, document = poll.outcome, poll.document
    return PollRecord(
        feed=poll.feed.id,
        at=now,
        outcome=as_failed(poll).outcome,
        status=outcome.status,
        bytes=outcome.wire_bytes,
        elapsed=outcome.elapsed,
        entries=tally.entries,
        new_items=tally.items,
        duplicates=tally.duplicates,
        error=poll.problem or outcome.error,
        parser=document.parser if document else "",
        problems=document.problems if document else (),
    )
