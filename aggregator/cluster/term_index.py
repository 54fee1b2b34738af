"""Index from terms to the newest items that contain them."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int32]

NEWEST: Final = 160  # items returned per term


class Recent:
    """Item numbers by term, in ascending order; for frequent terms only the newest."""

    def __init__(self) -> None:
        self._items: dict[int, array[int]] = {}
        self._cut: set[int] = set()  # terms whose older items were dropped
        self.short = False  # too many removals: dropped items would be needed now

    def add(self, terms: Iterable[int], number: int) -> None:
        """Add an item, newer than all previous ones."""
        for term in terms:
            held = self._items.get(term)
            if held is None:
                held = self._items[term] = array("i")
            elif len(held) >= 3 * NEWEST:
                del held[:NEWEST]
                self._cut.add(term)
            held.append(number)

    def forget(self, terms: Iterable[int], number: int) -> None:
        """Remove the oldest item."""
        for term in terms:
            held = self._items[term]
            if held[0] == number:  # for a frequent term it is gone already
                held.pop(0)
            if not held:
                del self._items[term]
                self._cut.discard(term)

    def take(self, terms: Iterable[int], number: int) -> None:
        """Remove any item; sets ``short`` if dropped older items would have to replace it."""
        for term in terms:
            held = self._items[term]
            at = bisect_left(held, number)
            if at < len(held) and held[at] == number:
                del held[at]
            self.short |= term in self._cut and len(held) < NEWEST
            if not held:
                del self._items[term]

    def find(self, terms: Sequence[int]) -> tuple[Numbers, list[int]]:
        """The newest items of each term, concatenated, and the count per term."""
        found, counts = array("i"), []
        for term in terms:  # one array for all costs a tenth of one view per term
            part = self._items.get(term, _NONE)[: -NEWEST - 1 : -1]
            found += part
            counts.append(len(part))
        return np.array(found, dtype=np.int32), counts


_NONE: Final = array("i")
