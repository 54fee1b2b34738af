"""Data that is needed for many remembered items at once, in arrays indexed by item number.

Reading a hundred separate objects causes a thousand cache misses; reading arrays does
not. The arrays are ring buffers: an item's place is reused once ``capacity`` more items
have arrived.
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
    """Language, story and sizes of the remembered items, and the latest time of each story."""

    def __init__(self, capacity: int) -> None:
        """``capacity``: the maximum number of remembered items."""
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
        """Add a new item."""
        at = number % self._capacity
        code = self._languages.setdefault(features.language, len(self._languages))
        self._language[at] = code
        self._terms[at] = features.terms
        self._sizes[at] = len(features.terms)
        self._squares[:, at] = features.squares
        self._words[at] = features.text_words
        self._times[at] = -1 if features.published is None else features.published

    def place(self, number: int, story: str) -> None:
        """Put an item into ``story``."""
        self._story[number % self._capacity] = self._slot(story)

    def renew(self, story: str, last: int) -> None:
        """Record that the newest item of a story arrived at ``last`` (seconds)."""
        self._last[self._slot(story)] = last

    def drop(self, story: str) -> None:
        """Remove a story that has no items left."""
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
        """A mask of the items whose language is ``language`` or unknown (if None: all)."""
        code = self._languages.get(language, -1)
        if code == _ANY:
            return np.ones(len(numbers), dtype=np.bool_)
        held = self._language[numbers % self._capacity]
        return np.asarray((held == code) | (held == _ANY))

    def since(self, numbers: Numbers, moment: float) -> Mask:
        """A mask of the items in stories with something new at ``moment`` (seconds) or later."""
        return np.asarray(self._last[self._story[numbers % self._capacity]] >= moment)

    def block(self, numbers: Numbers) -> Block:
        """The items with these numbers (at least one) as one block."""
        at = numbers % self._capacity
        terms = [self._terms[place] for place in at.tolist()]
        squares = self._squares[:, at].astype(np.float64)
        words, times = self._words[at], self._times[at]
        return Block(np.concatenate(terms), self._sizes[at], squares, words, times)
