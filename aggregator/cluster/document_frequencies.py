"""How rare a term is: document frequencies per language, learned from the stream.

Counts are kept for the canonical items that are remembered, over a small shipped
background, in a table for each language (6 MB) indexed by a hash of the term: collisions
only make a term look more common, and no language with a background changes what another
one says; the others share a few tables, since a feed can name any code it likes.
Integers, so that what comes and goes leaves no trace.
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
RAREST: Final = 5.5  # a word of one document in 245 is rare; a still rarer one proves no more
OTHERS: Final = 32  # tables that the languages without a background share
PRIOR: Final = 1500.0  # documents that the background counts for


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
        # In the very arithmetic of ``add``: a term that came and went leaves no trace.
        self.logs = np.log(self.counts + self.background + 0.5).astype(np.float32)

    def add(self, where: NDArray[np.int64], sign: int) -> None:
        """Count one document with terms in these slots, or with ``sign`` -1 forget it."""
        np.add.at(self.counts, where, sign)
        self.documents += sign
        self.logs[where] = np.log(self.counts[where] + self.background[where] + 0.5)


def slots(terms: Terms) -> NDArray[np.int64]:
    """The slot of each term."""
    mixed = (terms >> np.uint64(HASH_SHIFT)) * np.uint64(0x9E3779B1)
    return ((mixed >> np.uint64(12)) & np.uint64(_MASK)).astype(np.int64)


class Frequencies:
    """Document frequencies of the remembered canonical items, each language for itself."""

    def __init__(self) -> None:
        self._tables: dict[str | None, Table] = {}

    def _table(self, language: str | None) -> Table:
        if language is not None and not len(background(language)[0]):
            # A feed can name any code it likes, and each would cost a table.
            language = f"other {zlib.crc32(language.encode()) % OTHERS}"
        if language not in self._tables:
            self._tables[language] = Table(language)
        return self._tables[language]

    def tables(self) -> int:
        """How many tables are held."""
        return len(self._tables)

    def add(self, terms: Terms, language: str | None, sign: int = 1) -> None:
        """Count one document, or with ``sign`` -1 forget it."""
        self._table(language).add(slots(terms), sign)

    def idf(self, terms: Terms, language: str | None) -> NDArray[np.float64]:
        """Inverse document frequency of each term, in nats, as of now; ``RAREST`` at most."""
        table = self._table(language)
        found = np.log(table.documents + PRIOR + 1.0) - table.logs[slots(terms)]
        return np.asarray(np.minimum(found, RAREST), dtype=np.float64)
