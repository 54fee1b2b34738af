"""The state for linking stories: an exact function of the stored items in their order.

A story's vector is the sum of its items' integer vectors, so it does not depend on the
order in which they are added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aggregator.crosslingual.encoder import SIZE
from aggregator.crosslingual.language_groups import LanguageGroups
from aggregator.model import StoryVector
from aggregator.model.effects import (
    Effect,
    StoryGrouped,
    StoryInherited,
    StoryLeft,
    StoryMerged,
    StorySplit,
    VectorKept,
)

REMEMBERED: Final = 20_000  # the latest items with a vector
_GROWTH: Final = 1_024  # rows by which the matrix of stories grows

Sums = NDArray[np.int64]


@dataclass(slots=True)
class Variant:
    """A story in one language: its items and their summed vector."""

    id: str
    row: int
    members: set[str] = field(default_factory=set)  # canonical items
    languages: Counter[str] = field(default_factory=Counter)
    total: Sums = field(default_factory=lambda: np.zeros(SIZE, dtype=np.int64))
    arrived: int = -1  # arrival number of its first item
    first: int = 0  # time of its earliest news, seconds since 1970
    last: int = 0  # time of its latest news
    grown: int = 0  # arrival time of its latest item

    def widen(self, arrived: int, first: int, last: int, grown: int) -> None:
        """Extend by an item, or by the items of another story."""
        if self.arrived < 0:
            self.arrived, self.first, self.last, self.grown = arrived, first, last, grown
            return
        self.arrived, self.grown = min(self.arrived, arrived), max(self.grown, grown)
        self.first, self.last = min(self.first, first), max(self.last, last)


class CrosslingualState:
    """Stories with their vectors, and which of them are linked."""

    def __init__(self) -> None:
        self._items: dict[str, StoryVector] = {}  # by canonical item, in order of arrival
        self._arrived: dict[str, int] = {}
        self._next = 0
        self._variants: dict[str, Variant] = {}
        self.groups = LanguageGroups()
        self._rows = np.zeros((_GROWTH, SIZE), dtype=np.float32)  # unit vectors, to preselect
        self._names: list[str | None] = []
        self._free: list[int] = []
        self._full = False  # the oldest were forgotten
        self.exact = True  # equals the state after a restart; if False, rebuild

    def restore(self, items: Iterable[StoryVector], primaries: Mapping[str, str]) -> None:
        """Load stored items, as after a restart."""
        for item in items:
            self.add(item)
        self.groups.restore(primaries)

    def add(self, item: StoryVector) -> None:
        """Remember a canonical item; beyond ``REMEMBERED`` the oldest is forgotten."""
        if item.canonical in self._items:
            self._drop(item.canonical)
        self._items[item.canonical] = item
        self._arrived[item.canonical] = self._next
        self._next += 1
        self._put(item.canonical, item.story)
        if len(self._items) > REMEMBERED:
            self._drop(next(iter(self._items)))
            self._full = True

    def leave(self, canonical: str) -> None:
        """Forget a canonical item, if remembered, because its items moved to another one."""
        if canonical in self._items:
            self._drop(canonical)
            self.exact &= not self._full

    def apply(self, effect: Effect) -> None:
        """Apply an effect, as far as it concerns remembered items and stories."""
        match effect:
            case VectorKept(_, vector) if vector is not None:
                self.add(vector)
            case StoryLeft(canonical) | StoryInherited(canonical):
                self.leave(canonical)
            case StoryMerged(story, into):
                if (source := self._variants.get(story)) is not None:
                    self._absorb(source, into)
            case StorySplit(_, into, members):
                for canonical in sorted(self._items.keys() & members):
                    self._take(canonical)
                    self._put(canonical, into)
            case StoryGrouped(story, primary):
                self.groups.group_under(story, primary)
            case _:
                pass

    # Read by decisions.

    def variant(self, story: str) -> Variant | None:
        """The remembered story with this id, or None."""
        return self._variants.get(story)

    def group(self, story: str) -> list[Variant]:
        """The stories linked with ``story``, including itself, in order of arrival."""
        found = [
            self._variants[name] for name in self.groups.group(story) if name in self._variants
        ]
        return sorted(found, key=lambda one: one.arrived)

    def is_whole(self, story: str) -> bool:
        """Whether all stories linked with ``story`` are remembered, with their languages."""
        return all(name in self._variants for name in self.groups.group(story))

    def near(self, variant: Variant, least: float) -> list[Variant]:
        """Stories with a similarity of at least about ``least`` (a few slightly below it)."""
        count = len(self._names)
        roughly = self._rows[:count] @ self._rows[variant.row]
        names = [self._names[at] for at in np.flatnonzero(roughly >= least - 0.001)]
        return [self._variants[name] for name in names if name is not None and name != variant.id]

    # Updates.

    def _put(self, canonical: str, story: str) -> None:
        item = self._moved(canonical, story)
        variant = self._variant(story)
        variant.members.add(canonical)
        variant.languages[item.language] += 1
        variant.total += _numbers(item)
        time = int(item.time.timestamp())
        variant.widen(self._arrived[canonical], time, time, int(item.seen.timestamp()))
        self._turn(variant)

    def _take(self, canonical: str) -> None:
        item = self._items[canonical]
        variant = self._variants[item.story]
        variant.members.discard(canonical)
        variant.languages = +(variant.languages - Counter([item.language]))
        variant.total -= _numbers(item)
        if not variant.members:
            self._end(variant)
            return
        left = [self._items[name] for name in variant.members]
        times = [int(one.time.timestamp()) for one in left]
        variant.first, variant.last = min(times), max(times)
        variant.grown = max(int(one.seen.timestamp()) for one in left)
        variant.arrived = min(self._arrived[name] for name in variant.members)
        self._turn(variant)

    def _absorb(self, source: Variant, into: str) -> None:
        """Move all items of one story into another."""
        target = self._variant(into)
        for canonical in source.members:
            self._moved(canonical, into)
        target.members |= source.members
        target.languages += source.languages
        target.total += source.total
        target.widen(source.arrived, source.first, source.last, source.grown)
        self._turn(target)
        self._end(source)

    def _moved(self, canonical: str, story: str) -> StoryVector:
        item = self._items[canonical]
        if item.story != story:
            item = replace(item, story=story)
            self._items[canonical] = item
        return item

    def _variant(self, story: str) -> Variant:
        variant = self._variants.get(story)
        if variant is None:
            variant = self._variants[story] = Variant(story, self._row(story))
        return variant

    def _end(self, variant: Variant) -> None:
        del self._variants[variant.id]
        self._rows[variant.row] = 0.0
        self._names[variant.row] = None
        self._free.append(variant.row)

    def _drop(self, canonical: str) -> None:
        self._take(canonical)
        del self._items[canonical], self._arrived[canonical]

    def _turn(self, variant: Variant) -> None:
        self._rows[variant.row] = variant.total / max(length(variant.total), 1e-9)

    def _row(self, story: str) -> int:
        if self._free:
            row = self._free.pop()
            self._names[row] = story
            return row
        if len(self._names) == len(self._rows):
            more = np.zeros((len(self._rows) + _GROWTH, SIZE), dtype=np.float32)
            more[: len(self._rows)] = self._rows
            self._rows = more
        self._names.append(story)
        return len(self._names) - 1


def _numbers(item: StoryVector) -> Sums:
    return np.frombuffer(item.vector, dtype=np.int8).astype(np.int64)


def length(total: NDArray[Any]) -> float:
    """The length of a vector."""
    return float(np.sqrt(float(total @ total)))


def alike(one: Variant, other: Variant) -> float:
    """The exact cosine of two stories, independent of the order of their items."""
    return float(one.total @ other.total) / max(length(one.total) * length(other.total), 1e-9)
