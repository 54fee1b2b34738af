"""The functional core: decides items one after another and keeps the engines' state.

Deciding only reads; the state changes only through effects (``apply``), like the store. It is
shared by the pipeline, which keeps decisions in a store, and by replay, which keeps them in
memory, so both give the same results for the same order of items.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from aggregator import cluster, crosslingual, dedupe
from aggregator.model import (
    ChangeKind,
    Correction,
    CorrectionKind,
    Decision,
    Evidence,
    Item,
    Keys,
    KnownTitle,
    Level,
    Placed,
    Rule,
    StoryChange,
    StoryDecision,
    StoryLink,
    StoryMember,
    StoryVector,
)
from aggregator.model.corrections import Corrections
from aggregator.model.effects import (
    CorrectionMade,
    CorrectionUndone,
    Effect,
    ItemMoved,
    ItemRevised,
    ItemStored,
    StoryInherited,
    StoryLeft,
    StoryMerged,
    StoryPlaced,
    StorySplit,
)
from aggregator.settings import ClusterSettings, DedupeSettings
from aggregator.text.identity import canonical_id, story_id

MANY: Final = 10_000  # canonical items from which the garbage collector ignores the state


class Decider:
    """The state of the engines; a function of the items so far."""

    def __init__(
        self,
        dedupe_settings: DedupeSettings,
        cluster_settings: ClusterSettings,
        *,
        corrections: Sequence[Correction] = (),
    ) -> None:
        self._titles = dedupe.DedupeState(dedupe_settings)
        self._stories = cluster.ClusterState(cluster_settings)
        self._item_corrections = Corrections(one for one in corrections if one.level == Level.ITEM)
        self._story_corrections = Corrections(
            one for one in corrections if one.level == Level.STORY
        )
        self._link_pairs: crosslingual.LinkCorrections | None = None  # None: must be rebuilt
        self._live_days = cluster_settings.live_days
        self._meanings: crosslingual.CrosslingualState | None = None
        if cluster_settings.across_languages:
            self._meanings = crosslingual.CrosslingualState()

    def restore(
        self, titles: Iterable[KnownTitle], members: Iterable[StoryMember], newest: int = 0
    ) -> None:
        """Restore the state from earlier decisions, given in order of arrival.

        ``newest`` is the arrival number of the latest canonical item.
        """
        self._titles.restore_titles(titles)
        self._stories.restore(members, newest)
        if self._stories.count() >= MANY:
            # The restored state lives as long as the process. Scanning it for cycles again and
            # again would cost a tenth of the time of each decision.
            gc.freeze()

    def restore_meanings(self, items: Iterable[StoryVector], primaries: Mapping[str, str]) -> None:
        """Restore stories across languages from stored vectors, in order of arrival."""
        if self._meanings is not None:
            self._meanings.restore(items, primaries)

    @property
    def exact(self) -> bool:
        """Whether the state equals what a restart would read; if not, it must be rebuilt."""
        return self._stories.exact and (self._meanings is None or self._meanings.exact)

    def corrections(self, level: Level) -> Corrections:
        """The corrections in force of a level (item or story)."""
        return self._item_corrections if level == Level.ITEM else self._story_corrections

    # Deciding: the state does not change.

    def decide(self, item: Item, archive: dedupe.Archive, keys: Keys | None = None) -> Decision:
        """Decide on ``item``, the next in order of arrival; pass its ``keys`` if they exist."""
        return dedupe.decide(
            self._titles, archive, item, corrections=self._item_corrections, keys=keys
        )

    def decide_revision(self, known: Placed, item: Item, archive: dedupe.Archive) -> Decision:
        """Decide on a new revision of a known item.

        If its title changed materially, it is decided again. It may move only if it is
        the only item of its canonical item or did not found it, because an edit must not
        break up a group. Otherwise it stays, and the evidence says so.
        """
        if dedupe.materially_changed(known.item, item):
            reason = "the same entry with a new title; decided again, with the same result"
            decision = self.decide(item, archive)
            if decision.canonical != known.canonical and _may_leave(known, archive):
                return decision
        else:
            reason = "the same entry; only its text or small parts of its title changed"
        evidence = Evidence(Rule.REVISION, 1.0, 1.0, known.item.id, reason)
        keys = dedupe.item_keys(item)
        return Decision(
            item.id, known.canonical, False, evidence, keys, rules_version=dedupe.RULES_VERSION
        )

    def decide_again(self, known: Placed, archive: dedupe.Archive) -> Decision | None:
        """Decide again on a stored item; None if it stays.

        It may leave its canonical item only if that does not break up the group.
        """
        decision = self.decide(known.item, archive)
        moved = decision.canonical != known.canonical
        return decision if moved and _may_leave(known, archive) else None

    def story_of(self, item: Item, canonical: str, features: bytes = b"") -> StoryDecision:
        """Find the story of a new canonical item that ``item`` founded.

        ``features`` are those of the item, if they were made ahead.
        """
        story = cluster.assign(
            self._stories,
            item,
            canonical,
            corrections=self._story_corrections,
            features=cluster.unpack(features) if features else None,
        )
        if self._meanings is None:
            return story
        vector = crosslingual.vector_of(item, crosslingual.package_encoder())
        if vector is None:
            return story
        meaning = StoryVector(
            canonical, story.story, item.language or "", item.seen, item.time, vector
        )
        return replace(story, vector=meaning)

    def links_of(self, story: str, item: Item) -> tuple[StoryLink, ...]:
        """Links across languages that begin or end because ``item`` joined ``story``."""
        if self._meanings is None:
            return ()
        return crosslingual.linked(
            self._meanings,
            story,
            now=int(item.seen.timestamp()),
            live_days=self._live_days,
            corrections=self._link_corrections(),
        )

    def _link_corrections(self) -> crosslingual.LinkCorrections:
        """The story corrections, as pairs of the stories that their items are in now."""
        if self._link_pairs is None or self._stories.full:
            same: set[frozenset[str]] = set()
            split: set[frozenset[str]] = set()
            for correction in self._story_corrections:
                if correction.b is not None:
                    sides = (correction.a, correction.b)
                    stories = frozenset(filter(None, map(self._stories.current, sides)))
                    (same if correction.kind == CorrectionKind.SAME else split).add(stories)
            self._link_pairs = crosslingual.LinkCorrections(frozenset(same), frozenset(split))
        return self._link_pairs

    # Updating: only through effects.

    def apply(self, effects: Iterable[Effect]) -> None:
        """Apply effects to the state, in order."""
        for effect in effects:
            match effect:
                case ItemStored(_, canonical, _, item, decision) if item and decision:
                    self._titles.add(Placed(item, canonical), decision.keys)
                case ItemRevised(_, canonical, item, keys) if item and keys:
                    self._titles.add(Placed(item, canonical), keys)
                case ItemMoved(_, source, canonical):
                    self._titles.forget(source)
                    self._titles.forget(canonical)
                case CorrectionMade(_, correction) if correction:
                    self.corrections(correction.level).add(correction)
                    self._link_pairs = None
                case CorrectionUndone(_, correction) if correction:
                    self.corrections(correction.level).remove(correction)
                    self._link_pairs = None
                case _:
                    self._remember_story(effect)

    def _remember_story(self, effect: Effect) -> None:
        match effect:
            case StoryPlaced(canonical, story, _, _, founded, decision) if decision:
                self._stories.place(canonical, story, founded, decision.features)
            case StoryLeft(canonical):
                self._stories.leave(canonical)
            case StoryInherited(canonical, heir, _, founded):
                self._stories.inherit(canonical, heir, founded)
            case StoryMerged(story, into):
                self._stories.apply_change(StoryChange(ChangeKind.MERGE, story, into))
            case StorySplit(story, into, members):
                self._stories.apply_change(StoryChange(ChangeKind.SPLIT, story, into, members))
            case _:
                pass
        if not self._story_corrections.names.isdisjoint(_standing_anew(effect)):
            self._link_pairs = None
        if self._meanings is not None:
            self._meanings.apply(effect)


def _standing_anew(effect: Effect) -> tuple[str, ...]:
    """The canonical items, and the story named after its founder, that an effect moves."""
    match effect:
        case StoryPlaced(canonical) | StoryLeft(canonical):
            return canonical, story_id(canonical)
        case StoryInherited(canonical, heir):
            return canonical, heir, story_id(canonical), story_id(heir)
        case StoryMerged(_, _, members) | StorySplit(_, _, members):
            return (*members, *map(story_id, members))
        case _:
            return ()


def _may_leave(known: Placed, archive: dedupe.Archive) -> bool:
    """Whether moving an item would leave its canonical item intact."""
    founder = canonical_id(known.item.id) == known.canonical
    return not founder or len(archive.members(known.canonical)) == 1
