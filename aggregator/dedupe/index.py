"""Titles in the window, to be found again: complete by construction, in compact arrays.

``keys.title_keys`` gives numbers of which two titles that may be judged the
same share some. The index holds, for each title, its numbers (12 bytes each),
and its id, language, time and words, packed into one buffer: no Python object
per title.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from aggregator.dedupe.keys import TitleKeys, title_keys
from aggregator.dedupe.postings import Postings, Slots
from aggregator.model import Item

_SEPARATOR = "\x1f"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST = 100  # candidates that are judged for one new title
_EQUAL = 8  # of those with the very same title, from either end of the window


@dataclass(frozen=True, slots=True)
class Found:
    """A title of the window that may be the same."""

    item: str
    language: str | None
    title: str
    time: datetime


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


class TitleIndex:
    """The titles of the last ``window``, by arrival."""

    def __init__(self, window: timedelta) -> None:
        self._window = window // timedelta(microseconds=1)
        self._postings = Postings()
        self._buffer = bytearray()
        self._ends = array("Q")  # of each record in the buffer, since _dropped
        self._seen = array("q")
        self._time = array("q")
        self._size = array("B")  # how many weighty words took part in the numbers
        self._first = 0  # slots below are forgotten
        self._dropped = 0  # bytes of the buffer that are forgotten
        self._newest = -(2**62)

    def __len__(self) -> int:
        return len(self._seen)

    @property
    def nbytes(self) -> int:
        """Bytes held for titles, numbers and times."""
        parts = (self._ends, self._seen, self._time, self._size)
        arrays = sum(len(part) * part.itemsize for part in parts)
        return self._postings.nbytes + len(self._buffer) + arrays

    def _append(self, item: Item, size: int) -> int:
        record = _SEPARATOR.join((item.id, item.language or "", item.title))
        self._buffer += record.encode("utf-8", "replace")
        self._ends.append(self._dropped + len(self._buffer))
        self._seen.append(_micros(item.seen))
        self._time.append(_micros(item.time))
        self._size.append(size)
        self._newest = max(self._newest, self._seen[-1])
        return self._first + len(self._seen) - 1

    def add(self, item: Item) -> None:
        """Take in one item, the newest by arrival."""
        found = title_keys(item.title, item.language)
        slot = self._append(item, found.size)
        self._postings.add(found.numbers, slot, self._first)
        self._forget()

    def extend(self, items: Iterable[Item]) -> None:
        """Take in many items in order of arrival, at the cost of one sort."""
        numbers, slots = array("Q"), array("I")
        for item in items:
            found = title_keys(item.title, item.language)
            slot = self._append(item, found.size)
            numbers.extend(found.numbers)
            slots.extend([slot] * len(found.numbers))
        self._postings.extend(
            np.frombuffer(numbers, dtype=np.uint64) if numbers else np.empty(0, np.uint64),
            np.frombuffer(slots, dtype=np.uint32) if slots else np.empty(0, np.uint32),
            self._first,
        )
        self._forget()

    def _forget(self) -> None:
        """Drop what fell out of the window, once it is half of everything."""
        half = len(self._seen) // 2
        if half < 1024 or self._seen[half] >= self._newest - self._window:
            return
        end = self._ends[half - 1]
        del self._buffer[: end - self._dropped]
        self._dropped = end
        for part in (self._ends, self._seen, self._time, self._size):
            del part[:half]
        self._first += half

    def _record(self, slot: int) -> Found:
        place = slot - self._first
        start = self._ends[place - 1] if place else self._dropped
        data = self._buffer[start - self._dropped : self._ends[place] - self._dropped]
        item, language, title = data.decode("utf-8").split(_SEPARATOR, 2)
        time = _EPOCH + timedelta(microseconds=self._time[place])
        return Found(item, language or None, title, time)

    def find(self, title: str, language: str | None, seen: datetime) -> list[Found]:
        """Titles that may be the same, the likeliest first, at most about a hundred."""
        wanted = title_keys(title, language)
        slots, which = self._postings.find(np.array(wanted.numbers, dtype=np.uint64))
        alive = slots >= self._first
        slots, which = slots[alive], which[alive]
        if not len(slots):
            return []
        arrival = np.frombuffer(self._seen, dtype=np.int64)
        fresh = arrival[slots - self._first] >= _micros(seen) - self._window
        slots, which = slots[fresh], which[fresh]
        equal = np.unique(slots[which == 0])
        some = np.concatenate((equal[:_EQUAL], equal[_EQUAL:][-_EQUAL:]))
        rest, hits = self._counted(slots, which, equal, wanted)
        chosen = np.concatenate((some, rest[np.lexsort((rest, -hits))][:_MOST]))
        return [self._record(int(slot)) for slot in chosen]

    def _counted(
        self, slots: Slots, which: NDArray[np.intp], equal: Slots, wanted: TitleKeys
    ) -> tuple[Slots, NDArray[np.intp]]:
        """The slots with enough common numbers, and how many those are."""
        heads = slots[which == wanted.head] if wanted.head else slots[:0]
        rest, hits = np.unique(slots[which > 0], return_counts=True)
        sizes = np.frombuffer(self._size, dtype=np.uint8)[rest - self._first]
        needed = wanted.needed(sizes)
        keep = (hits >= needed) | np.isin(rest, heads)
        keep &= ~np.isin(rest, equal)
        return rest[keep], hits[keep]
