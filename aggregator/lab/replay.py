"""Runs documents in order through text, dedupe and cluster, without store or network.

The same engines as in the pipeline, over a scratch archive in memory: what
`run.py replay` and `run.py evaluate` are made of.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from aggregator.engine.decider import Decider
from aggregator.engine.plain_documents import PlainDocument
from aggregator.engine.recorder import MemoryRecords, Recorder
from aggregator.model import Document, Entry, Evidence, Feed, Item
from aggregator.settings import ClusterSettings, DedupeSettings
from aggregator.text.boilerplate import FeedProfile, learn
from aggregator.text.identity import feed_id
from aggregator.text.item_factory import make_item

PROFILE_ITEMS = 200  # of one source, as in the pipeline
LEARN_EVERY = 25  # new documents of a source after which its profile is learned again
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
    flags: tuple[str, ...]


@dataclass(slots=True)
class _Source:
    """What is remembered of one source to learn its profile."""

    feed: Feed
    titles: deque[str] = field(default_factory=lambda: deque(maxlen=PROFILE_ITEMS))
    texts: deque[str] = field(default_factory=lambda: deque(maxlen=PROFILE_ITEMS))
    profile: FeedProfile | None = None
    unlearned: int = 0

    def remember(self, title: str, text: str) -> None:
        self.titles.append(title)
        self.texts.append(text)
        self.unlearned += 1
        if self.unlearned >= LEARN_EVERY:
            self.profile = learn(tuple(self.titles), tuple(self.texts))
            self.unlearned = 0


class Replay:
    """A stream of documents, decided one after another."""

    def __init__(
        self,
        dedupe_settings: DedupeSettings | None = None,
        cluster_settings: ClusterSettings | None = None,
    ) -> None:
        decider = Decider(
            dedupe_settings or DedupeSettings(), cluster_settings or ClusterSettings()
        )
        self._records = MemoryRecords()
        self._recorder = Recorder(decider, self._records)
        self._sources: dict[str, _Source] = {}
        self._clock = _START
        self._documents: dict[str, str] = {}  # item id -> id of its first document

    def run(
        self,
        documents: Iterable[PlainDocument],
        *,
        progress: Callable[[int], None] = lambda _: None,
    ) -> list[Replayed]:
        """Decide all documents in order; stories are as they stand at the end."""
        steps = []
        for count, document in enumerate(documents, start=1):
            steps.append(self._step(document))
            progress(count)
        return [
            self._row(document, item, evidence, flags) for document, item, evidence, flags in steps
        ]

    def _step(
        self, document: PlainDocument
    ) -> tuple[PlainDocument, Item, Evidence, tuple[str, ...]]:
        item = self._item(document)
        if self._records.standing.canonical_of(item.id) is not None:
            evidence = Evidence("revision", 1.0, 1.0, item.id, "the same source and id again")
            return document, item, evidence, item.flags
        self._documents[item.id] = document.id
        decision, _ = self._recorder.place(item)
        self._recorder.effects.clear()  # nobody asks what was touched
        flags = tuple(dict.fromkeys((*item.flags, *decision.flags)))
        return document, replace(item, flags=flags), decision.evidence, flags

    def _item(self, document: PlainDocument) -> Item:
        source = self._source(document.source or "")
        if document.published is not None:
            self._clock = max(self._clock, document.published)
        entry = Entry(
            title=document.title,
            link=document.url,
            guid=document.id,
            content=document.body,
            published=document.published,
            language=document.language,
        )
        made = make_item(
            source.feed,
            entry,
            Document(entries=(entry,), title=document.source or "", language=document.language),
            seen=self._clock,
            profile=source.profile,
        )
        source.remember(document.title, document.body)
        # A document without a word is still answered for: it stands alone.
        return made or Item(
            id=f"i{document.id}",
            feed=source.feed.id,
            identity=document.id,
            title="",
            seen=self._clock,
        )

    def _source(self, name: str) -> _Source:
        if name not in self._sources:
            url = f"import:{name}"
            self._sources[name] = _Source(Feed(feed_id(url), url, title=name or None))
        return self._sources[name]

    def _row(
        self, document: PlainDocument, item: Item, evidence: Evidence, flags: tuple[str, ...]
    ) -> Replayed:
        standing = self._records.standing
        canonical = standing.canonical_of(item.id) or ""
        story = standing.story_of(canonical) or ""
        return Replayed(
            id=document.id,
            item=item,
            canonical=canonical,
            story=standing.primary_of(story),
            evidence=evidence,
            partner=self._documents.get(evidence.partner or ""),
            flags=flags,
        )
