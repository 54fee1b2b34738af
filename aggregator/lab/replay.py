"""Runs documents in order through text, dedupe and cluster, without store or network.

The same engines as in the pipeline, over a scratch archive in memory: what
`run.py replay` and `run.py evaluate` are made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.engine.decider import Decider
from aggregator.engine.documents import items
from aggregator.engine.imports import Intake, lines
from aggregator.engine.plain_documents import PlainDocument
from aggregator.engine.recorder import MemoryRecords, Recorder
from aggregator.model import Entry, Evidence, FeedHistory, Item, Rule
from aggregator.settings import ClusterSettings, DedupeSettings
from aggregator.text.feed_history import profile_of, remember

_START = datetime(2000, 1, 1, tzinfo=UTC)  # the clock of documents that know no time


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one document; partner is a document's id."""

    id: str
    item: Item
    canonical: str
    story: str
    evidence: Evidence
    partner: str | None


class Replay:
    """A stream of documents, decided one after another."""

    def __init__(
        self,
        dedupe_settings: DedupeSettings | None = None,
        cluster_settings: ClusterSettings | None = None,
        *,
        now: datetime | None = None,
    ) -> None:
        """``now``: all documents arrive then, as in an import; else each when it was published."""
        decider = Decider(
            dedupe_settings or DedupeSettings(), cluster_settings or ClusterSettings()
        )
        self._records = MemoryRecords()
        self._recorder = Recorder(lambda: decider, self._records)
        self._histories: dict[str, FeedHistory] = {}
        self._now = now
        self._clock = now or _START
        self._documents: dict[str, str] = {}  # item id -> id of its first document

    def run(
        self,
        documents: Iterable[PlainDocument],
        *,
        progress: Callable[[int], None] = lambda _: None,
    ) -> list[Replayed]:
        """Decide all documents in order; stories are as they stand at the end."""
        steps: list[tuple[str, Item, Evidence]] = []
        for intake in lines(documents):
            for step in self._steps(intake):
                steps.append(step)
                progress(len(steps))
        return [self._row(name, item, evidence) for name, item, evidence in steps]

    def _steps(self, intake: Intake) -> Iterator[tuple[str, Item, Evidence]]:
        """The documents of one source that come in a row, each with what became of it."""
        feed, document = intake.feed, intake.document
        history = remember(self._histories.get(feed.id, FeedHistory()), document)
        self._histories[feed.id] = history
        made = items(feed, document, profile_of(history), seen=self._arrived, in_order=True)
        for entry, (_, found) in zip(document.entries, made, strict=True):
            name = entry.guid or ""
            # A document without a word is still answered for: it stands alone.
            item = found or Item(f"i{name}", feed.id, name, title="", seen=self._clock)
            taken = self._recorder.take(item, self._clock)
            item = taken.item
            self._documents.setdefault(item.id, name)
            self._recorder.effects.clear()  # nobody asks what was touched
            if taken.decision is None:
                again = "the same source and id again"
                yield name, item, Evidence(Rule.REVISION, 1.0, 1.0, item.id, again)
            else:
                yield name, item, taken.decision.evidence

    def _arrived(self, entry: Entry) -> datetime:
        """When a document came in: as published, or right after the one before it."""
        if self._now is None and entry.published is not None:
            self._clock = max(self._clock, entry.published)
        return self._clock

    def _row(self, name: str, item: Item, evidence: Evidence) -> Replayed:
        standing = self._records.standing
        placed = self._records.archive.placed(item.id)
        canonical = standing.canonical_of(item.id) or ""
        story = standing.story_of(canonical) or ""
        return Replayed(
            id=name,
            item=placed.item if placed else item,
            canonical=canonical,
            story=standing.primary_of(story),
            evidence=evidence,
            partner=self._documents.get(evidence.partner or ""),
        )
