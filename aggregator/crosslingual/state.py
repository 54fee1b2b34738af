"""What is remembered to link stories: an exact function of what was stored, in its order.

A story's meaning is the sum of its items' vectors in whole numbers, so it is the same in
whatever order they are added up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aggregator.crosslingual.encoder import SIZE
from aggregator.crosslingual.language_groups import Leaders
from aggregator.model import StoryChange, StoryLink, StoryVector

REMEMBERED: Final = 20_000  # the latest items with a vector
_GROWTH: Final = 1_024  # rows by which the table of stories grows

Sums = NDArray[np.int64]


@dataclass(slots=True)
class Facet:
    """A story of one language: its items, and what they mean together."""

    id: str
    row: int
    members: set[str] = field(default_factory=set)  # canonical items
    languages: Counter[str] = field(default_factory=Counter)
    total: Sums = field(default_factory=lambda: np.zeros(SIZE, dtype=np.int64))
    arrived: int = -1  # place of its first item in the order of arrival
    first: int = 0  # seconds since 1970: when the first of it was news
    last: int = 0  # and the last
    grown: int = 0  # when the last of it came in

    def widen(self, arrived: int, first: int, last: int, grown: int) -> None:
        """Take in an item, or the items of another story."""
        if self.arrived < 0:
            self.arrived, self.first, self.last, self.grown = arrived, first, last, grown
            return
        self.arrived, self.grown = min(self.arrived, arrived), max(self.grown, grown)
        self.first, self.last = min(self.first, first), max(self.last, last)


class CrosslingualState:
    """Stories by what they mean, and which of them are told together."""

    def __init__(self) -> None:
        self._items: dict[str, StoryVector] = {}  # by canonical item, in order of arrival
        self._arrived: dict[str, int] = {}
        self._next = 0
        self._facets: dict[str, Facet] = {}
        self.leaders = Leaders()
        self._rows = np.zeros((_GROWTH, SIZE), dtype=np.float32)  # directions, for a first look
        self._names: list[str | None] = []
        self._free: list[int] = []

    def restore(self, items: Iterable[StoryVector], leaders: Mapping[str, str]) -> None:
        """Remember what was stored, as after a restart."""
        for item in items:
            self.add(item)
        self.leaders.restore(leaders)

    def add(self, item: StoryVector) -> None:
        """Remember a canonical item; beyond ``REMEMBERED`` the oldest is forgotten."""
        self.leave(item.canonical)
        self._items[item.canonical] = item
        self._arrived[item.canonical] = self._next
        self._next += 1
        self._put(item.canonical, item.story)
        if len(self._items) > REMEMBERED:
            self._drop(next(iter(self._items)))

    def leave(self, canonical: str) -> None:
        """Forget a canonical item, if it is remembered: its items went to another one."""
        if canonical in self._items:
            self._drop(canonical)

    def apply_change(self, change: StoryChange) -> None:
        """Follow a merge or a split of stories, as the store does."""
        source = self._facets.get(change.story)
        if source is not None and change.kind == "merge":
            self._absorb(source, change.into)
        elif source is not None:
            for canonical in sorted(source.members.intersection(change.members)):
                self._take(canonical)
                self._put(canonical, change.into)
        self.leaders.change(change)

    def apply_link(self, link: StoryLink) -> None:
        """Follow a link or its end, as the store does."""
        self.leaders.link(link)

    # What decisions look at.

    def facet(self, story: str) -> Facet | None:
        """The remembered story with this id."""
        return self._facets.get(story)

    def group(self, story: str) -> list[Facet]:
        """The stories that ``story`` is told with, itself among them, the first to come first."""
        found = [self._facets[name] for name in self.leaders.group(story) if name in self._facets]
        return sorted(found, key=lambda one: one.arrived)

    def is_whole(self, story: str) -> bool:
        """Whether all stories that ``story`` is told with are remembered, and their languages."""
        return all(name in self._facets for name in self.leaders.group(story))

    def near(self, facet: Facet, least: float) -> list[Facet]:
        """The stories at least about so alike to ``facet``; a little below is let through."""
        count = len(self._names)
        roughly = self._rows[:count] @ self._rows[facet.row]
        names = [self._names[at] for at in np.flatnonzero(roughly >= least - 0.001)]
        return [self._facets[name] for name in names if name is not None and name != facet.id]

    # Keeping it up.

    def _put(self, canonical: str, story: str) -> None:
        item = self._moved(canonical, story)
        facet = self._facet(story)
        facet.members.add(canonical)
        facet.languages[item.language] += 1
        facet.total += _numbers(item)
        time = int(item.time.timestamp())
        facet.widen(self._arrived[canonical], time, time, int(item.seen.timestamp()))
        self._turn(facet)

    def _take(self, canonical: str) -> None:
        item = self._items[canonical]
        facet = self._facets[item.story]
        facet.members.discard(canonical)
        facet.languages = +(facet.languages - Counter([item.language]))
        facet.total -= _numbers(item)
        if not facet.members:
            self._end(facet)
            return
        left = [self._items[name] for name in facet.members]
        times = [int(one.time.timestamp()) for one in left]
        facet.first, facet.last = min(times), max(times)
        facet.grown = max(int(one.seen.timestamp()) for one in left)
        facet.arrived = min(self._arrived[name] for name in facet.members)
        self._turn(facet)

    def _absorb(self, source: Facet, into: str) -> None:
        """All of one story goes into another."""
        target = self._facet(into)
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

    def _facet(self, story: str) -> Facet:
        facet = self._facets.get(story)
        if facet is None:
            facet = self._facets[story] = Facet(story, self._row(story))
        return facet

    def _end(self, facet: Facet) -> None:
        del self._facets[facet.id]
        self._rows[facet.row] = 0.0
        self._names[facet.row] = None
        self._free.append(facet.row)

    def _drop(self, canonical: str) -> None:
        self._take(canonical)
        del self._items[canonical], self._arrived[canonical]

    def _turn(self, facet: Facet) -> None:
        self._rows[facet.row] = facet.total / max(length(facet.total), 1e-9)

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


def alike(one: Facet, other: Facet) -> float:
    """The cosine of two stories, exact: the same whatever came in which order."""
    return float(one.total @ other.total) / max(length(one.total) * length(other.total), 1e-9)
