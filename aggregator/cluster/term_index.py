"""The newest items that hold a term: what a new item is looked up in."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int32]

NEWEST: Final = 160  # items looked at for each term


class Recent:
    """Numbers of items by term, in ascending order; of a frequent term only the newest."""

    def __init__(self) -> None:
        self._items: dict[int, array[int]] = {}
        self._cut: set[int] = set()  # terms of which the older items were let go
        self.short = False  # so many were taken out that what was let go is missing

    def add(self, terms: Iterable[int], number: int) -> None:
        """Note an item, newer than all before."""
        for term in terms:
            held = self._items.get(term)
            if held is None:
                held = self._items[term] = array("i")
            elif len(held) >= 3 * NEWEST:
                del held[:NEWEST]
                self._cut.add(term)
            held.append(number)

    def forget(self, terms: Iterable[int], number: int) -> None:
        """Take out the oldest item."""
        for term in terms:
            held = self._items[term]
            if held[0] == number:  # of a frequent term it is gone already
                held.pop(0)
            if not held:
                del self._items[term]
                self._cut.discard(term)

    def take(self, terms: Iterable[int], number: int) -> None:
        """Take out any item; ``short`` tells where older ones would have to come in its place."""
        for term in terms:
            held = self._items[term]
            at = bisect_left(held, number)
            if at < len(held) and held[at] == number:
                del held[at]
            self.short |= term in self._cut and len(held) < NEWEST
            if not held:
                del self._items[term]

    def find(self, terms: Sequence[int]) -> tuple[Numbers, list[int]]:
        """The newest items of each term, one term after the other, and how many each has."""
        found, counts = array("i"), []
        for term in terms:  # one array of all costs a tenth of one view for each
            part = self._items.get(term, _NONE)[: -NEWEST - 1 : -1]
            found += part
            counts.append(len(part))
        return np.array(found, dtype=np.int32), counts


_NONE: Final = array("i")
