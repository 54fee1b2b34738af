"""Runs documents in order through text, dedupe and cluster, without store or network.

The same engines as in the pipeline, over a scratch archive in memory: what
`run.py replay` and `run.py evaluate` are made of.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aggregator.crosslingual import LanguageGroups
from aggregator.dedupe import MemoryArchive
from aggregator.engine.decider import Decider, Placement
from aggregator.engine.plain_documents import PlainDocument
from aggregator.model import Document, Entry, Evidence, Feed, Item, Placed
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
        self._decider = Decider(
            dedupe_settings or DedupeSettings(), cluster_settings or ClusterSettings()
        )
        self._archive = MemoryArchive()
        self._sources: dict[str, _Source] = {}
        self._clock = _START
        self._documents: dict[str, str] = {}  # item id -> id of its first document
        self._stories: dict[str, str] = {}  # canonical id -> story
        self._groups = LanguageGroups()  # of stories told together with others of another language
        self._members: defaultdict[str, list[str]] = defaultdict(list)  # story -> canonicals
        self._canonical: dict[str, str] = {}  # item id -> canonical id

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
        if item.id in self._canonical:
            evidence = Evidence("revision", 1.0, 1.0, item.id, "the same source and id again")
            return document, item, evidence, item.flags
        self._documents[item.id] = document.id
        placement = self._decider.place(item, self._archive)
        self._keep(placement)
        return document, placement.item, placement.decision.evidence, placement.item.flags

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

    def _keep(self, placement: Placement) -> None:
        item, decision, story = placement.item, placement.decision, placement.story
        self._archive.add(Placed(item, decision.canonical), decision.keys)
        self._canonical[item.id] = decision.canonical
        if story is None:
            return
        self._stories[decision.canonical] = story.story
        self._members[story.story].append(decision.canonical)
        for change in story.changes:
            moved = change.members or tuple(self._members[change.story])
            for canonical in moved:
                self._stories[canonical] = change.into
                self._members[change.story].remove(canonical)
                self._members[change.into].append(canonical)
            self._groups.change(change)
        for link in story.links:
            self._groups.link(link)

    def _row(
        self, document: PlainDocument, item: Item, evidence: Evidence, flags: tuple[str, ...]
    ) -> Replayed:
        canonical = self._canonical[item.id]
        return Replayed(
            id=document.id,
            item=item,
            canonical=canonical,
            story=self._groups.of(self._stories[canonical]),
            evidence=evidence,
            partner=self._documents.get(evidence.partner or ""),
            flags=flags,
        )
