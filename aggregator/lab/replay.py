"""Runs documents in order through text, dedupe and cluster, without store or network.

Uses the same engines as the pipeline, on an archive in memory. The basis of
`run.py replay` and `run.py evaluate`.
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

_START = datetime(2000, 1, 1, tzinfo=UTC)  # clock for documents without times


@dataclass(frozen=True, slots=True)
class Replayed:
    """The decision on one document; ``partner`` is a document id."""

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
        """``now``: arrival time of all documents, as in an import; None: publication times."""
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
        """Decide all documents in order; stories are reported as of the end."""
        return self.polls(lines(documents), progress=progress)

    def polls(
        self, intakes: Iterable[Intake], *, progress: Callable[[int], None] = lambda _: None
    ) -> list[Replayed]:
        """Decide all entries of feed documents, like ``run``; an entry's id is its guid."""
        steps: list[tuple[str, Item, Evidence]] = []
        for intake in intakes:
            for step in self._steps(intake):
                steps.append(step)
                progress(len(steps))
        return [self._row(name, item, evidence) for name, item, evidence in steps]

    def _steps(self, intake: Intake) -> Iterator[tuple[str, Item, Evidence]]:
        """Decide consecutive documents of one source: id, item and evidence of each."""
        feed, document = intake.feed, intake.document
        history = remember(self._histories.get(feed.id, FeedHistory()), document)
        self._histories[feed.id] = history
        in_order = intake.in_order
        profile = profile_of(history)
        for entry, found in items(feed, document, profile, seen=self._arrived, in_order=in_order):
            name = entry.guid or ""
            # A document without any words still gets a result, as an item of its own.
            item = found or Item(f"i{name}", feed.id, name, title="", seen=self._clock)
            taken = self._recorder.take(item, self._clock)
            item = taken.item
            self._documents.setdefault(item.id, name)
            self._recorder.effects.clear()  # not needed here
            if taken.decision is None:
                again = "the same source and id again"
                yield name, item, Evidence(Rule.REVISION, 1.0, 1.0, item.id, again)
            else:
                yield name, item, taken.decision.evidence

    def _arrived(self, entry: Entry) -> datetime:
        """The arrival time of a document: its own time, or right after the previous one."""
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
