"""Which slots contain a number: sorted arrays that grow like a log-structured merge tree.

New entries go into a small dictionary. When it is full it becomes a sorted array,
and arrays of similar size are merged, so there are few arrays and each entry is
merged only a logarithmic number of times. An entry takes eight bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint32]
Slots = NDArray[np.uint32]

_WAITING = 16_384  # entries in the dictionary
_GROWTH = 3  # an array is merged into its predecessor unless that is this many times longer


class Postings:
    """A multimap from 32-bit numbers to slots (32-bit, growing)."""

    def __init__(self) -> None:
        self._levels: list[tuple[Numbers, Slots]] = []
        self._waiting: dict[int, list[int]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count + sum(len(slots) for _, slots in self._levels)

    @property
    def nbytes(self) -> int:
        """Bytes held in arrays (without the small dictionary)."""
        return sum(n.nbytes + s.nbytes for n, s in self._levels)

    def add(self, numbers: Sequence[int], slot: int, first: int) -> None:
        """Record ``slot`` under each number; slots below ``first`` may be dropped."""
        for number in numbers:
            self._waiting.setdefault(number, []).append(slot)
        self._count += len(numbers)
        if self._count >= _WAITING:
            self._settle(first)

    def _settle(self, first: int) -> None:
        pairs = [(number, slot) for number, slots in self._waiting.items() for slot in slots]
        numbers = np.array([number for number, _ in pairs], dtype=np.uint32)
        slots = np.array([slot for _, slot in pairs], dtype=np.uint32)
        self._waiting, self._count = {}, 0
        self.extend(numbers, slots, first)

    def extend(self, numbers: Numbers, slots: Slots, first: int) -> None:
        """Add many entries at once, in slot order."""
        self._levels.append(_sorted(numbers, slots))
        while len(self._levels) > 1 and len(self._levels[-2][0]) < _GROWTH * len(
            self._levels[-1][0]
        ):
            newer, older = self._levels.pop(), self._levels.pop()
            self._levels.append(_merged(older, newer, first))

    def find(self, numbers: Numbers) -> tuple[Slots, NDArray[np.intp]]:
        """All slots under ``numbers``, each with the index of its number."""
        found: list[Slots] = []
        which: list[int] = []
        for known, slots in self._levels:
            start = np.searchsorted(known, numbers)
            held = np.flatnonzero(known.take(start, mode="clip") == numbers)
            stop = np.searchsorted(known, numbers[held], "right").tolist()
            for place, begin, end in zip(held.tolist(), start[held].tolist(), stop, strict=True):
                if begin < end:  # past the end, the last entry was compared instead
                    found.append(slots[begin:end])
                    which.append(place)
        for place, number in enumerate(numbers.tolist()):
            waiting = self._waiting.get(number)
            if waiting:
                found.append(np.array(waiting, dtype=np.uint32))
                which.append(place)
        if not found:
            return np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.intp)
        places = np.repeat(np.array(which, dtype=np.intp), [len(part) for part in found])
        return np.concatenate(found), places


def _merged(
    older: tuple[Numbers, Slots], newer: tuple[Numbers, Slots], first: int
) -> tuple[Numbers, Slots]:
    numbers = np.concatenate((older[0], newer[0]))
    slots = np.concatenate((older[1], newer[1]))
    if first:
        alive = slots >= first
        numbers, slots = numbers[alive], slots[alive]
    return _sorted(numbers, slots)


def _sorted(numbers: Numbers, slots: Slots) -> tuple[Numbers, Slots]:
    """Sort by number, then slot. Sorting 64-bit values is many times faster than argsort."""
    both = numbers.astype(np.uint64) << np.uint64(32)
    both |= slots
    both.sort()
    return (both >> np.uint64(32)).astype(np.uint32), both.astype(np.uint32)
