"""Duplicate detection without a store, for two documents or a stream."""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator.dedupe import Verdict
from aggregator.engine.compare_titles import Side, verdict
from aggregator.engine.decider import Decider
from aggregator.engine.plain_documents import PlainDocument
from aggregator.engine.recorder import MemoryRecords, Recorder
from aggregator.model import Decision, Document, Entry, Evidence, Feed, Keys, Rule
from aggregator.settings import ClusterSettings, DedupeSettings
from aggregator.text.identity import feed_id
from aggregator.text.item_factory import make_item

_START = datetime(2000, 1, 1, tzinfo=UTC)  # clock for documents without times


def compare(a: str, b: str, *, language: str | None = None) -> Verdict:
    """Whether two headlines belong to the same article, and why.

    ``language`` is an ISO 639-1 code; None: detect it.
    """
    return verdict(Side(a, language=language), Side(b, language=language))


class Deduper:
    """A stream of documents in memory; each is decided when added."""

    def __init__(self, settings: DedupeSettings | None = None) -> None:
        self._records = MemoryRecords()
        decider = Decider(settings or DedupeSettings(), ClusterSettings())
        self._recorder = Recorder(lambda: decider, self._records)
        self._clock = _START

    def add(self, document: PlainDocument) -> Decision:
        """Decide which canonical item the next document belongs to, with evidence.

        The same ``source`` and ``id`` again is a revision. Raises ValueError for a
        document without any words in title and text.
        """
        if document.published is not None:
            self._clock = max(self._clock, document.published)
        url = f"import:{document.source or ''}"
        entry = Entry(
            title=document.title,
            link=document.url,
            guid=document.id,
            content=document.body,
            published=document.published,
            language=document.language,
        )
        source = Document(entries=(entry,), title=document.source or "", language=document.language)
        feed = Feed(feed_id(url), url, title=document.source)
        item = make_item(feed, entry, source, seen=self._clock)
        if item is None:
            raise ValueError(f"the document {document.id} has neither a title nor a text")
        taken = self._recorder.take(item, self._clock)
        self._recorder.effects.clear()  # not needed here
        if taken.decision is not None:
            return taken.decision
        canonical = self._records.standing.canonical_of(item.id) or ""
        evidence = Evidence(Rule.REVISION, 1.0, 1.0, item.id, "the same document again, unchanged")
        return Decision(item.id, canonical, False, evidence, Keys())
