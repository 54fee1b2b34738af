"""How rare a term is: document frequencies per language, learned from the stream.

Counts cover the remembered canonical items, on top of a small shipped background. Each
language with a background has its own table (6 MB), indexed by a hash of the term, so
languages do not affect each other; collisions only make a term look more common. All
other languages share a few tables, because a feed can declare any code. Counts are
integers, so adding and removing an item leaves no trace.
"""

from __future__ import annotations

import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aggregator.cluster.views import HASH_SHIFT, Terms
from aggregator.cluster.word_frequencies import background

BITS: Final = 19
_MASK: Final = (1 << BITS) - 1
RAREST: Final = 5.5  # idf cap: a word in one of 245 documents; rarer ones prove no more
OTHERS: Final = 32  # tables shared by the languages without a background
PRIOR: Final = 1500.0  # number of documents that the background counts as
UNCOMMON: Final = PRIOR / 1700  # a word in fewer of them is uncommon


class Table:
    """One language: documents by term, and the background, in slots of a hash table."""

    def __init__(self, language: str | None) -> None:
        self.documents = 0
        self.counts = np.zeros(1 << BITS, dtype=np.int32)
        self.background = np.zeros(1 << BITS, dtype=np.float32)  # documents
        hashes, shares = background(language)
        if len(hashes):
            terms = hashes.astype(np.uint64) << np.uint64(HASH_SHIFT)
            np.add.at(self.background, slots(terms), PRIOR * shares)
        # Logarithms are read far more often than counts change.
        # Same arithmetic as in ``add``, so a term that was added and removed leaves no trace.
        self.logs = np.log(self.counts + self.background + 0.5).astype(np.float32)

    def add(self, where: NDArray[np.int64], sign: int) -> None:
        """Count one document with terms in these slots, or with ``sign`` -1 remove it."""
        np.add.at(self.counts, where, sign)
        self.documents += sign
        self.logs[where] = np.log(self.counts[where] + self.background[where] + 0.5)


def slots(terms: Terms) -> NDArray[np.int64]:
    """The slot of each term."""
    mixed = (terms >> np.uint64(HASH_SHIFT)) * np.uint64(0x9E3779B1)
    return ((mixed >> np.uint64(12)) & np.uint64(_MASK)).astype(np.int64)


class Frequencies:
    """Document frequencies of the remembered canonical items, per language."""

    def __init__(self) -> None:
        self._tables: dict[str | None, Table] = {}

    def _table(self, language: str | None) -> Table:
        if language is not None and not len(background(language)[0]):
            # A feed can declare any code, and each would cost a table.
            language = f"other {zlib.crc32(language.encode()) % OTHERS}"
        if language not in self._tables:
            self._tables[language] = Table(language)
        return self._tables[language]

    def tables(self) -> int:
        """The number of tables in memory."""
        return len(self._tables)

    def add(self, terms: Terms, language: str | None, sign: int = 1) -> None:
        """Count one document, or with ``sign`` -1 remove it."""
        self._table(language).add(slots(terms), sign)

    def idf(self, terms: Terms, language: str | None) -> NDArray[np.float64]:
        """Inverse document frequency of each term, in nats, as of now; ``RAREST`` at most."""
        table = self._table(language)
        found = np.log(table.documents + PRIOR + 1.0) - table.logs[slots(terms)]
        return np.asarray(np.minimum(found, RAREST), dtype=np.float64)

    def uncommon(self, terms: Terms, language: str | None) -> NDArray[np.bool_]:
        """Which terms the background hardly knows: most are names of people, places and things.

        Unlike ``idf`` this does not depend on the stream, where the names in the news are common.
        """
        return np.asarray(self._table(language).background[slots(terms)] < UNCOMMON)
