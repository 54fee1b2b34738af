"""Carries out decisions: applies the effects of each to the records and to the state in memory.

The records are a transaction of the store, or memory (``MemoryRecords``, for replay). Both
have the same interface and are changed by the same effects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from aggregator.dedupe import (
    RULES_VERSION,
    Archive,
    MemoryArchive,
    another_page,
    item_keys,
)
from aggregator.engine import effects
from aggregator.engine.decider import Decider
from aggregator.engine.placements import Placements, Standing
from aggregator.engine.prepared import Made
from aggregator.model import (
    CanonicalMerge,
    Decision,
    Item,
    Placed,
    StoryChange,
    StoryDecision,
    StoryLink,
)
from aggregator.model.effects import (
    Effect,
    ItemKept,
    ItemMoved,
    ItemRevised,
    ItemStored,
    RepresentativeChanged,
    StoriesLinked,
    StoryGrouped,
    StoryInherited,
    StoryLeft,
    StoryMerged,
    StoryPlaced,
    StoryRedirected,
    StorySplit,
)
from aggregator.text.damage import undamaged
from aggregator.text.item_factory import other_identities


class Records(Protocol):
    """The decisions so far, and the target for new effects."""

    @property
    def archive(self) -> Archive:
        """All items, by key."""
        ...

    @property
    def standing(self) -> Standing:
        """The current placements."""
        ...

    def apply(self, effects: Sequence[Effect], at: datetime) -> None:
        """Write effects in order, with the time ``at``."""
        ...


class MemoryRecords:
    """Records in memory."""

    def __init__(self) -> None:
        self.archive = MemoryArchive()
        self.standing = Placements()

    def apply(self, effects: Sequence[Effect], at: datetime) -> None:
        """See ``Records``."""
        for effect in effects:
            self.standing.apply(effect)
            match effect:
                case ItemStored(_, canonical, _, item, decision) if item and decision:
                    self.archive.add(Placed(item, canonical), decision.keys)
                case ItemRevised(_, canonical, item, revised) if item and revised:
                    self.archive.add(Placed(item, canonical), revised)
                case ItemMoved(name, _, canonical):
                    placed = self.archive.placed(name)
                    if placed is not None:
                        self.archive.add(Placed(placed.item, canonical), item_keys(placed.item))
                case _:
                    pass


@dataclass(frozen=True, slots=True)
class Taken:
    """The result for one item; no decision if it is known and unchanged."""

    item: Item  # with the identity under which it was stored
    decision: Decision | None
    story: StoryDecision | None = None  # set if it is a new item that founds a canonical item
    new: bool = False


class Recorder:
    """Decides items and records the effects; ``effects`` are all that were recorded."""

    def __init__(
        self, ready: Callable[[], Decider], records: Records, live: Decider | None = None
    ) -> None:
        """``ready`` creates or returns the decider; ``live`` returns it only if it exists.

        A decider created later learns the effects so far from the records.
        """
        self._ready = ready
        self._records = records
        self.live = live
        self.effects: list[Effect] = []

    @property
    def _decider(self) -> Decider:
        if self.live is None:
            self.live = self._ready()
        return self.live

    def take(
        self, item: Item, at: datetime, *, flags: tuple[str, ...] = (), made: Made | None = None
    ) -> Taken:
        """Decide on an item from a document: new, a revision, or unchanged.

        ``flags`` are added to new items. A revision gets the time ``at``. ``made`` is what was
        made of the item ahead, if anything.
        """
        known = self._records.archive.placed(item.id)
        changed = known is not None and known.item.content_hash != item.content_hash
        if known is not None and changed and another_page(known.item, item):
            item, known = self._under_another_identity(item)
            made = None  # the keys contain the id
        if known is None:
            new = replace(item, flags=(*item.flags, *flags)) if flags else item
            decision, story = self.place(new, made)
            return Taken(item, decision, story, new=True)
        item = undamaged(known.item, item)
        if known.item.content_hash == item.content_hash:
            return Taken(item, None)
        return Taken(item, self.revise(known, _revision(known.item, item), at))

    def _under_another_identity(self, item: Item) -> tuple[Item, Placed | None]:
        """The item with a new identity if its own belongs to another page, and the known item."""
        other = item
        for other in other_identities(item):
            known = self._records.archive.placed(other.id)
            if known is None or not another_page(known.item, other):
                return other, known
        return other, self._records.archive.placed(other.id)

    def place(self, item: Item, made: Made | None = None) -> tuple[Decision, StoryDecision | None]:
        """Decide on a new item; its story is decided only if it founds a canonical item."""
        keys, features = (made.keys, made.features) if made else (None, b"")
        decision = self._decider.decide(item, self._records.archive, keys)
        # The state must equal what a restart reads: the item with all its flags.
        if decision.flags:
            item = replace(item, flags=tuple(dict.fromkeys((*item.flags, *decision.flags))))
        self.merge(decision.merges, item.seen)
        self.record(effects.stored(self._records.standing, item, decision), item.seen)
        if not decision.founded:
            return decision, None
        return decision, self.place_in_story(item, decision.canonical, item.seen, features)

    def merge(self, merges: Sequence[CanonicalMerge], at: datetime) -> None:
        """Merge younger canonical items into the older ones that they were proven to equal.

        The younger ones redirect permanently.
        """
        for merge in merges:
            for placed in self._records.archive.members(merge.canonical):
                decision = Decision(
                    placed.item.id,
                    merge.into,
                    False,
                    merge.evidence,
                    item_keys(placed.item),
                    rules_version=RULES_VERSION,
                )
                self.move(decision, at)

    def revise(self, known: Placed, item: Item, at: datetime) -> Decision:
        """Decide on a newer text of a known item."""
        decision = self._decider.decide_revision(known, item, self._records.archive)
        self.record(effects.revised(self._records.standing, item, decision.keys), at)
        self.follow(item, decision, at)
        return decision

    def decide_again(self, known: Placed, at: datetime) -> bool:
        """Decide again on a stored item; returns whether it moved."""
        decision = self._decider.decide_again(known, self._records.archive)
        if decision is not None:
            self.follow(known.item, decision, at)
        return decision is not None

    def follow(self, item: Item, decision: Decision, at: datetime) -> None:
        """Record a new decision about a stored item, and the story of what it founds."""
        self.move(decision, at)
        if decision.founded:
            self.place_in_story(item, decision.canonical, at)

    def move(self, decision: Decision, at: datetime) -> None:
        """Record a new decision about a stored item, without deciding a story."""
        self.record(effects.decided_again(self._records.standing, decision, at), at)

    def place_in_story(
        self, item: Item, canonical: str, at: datetime, features: bytes = b""
    ) -> StoryDecision:
        """Decide the story of a canonical item founded by ``item``, and its links.

        ``features`` are those of the item, if they were made ahead.
        """
        decision = self._decider.story_of(item, canonical, features)
        made = effects.placed(self._records.standing, decision)
        self.record(made, at)
        story = next(one.story for one in made if isinstance(one, StoryPlaced))
        for grown in dict.fromkeys((story, *(change.into for change in decision.changes))):
            for link in self._decider.links_of(grown, item):
                self.link(link, at)
        return decision

    def change(self, change: StoryChange, at: datetime) -> None:
        """Record a merge or split of stories."""
        self.record(effects.changed(self._records.standing, change), at)

    def link(self, link: StoryLink, at: datetime) -> None:
        """Record a link between stories of two languages, or its end."""
        self.record(effects.linked(self._records.standing, link), at)

    def record(self, made: Sequence[Effect], at: datetime) -> None:
        """Apply effects to the records and to the state in memory."""
        self._records.apply(made, at)
        if self.live is not None:
            self.live.apply(made)
        self.effects += made

    def touched(self) -> dict[str, None]:
        """The stories whose content changed by the recorded effects."""
        return _stories_touched(self._records.standing, self.effects)


def _revision(known: Item, item: Item) -> Item:
    """``item`` as the next revision of ``known``, with its arrival and publication times."""
    return replace(
        item,
        seen=known.seen,
        published=known.published or item.published,
        flags=tuple(dict.fromkeys((*known.flags, *item.flags))),
        revision=known.revision + 1,
    )


def _stories_touched(standing: Standing, effects: Iterable[Effect]) -> dict[str, None]:
    """The stories whose content was changed by applied effects."""
    touched: dict[str, None] = {}
    for effect in effects:
        match effect:
            case ItemStored(_, canonical) | ItemRevised(_, canonical) | ItemKept(_, canonical):
                names = [standing.story_of(canonical)]
            case RepresentativeChanged(canonical):
                names = [standing.story_of(canonical)]
            case ItemMoved(_, source, canonical):
                names = [standing.story_of(source), standing.story_of(canonical)]
            case StoryPlaced() | StoryLeft() | StoryInherited() | StoryGrouped():
                names = [effect.story]
            case StoryMerged() | StorySplit() | StoryRedirected() | StoriesLinked():
                names = [effect.story, effect.into]
            case _:
                names = []
        touched |= dict.fromkeys(name for name in names if name)
    return touched
