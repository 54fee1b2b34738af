"""The functional heart: one item after another, decided and remembered.

Shared by the pipeline, which keeps what is decided in a store, and by replay,
which keeps it in memory; so both give the same answers for the same order of
items.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from aggregator import cluster, crosslingual, dedupe
from aggregator.model import (
    Correction,
    Decision,
    Evidence,
    Item,
    KnownTitle,
    Placed,
    StoryChange,
    StoryDecision,
    StoryLink,
    StoryMember,
    StoryVector,
)
from aggregator.settings import ClusterSettings, DedupeSettings
from aggregator.text.identity import canonical_id

MANY: Final = 10_000  # canonical items from which on the collector is told to leave them alone


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one item went; ``story`` only where it founds a canonical item."""

    item: Item
    decision: Decision
    story: StoryDecision | None


class Decider:
    """Holds what the two engines remember; a function of the items so far."""

    def __init__(
        self,
        dedupe_settings: DedupeSettings,
        cluster_settings: ClusterSettings,
        *,
        corrections: Sequence[Correction] = (),
    ) -> None:
        self._titles = dedupe.DedupeState(dedupe_settings)
        self._stories = cluster.ClusterState(cluster_settings)
        self._corrections = tuple(corrections)
        self._live_days = cluster_settings.live_days
        self._meanings: crosslingual.CrosslingualState | None = None
        if cluster_settings.across_languages:
            self._meanings = crosslingual.CrosslingualState()

    def restore(self, titles: Iterable[KnownTitle], members: Iterable[StoryMember]) -> None:
        """Go on from what was decided before, given in order of arrival."""
        self._titles.restore_titles(titles)
        self._stories.restore(members)
        if self._stories.count() >= MANY:
            # What was read lives as long as the process: to look at all of it for cycles again
            # and again would cost a tenth of the time of each decision.
            gc.freeze()

    def restore_meanings(self, items: Iterable[StoryVector], primaries: Mapping[str, str]) -> None:
        """Go on with stories across languages from what was stored, in order of arrival."""
        if self._meanings is not None:
            self._meanings.restore(items, primaries)

    def place(self, item: Item, archive: dedupe.Archive) -> Placement:
        """Decide on ``item``, the next in order of arrival, and remember it."""
        decision = dedupe.decide(self._titles, archive, item, corrections=self._corrections)
        # What is remembered is what a restart will read: the item with all its flags.
        item = replace(item, flags=tuple(dict.fromkeys((*item.flags, *decision.flags))))
        return self._follow(item, decision)

    def revise(self, known: Placed, item: Item, archive: dedupe.Archive) -> Placement:
        """Decide on a new revision of an item that is known.

        Where its title says something else now, its place is decided again; a new
        place is taken only by an item that nobody else stands behind or that did
        not found its group, for a group is not torn apart by an edit. Otherwise it
        stays, and the evidence says so.
        """
        keys = dedupe.item_keys(item)
        if dedupe.materially_changed(known.item, item):
            reason = "the same entry again with another title; decided again, it stays where it is"
            decision = dedupe.decide(self._titles, archive, item, corrections=self._corrections)
            moved = decision.canonical != known.canonical
            if moved and _may_leave(known, archive):
                if self._meanings is not None and canonical_id(known.item.id) == known.canonical:
                    self._meanings.leave(known.canonical)
                return self._follow(item, decision)
        else:
            reason = "the same entry again, changed in its text or in small parts of its title"
        evidence = Evidence("revision", 1.0, 1.0, known.item.id, reason)
        stays = Decision(
            item.id, known.canonical, False, evidence, keys, rules_version=dedupe.RULES_VERSION
        )
        self._titles.add(Placed(item, known.canonical), keys)
        return Placement(item, stays, None)

    def again(self, known: Placed, archive: dedupe.Archive) -> Placement | None:
        """Decide again on an item as it stands; None where it stays.

        It may leave its canonical item only if that stays whole.
        """
        item = known.item
        decision = dedupe.decide(self._titles, archive, item, corrections=self._corrections)
        if decision.canonical == known.canonical or not _may_leave(known, archive):
            return None
        self._titles.forget(known.canonical)
        return self._follow(item, decision)

    def _follow(self, item: Item, decision: Decision) -> Placement:
        """Remember a decision; a new canonical item also gets its story."""
        self._titles.add(Placed(item, decision.canonical), decision.keys)
        story = self.story_of(item, decision.canonical) if decision.founded else None
        return Placement(item, decision, story)

    def story_of(self, item: Item, canonical: str) -> StoryDecision:
        """Find the story of a new canonical item that ``item`` founded, and remember it."""
        story = cluster.assign(self._stories, item, canonical, corrections=self._corrections)
        self._stories.apply(story, item.seen)
        return self._across(story, item)

    def _across(self, story: StoryDecision, item: Item) -> StoryDecision:
        """The decision with what it means for stories of other languages."""
        if self._meanings is None:
            return story
        vector = crosslingual.vector_of(item, crosslingual.package_encoder())
        remembered = None
        if vector is not None:
            remembered = StoryVector(
                story.canonical,
                story.story,
                item.language or "",
                item.seen,
                item.time,
                vector,
            )
            self._meanings.add(remembered)
        for change in story.changes:
            self._meanings.apply_change(change)
        grown = (story.story, *(change.into for change in story.changes))
        links = tuple(link for one in dict.fromkeys(grown) for link in self._linked(one, item))
        return replace(story, vector=remembered, links=links)

    def _link_corrections(self) -> crosslingual.LinkCorrections:
        """What people said of stories, by the stories that these items stand in now."""
        pairs: dict[str, set[frozenset[str]]] = {"same": set(), "split": set()}
        for correction in self._corrections:
            if correction.level == "story" and correction.b is not None:
                sides = (self._stories.current(correction.a), self._stories.current(correction.b))
                pairs[correction.kind].add(frozenset(side for side in sides if side))
        return crosslingual.LinkCorrections(frozenset(pairs["same"]), frozenset(pairs["split"]))

    def _linked(self, story: str, item: Item) -> tuple[StoryLink, ...]:
        if self._meanings is None:
            return ()
        links = crosslingual.linked(
            self._meanings,
            story,
            now=int(item.seen.timestamp()),
            live_days=self._live_days,
            corrections=self._link_corrections(),
        )
        for link in links:
            self._meanings.apply_link(link)
        return links

    def moved(self, item: Item, source: str, decision: Decision) -> None:
        """Remember that a correction moved ``item`` away from ``source``."""
        self._titles.forget(source)
        self._titles.add(Placed(item, decision.canonical), decision.keys)

    def change(self, change: StoryChange) -> None:
        """Remember a change of stories that a correction made."""
        self._stories.apply_change(change)
        if self._meanings is not None:
            self._meanings.apply_change(change)


def _may_leave(known: Placed, archive: dedupe.Archive) -> bool:
    """Whether moving an item leaves its canonical item whole."""
    founder = canonical_id(known.item.id) == known.canonical
    return not founder or len(archive.members(known.canonical)) == 1
