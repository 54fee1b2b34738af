"""The state of the story engine: an exact function of the last canonical items in order.

Nothing here depends on the process: document frequencies, stories, founders and the
index of rare terms are computed only from the features of the last ``RESTORE_LIMIT``
canonical items, so a restart that adds the same items continues with the same decisions.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np

from aggregator.cluster.document_frequencies import Frequencies
from aggregator.cluster.item_arrays import Columns
from aggregator.cluster.term_index import Numbers, Recent
from aggregator.cluster.views import (
    BODY_MASK,
    BODY_SHIFT,
    HASH_SHIFT,
    LEAD_MASK,
    PAIR,
    TITLE_MASK,
    Features,
    readable,
    unpack,
)
from aggregator.model import ChangeKind, StoryChange, StoryDecision, StoryMember
from aggregator.settings import ClusterSettings
from aggregator.text.identity import story_id

RESTORE_LIMIT: Final = 100_000
INDEX_TERMS: Final = 48  # terms by which an item is indexed


@dataclass(slots=True)
class Remembered:
    """A canonical item in memory."""

    canonical: str
    story: str
    seen: int
    features: Features


@dataclass(slots=True)
class LiveStory:
    """A story in memory: its members in order of arrival, by number."""

    id: str
    members: list[int] = field(default_factory=list)
    founded: int = 0
    last: int = 0


class ClusterState:
    """The remembered stories and their indexes."""

    def __init__(self, settings: ClusterSettings) -> None:
        self.settings = settings
        self.frequencies = Frequencies()
        self.columns = Columns(RESTORE_LIMIT + 1)
        self._items: dict[int, Remembered] = {}
        self._numbers: dict[str, int] = {}
        self._stories: dict[str, LiveStory] = {}
        self._recent = Recent()
        self._founders: dict[str, str] = {}
        self._next = 0

    @property
    def exact(self) -> bool:
        """Whether it equals the state after a restart; if not, it must be rebuilt."""
        return not self._recent.short

    def restore(self, members: Iterable[StoryMember], newest: int = 0) -> None:
        """Remember canonical items in order of arrival, as after a restart.

        ``newest`` is the number of the latest arrival, which may be in no story. Items stored
        by an older version of the engine keep their stories but are no longer compared.
        """
        for member in members:
            if readable(member.features):
                self._next = member.arrival or self._next
                seen = int(member.seen.timestamp())
                self._add(member.canonical, member.story, seen, unpack(member.features))
        self._next = max(self._next, newest + 1)

    def apply(self, decision: StoryDecision, seen: datetime) -> None:
        """Remember a decision and the changes that came with it."""
        self.place(decision.canonical, decision.story, seen, decision.features)
        for change in decision.changes:
            self.apply_change(change)

    def place(self, canonical: str, story: str, seen: datetime, features: bytes) -> None:
        """Remember that a canonical item is in a story; a new item counts as the latest to arrive.

        An item that took another's place (``inherit``) before this keeps its number.
        """
        number = self._numbers.get(canonical)
        following = self._next
        if number is not None:
            self.leave(canonical)
            self._next = number
        self._add(canonical, story, int(seen.timestamp()), unpack(features))
        self._next = max(self._next, following)

    def inherit(self, canonical: str, heir: str, seen: datetime) -> None:
        """Let ``heir`` take the place of ``canonical``, whose items moved to it."""
        number = self._numbers.get(canonical)
        if number is not None:
            item = self._items[number]
            self.leave(canonical)
            self._add(heir, item.story, int(seen.timestamp()), item.features)

    def leave(self, canonical: str) -> None:
        """Forget a canonical item that has no items left, if it is remembered."""
        number = self._numbers.get(canonical)
        if number is not None:
            self._recent.take(index_terms(self._items[number].features), number)
            self._drop(number)

    def apply_change(self, change: StoryChange) -> None:
        """Apply a merge or a split, as far as it concerns remembered items."""
        source = self._stories.get(change.story)
        if source is None:
            return
        if change.kind == ChangeKind.MERGE:
            moved = list(source.members)
        else:
            wanted = {self._numbers[c] for c in change.members if c in self._numbers}
            moved = [number for number in source.members if number in wanted]
        for number in moved:
            self._items[number].story = change.into
            self.columns.place(number, change.into)
        target = self._stories.get(change.into) or LiveStory(change.into)
        self._stories[change.into] = target
        target.members = sorted({*target.members, *moved})
        left = set(moved)
        source.members = [number for number in source.members if number not in left]
        for story in (source, target):
            if story.members:
                self._renew(story)
            else:
                self._stories.pop(story.id, None)
                self.columns.drop(story.id)

    # Read by decisions.

    def item(self, number: int) -> Remembered:
        """The remembered canonical item with this number (its place in order of arrival)."""
        return self._items[number]

    def stories_of(self, numbers: Iterable[int]) -> dict[int, str]:
        """The story of each of these items, by number."""
        items = self._items
        return {number: items[number].story for number in numbers}

    def story(self, story: str) -> LiveStory | None:
        """The remembered story with this id, or None."""
        return self._stories.get(story)

    def names(self) -> Collection[str]:
        """The ids of all remembered stories."""
        return self._stories.keys()

    def count(self) -> int:
        """The number of remembered canonical items."""
        return len(self._items)

    def current(self, name: str) -> str | None:
        """The current story of a story, canonical item or founder id; None if not remembered."""
        if name in self._stories:
            return name
        number = self._numbers.get(self._founders.get(name, name))
        return None if number is None else self._items[number].story

    @property
    def full(self) -> bool:
        """Whether each new item displaces the oldest."""
        return self._next > RESTORE_LIMIT

    def open_since(self, now: int) -> float:
        """The earliest time (seconds) of the newest item of a story that is open at ``now``."""
        return now - self.settings.live_days * 86_400

    def newest(self, terms: Sequence[int]) -> tuple[Numbers, list[int]]:
        """Numbers of the newest items with each term, newest first, and the count per term."""
        return self._recent.find(terms)

    # Updates.

    def _add(self, canonical: str, story: str, seen: int, features: Features) -> None:
        number = self._next
        self._next += 1
        self._items[number] = Remembered(canonical, story, seen, features)
        self._numbers[canonical] = number
        self._founders[story_id(canonical)] = canonical
        self.columns.add(number, features)
        self.columns.place(number, story)
        self._recent.add(index_terms(features), number)
        self.frequencies.add(features.terms, features.language)
        live = self._stories.setdefault(story, LiveStory(story))
        insort(live.members, number)
        self._renew(live)
        while (oldest := next(iter(self._items))) <= number - RESTORE_LIMIT:
            self._recent.forget(index_terms(self._items[oldest].features), oldest)
            self._drop(oldest)

    def _renew(self, story: LiveStory) -> None:
        first, last = self._items[story.members[0]], self._items[story.members[-1]]
        story.founded = min(first.features.founded, first.seen)
        story.last = last.seen
        self.columns.renew(story.id, story.last)

    def _drop(self, number: int) -> None:
        item = self._items.pop(number)
        del self._numbers[item.canonical]
        self._founders.pop(story_id(item.canonical), None)
        self.frequencies.add(item.features.terms, item.features.language, -1)
        story = self._stories[item.story]
        story.members.remove(number)
        if story.members:
            self._renew(story)
        else:
            del self._stories[item.story]
            self.columns.drop(item.story)


def index_terms(features: Features) -> list[int]:
    """Hashes of the words an item is indexed by: title, then lead, then body by frequency."""
    words = features.terms[(features.terms & np.uint64(PAIR)) == 0]
    # One sort key: preferred terms are small; the term itself breaks ties.
    title = (words & np.uint64(TITLE_MASK)) << np.uint64(6)
    lead = (words & np.uint64(LEAD_MASK)) << np.uint64(2)
    body = (words & np.uint64(BODY_MASK)) >> np.uint64(BODY_SHIFT)
    keys = (np.uint64(0xFF) - (title | lead | body)) << np.uint64(48)
    keys |= words >> np.uint64(HASH_SHIFT)
    keys.sort()
    found: list[int] = (keys[:INDEX_TERMS] & np.uint64(0xFFFFFFFF)).tolist()
    return found
