"""What is asked of many remembered items at once, in arrays by their numbers.

Looking at a hundred objects one by one misses the processor's cache a thousand times;
one look into an array does not. Numbers go round: an item's place is free again when
as many came after it as are remembered.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from aggregator.cluster.term_index import Numbers
from aggregator.cluster.views import Block, Features, Terms

Mask = NDArray[np.bool_]

_NONE: Final = np.empty(0, dtype=np.uint64)
_ANY: Final = 0  # stands for an unknown language


class Columns:
    """Language, story and sizes of the items remembered, and how new each story is."""

    def __init__(self, capacity: int) -> None:
        """``capacity``: how many items are remembered at once, at most."""
        self._capacity = capacity
        self._story = np.zeros(capacity, dtype=np.int32)
        self._language = np.zeros(capacity, dtype=np.int16)
        self._terms: list[Terms] = [_NONE] * capacity
        self._sizes = np.zeros(capacity, dtype=np.int64)
        self._squares = np.zeros((3, capacity), dtype=np.float32)
        self._words = np.zeros(capacity, dtype=np.float64)
        self._times = np.zeros(capacity, dtype=np.int64)
        self._languages: dict[str | None, int] = {None: _ANY}
        self._last = np.zeros(1024, dtype=np.int64)  # of each story, by its slot
        self._slots: dict[str, int] = {}
        self._free: list[int] = []

    def add(self, number: int, features: Features) -> None:
        """A new item."""
        at = number % self._capacity
        code = self._languages.setdefault(features.language, len(self._languages))
        self._language[at] = code
        self._terms[at] = features.terms
        self._sizes[at] = len(features.terms)
        self._squares[:, at] = features.squares
        self._words[at] = features.text_words
        self._times[at] = -1 if features.published is None else features.published

    def place(self, number: int, story: str) -> None:
        """An item stands in ``story`` from now on."""
        self._story[number % self._capacity] = self._slot(story)

    def renew(self, story: str, last: int) -> None:
        """A story got its newest item at ``last`` (seconds)."""
        self._last[self._slot(story)] = last

    def drop(self, story: str) -> None:
        """A story has no items any more."""
        slot = self._slots.pop(story, None)
        if slot is not None:
            self._free.append(slot)

    def _slot(self, story: str) -> int:
        slot = self._slots.get(story)
        if slot is None:
            slot = self._slots[story] = self._free.pop() if self._free else len(self._slots)
            if slot >= len(self._last):
                self._last = np.concatenate((self._last, np.zeros_like(self._last)))
        return slot

    def speaking(self, numbers: Numbers, language: str | None) -> Mask:
        """Which items may be in this language."""
        code = self._languages.get(language, -1)
        if code == _ANY:
            return np.ones(len(numbers), dtype=np.bool_)
        held = self._language[numbers % self._capacity]
        return np.asarray((held == code) | (held == _ANY))

    def since(self, numbers: Numbers, moment: float) -> Mask:
        """Which items stand in a story that got something new at ``moment`` or later."""
        return np.asarray(self._last[self._story[numbers % self._capacity]] >= moment)

    def block(self, numbers: Numbers) -> Block:
        """The items with these numbers (one at least), side by side."""
        at = numbers % self._capacity
        terms = [self._terms[place] for place in at.tolist()]
        squares = self._squares[:, at].astype(np.float64)
        words, times = self._words[at], self._times[at]
        return Block(np.concatenate(terms), self._sizes[at], squares, words, times)
