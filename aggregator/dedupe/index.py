"""Index of the titles in the window: complete by construction, in compact arrays.

Any two titles that may be judged the same share some numbers of ``title_keys``.
For each title the index holds its numbers (8 bytes each) and its id, title and
times, packed into one buffer: no Python object per title.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aggregator.dedupe.postings import Postings, Slots
from aggregator.dedupe.sketches import Block, title_keys_of, unpack
from aggregator.dedupe.titlekeys import Flags, TitleKeys, mixed, title_keys_alone
from aggregator.dedupe.titles import GRAM
from aggregator.model import Item, KnownTitle

_SEPARATOR = "\x1f"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST = 100  # candidates judged for one new title
_MOST_WORDS = 2_000  # of a new title, each counted for each candidate it is judged with
_EQUAL = 8  # candidates with the identical title, from each end of the window
_AT_ONCE = 65_536  # titles per batch at startup


@dataclass(frozen=True, slots=True)
class Found:
    """A title in the window that may be the same."""

    item: str
    language: str | None
    title: str
    time: datetime


@dataclass(frozen=True, slots=True)
class _Revised:
    """A title that replaced another in its slot; the old numbers still point to the slot."""

    found: Found
    numbers: frozenset[int]  # of the current title
    noted: frozenset[int]  # all that point to the slot


def known(item: Item) -> KnownTitle:
    """``item`` as loaded at startup, but without a sketch."""
    seen, time = _micros(item.seen), _micros(item.time)
    return KnownTitle(item.id, item.title, item.language, seen, time, None)


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


class TitleIndex:
    """The titles of the last ``window``, by arrival. A revision replaces its item's title."""

    def __init__(self, window: timedelta) -> None:
        self._window = window // timedelta(microseconds=1)
        self._postings = Postings()
        self._buffer = bytearray()
        self._ends = array("Q")  # where each record ends, counting dropped bytes
        self._seen = array("q")
        self._time = array("q")
        self._size = array("B")  # how many words the numbers are based on
        self._bits = array("Q")  # two for each title
        self._changed = array("B")  # 1: in _revised
        self._languages_at = array("B")  # number of the language
        self._languages: list[str | None] = [None]
        self._unknown = False  # whether any title has an unknown language
        self._revised: dict[int, _Revised] = {}
        self._first = 0  # slots below are dropped
        self._dropped = 0  # bytes dropped from the buffer
        self._newest = -(2**62)

    def __len__(self) -> int:
        return len(self._seen)

    @property
    def _columns(self) -> tuple[array[int], ...]:
        """The arrays with one entry for each title (two in ``_bits``)."""
        return (
            self._ends,
            self._seen,
            self._time,
            self._size,
            self._bits,
            self._changed,
            self._languages_at,
        )

    @property
    def nbytes(self) -> int:
        """Bytes held for titles, numbers and times."""
        arrays = sum(len(part) * part.itemsize for part in self._columns)
        return self._postings.nbytes + len(self._buffer) + arrays

    def add(self, item: Item, sketch: bytes = b"") -> bool:
        """Add an item, or a revision of a known one; return whether the item is new.

        An item from before the window is ignored, as it would be after a restart.
        """
        own = mixed(item.id)
        found = title_keys_of(item.title, item.language, sketch)
        slot = self._slot_of(item.id, own)
        if slot is None:
            if _micros(item.seen) < self._newest:
                return False
            slot = self._append(item, found)
            self._postings.add((own, *found.numbers), slot, self._first)
            self._forget()
            return True
        place = slot - self._first
        known = self._record(slot)
        if (known.title, known.language) == (item.title, item.language):
            return False
        noted = (
            self._revised[slot].noted
            if slot in self._revised
            else frozenset(title_keys_alone(known.title, known.language).numbers)
        )
        now = Found(item.id, item.language, item.title, item.time)
        self._revised[slot] = _Revised(now, frozenset(found.numbers), noted.union(found.numbers))
        self._size[place] = found.size
        self._bits[2 * place : 2 * place + 2] = array("Q", found.bits)
        self._changed[place] = 1
        self._languages_at[place] = self._language(item.language)
        self._time[place] = _micros(item.time)
        self._postings.add(sorted(set(found.numbers) - noted), slot, self._first)
        return False

    def extend(self, titles: Iterable[KnownTitle]) -> None:
        """Add many new titles in order of arrival; costs only a few sorts."""
        waiting = iter(titles)
        while some := list(islice(waiting, _AT_ONCE)):
            block = unpack(some)
            first = self._first + len(self._seen)
            self._take(some, block)
            slots = np.arange(first, first + len(some), dtype=np.uint32)
            self._postings.extend(block.numbers, np.repeat(slots, block.counts), self._first)
        self._forget()

    def _take(self, titles: Sequence[KnownTitle], block: Block) -> None:
        for one in titles:
            self._buffer += f"{one.item}{_SEPARATOR}{one.title}".encode("utf-8", "replace")
            self._ends.append(self._dropped + len(self._buffer))
            self._languages_at.append(self._language(one.language))
        self._seen.extend([one.seen for one in titles])
        self._time.extend([one.time for one in titles])
        self._size.frombytes(block.sizes.tobytes())
        self._bits.frombytes(block.bits.tobytes())
        self._changed.frombytes(bytes(len(titles)))
        self._newest = max(self._newest, *self._seen[-len(titles) :])

    def _append(self, item: Item, found: TitleKeys) -> int:
        self._buffer += f"{item.id}{_SEPARATOR}{item.title}".encode("utf-8", "replace")
        self._ends.append(self._dropped + len(self._buffer))
        self._seen.append(_micros(item.seen))
        self._time.append(_micros(item.time))
        self._size.append(found.size)
        self._bits.extend(found.bits)
        self._changed.append(0)
        self._languages_at.append(self._language(item.language))
        self._newest = max(self._newest, self._seen[-1])
        return self._first + len(self._seen) - 1

    def _language(self, code: str | None) -> int:
        self._unknown |= code is None
        if code not in self._languages:
            # After 255 languages the rest share a number; judging tells them apart.
            if len(self._languages) == 255:
                return 255
            self._languages.append(code)
        return self._languages.index(code)

    def _slot_of(self, item: str, own: int) -> int | None:
        slots, _ = self._postings.find(np.array([own], dtype=np.uint32))
        alive = (int(slot) for slot in slots if slot >= self._first)
        return next((slot for slot in alive if self._record(slot).item == item), None)

    def _forget(self) -> None:
        """Drop titles that left the window, once they are half of all titles."""
        half = len(self._seen) // 2
        if half < 1024 or self._seen[half] >= self._newest - self._window:
            return
        end = self._ends[half - 1]
        del self._buffer[: end - self._dropped]
        self._dropped = end
        for part in self._columns:
            del part[: half * (2 if part is self._bits else 1)]
        self._first += half
        self._revised = {s: found for s, found in self._revised.items() if s >= self._first}

    def _record(self, slot: int) -> Found:
        if slot in self._revised:
            return self._revised[slot].found
        place = slot - self._first
        start = self._ends[place - 1] if place else self._dropped
        data = self._buffer[start - self._dropped : self._ends[place] - self._dropped]
        item, title = data.decode("utf-8").split(_SEPARATOR, 1)
        number = self._languages_at[place]
        language = self._languages[number] if number < len(self._languages) else None
        return Found(item, language, title, _EPOCH + timedelta(microseconds=self._time[place]))

    def find(
        self, title: str, language: str | None, seen: datetime, sketch: bytes = b""
    ) -> list[Found]:
        """Titles that may be the same, most likely first; at most about a hundred."""
        equal: list[Slots] = []
        rest: list[Slots] = []
        hits: list[NDArray[np.intp]] = []
        since = _micros(seen) - self._window
        longest = 1
        for spoken, code in self._asked(language):
            wanted = title_keys_of(title, code, sketch if code == language else b"")
            longest = max(longest, wanted.size if wanted.pairs else wanted.size // GRAM)
            slots, which = self._bearing(wanted)
            whole = slots[which == 0]
            equal.append(whole[self._arrived(whole, since)])
            some, counts = self._counted(slots, which, wanted)
            wished = self._arrived(some, since)
            if spoken is not None:
                wished &= self._column(self._languages_at, np.uint8, some) == spoken
            some, counts = self._near(some[wished], counts[wished], slots, which, wanted)
            rest.append(some)
            hits.append(counts)
        same_title = np.unique(np.concatenate(equal))
        chosen = np.concatenate((same_title[:_EQUAL], same_title[_EQUAL:][-_EQUAL:]))
        others, counts = np.concatenate(rest), np.concatenate(hits)
        if len(same_title):
            keep = ~np.isin(others, same_title)
            others, counts = others[keep], counts[keep]
        best = others[np.lexsort((others, -counts))][: min(_MOST, _MOST_WORDS // longest)]
        return [self._record(int(slot)) for slot in (*chosen, *best)]

    def _asked(self, language: str | None) -> Iterator[tuple[int | None, str | None]]:
        """The languages to read a title in, each with the titles it applies to.

        Titles are compared in the language of either one. A title of unknown language is
        read in every known language, and others also match titles of unknown language.
        """
        if language is not None:
            known = language in self._languages
            yield (self._languages.index(language) if known else None), language
            if self._unknown:
                yield 0, None
            return
        yield from enumerate(self._languages)

    def _bearing(self, wanted: TitleKeys) -> tuple[Slots, NDArray[np.intp]]:
        """Slots that contain some of the numbers, and which."""
        slots, which = self._postings.find(np.array(wanted.numbers, dtype=np.uint32))
        if self._first:
            alive = slots >= self._first
            slots, which = slots[alive], which[alive]
        return self._as_revised(wanted, slots, which)

    def _arrived(self, slots: Slots, since: int) -> Flags:
        """Which of the slots are in the window."""
        return np.asarray(self._column(self._seen, np.int64, slots) >= since)

    def _column(self, column: array[int], kind: type[np.generic], slots: Slots) -> NDArray[Any]:
        """The values of a column for the slots."""
        return np.frombuffer(column, dtype=kind)[slots - self._first]

    def _as_revised(
        self, wanted: TitleKeys, slots: Slots, which: NDArray[np.intp]
    ) -> tuple[Slots, NDArray[np.intp]]:
        """Leave out numbers from before a title's revision, as after a restart."""
        if not self._revised:
            return slots, which
        keep = np.ones(len(slots), dtype=np.bool_)
        changed = np.frombuffer(self._changed, dtype=np.uint8)[slots - self._first]
        for place in np.flatnonzero(changed).tolist():
            revised = self._revised[int(slots[place])]
            keep[place] = wanted.numbers[int(which[place])] in revised.numbers
        return slots[keep], which[keep]

    def _counted(
        self, slots: Slots, which: NDArray[np.intp], wanted: TitleKeys
    ) -> tuple[Slots, NDArray[np.intp]]:
        """The slots that share enough numbers, given their sizes, to be near.

        Most share only one; further columns are read only for the others.
        """
        rest, hits = np.unique(slots[which > 0], return_counts=True)
        keep = wanted.enough(self._column(self._size, np.uint8, rest), hits)
        if wanted.head:  # slots that share the beginning are among the rest, which is sorted
            keep[np.searchsorted(rest, slots[which == wanted.head])] = True
        return rest[keep], hits[keep]

    def _near(
        self,
        some: Slots,
        hits: NDArray[np.intp],
        slots: Slots,
        which: NDArray[np.intp],
        wanted: TitleKeys,
    ) -> tuple[Slots, NDArray[np.intp]]:
        """Those of ``some`` that are near by their words, or cut short."""
        if not len(some):
            return some, hits
        places = some - self._first
        bits = np.frombuffer(self._bits, dtype=np.uint64).reshape(-1, 2)[places]
        keep = wanted.enough(self._column(self._size, np.uint8, some), hits) & wanted.near(bits)
        if wanted.head:
            keep |= np.isin(some, slots[which == wanted.head]) & wanted.cut(bits)
        return some[keep], hits[keep]
