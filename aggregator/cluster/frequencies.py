"""How rare a term is: document frequencies per language, learned from the stream.

Counts are kept for the canonical items that are remembered, over a small shipped
background, in one table indexed by a hash of language and term (collisions only make a
term look more common). Integers, so that what comes and goes leaves no trace.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from aggregator.cluster.background import background
from aggregator.cluster.views import HASH_SHIFT, Terms, checksum

BITS: Final = 20
_MASK: Final = (1 << BITS) - 1
RAREST: Final = 5.5  # a word of one document in 245 is rare; a still rarer one proves no more
PRIOR: Final = 1500.0  # documents that the background counts for


class Frequencies:
    """Document frequencies of the remembered canonical items."""

    def __init__(self) -> None:
        self._counts = np.zeros(1 << BITS, dtype=np.int32)
        self._documents: dict[str | None, int] = {}
        self._background = np.zeros(1 << BITS, dtype=np.float32)
        self._known: set[str | None] = set()

    def _slots(self, terms: Terms, language: str | None) -> NDArray[np.int64]:
        salt = checksum(language or "") if language else 0
        mixed = ((terms >> np.uint64(HASH_SHIFT)) ^ np.uint64(salt)) * np.uint64(0x9E3779B1)
        return ((mixed >> np.uint64(12)) & np.uint64(_MASK)).astype(np.int64)

    def _learn_background(self, language: str | None) -> None:
        self._known.add(language)
        hashes, shares = background(language)
        if len(hashes):
            terms = hashes.astype(np.uint64) << np.uint64(HASH_SHIFT)
            np.add.at(self._background, self._slots(terms, language), shares)

    def add(self, terms: Terms, language: str | None, sign: int = 1) -> None:
        """Count one document, or with ``sign`` -1 forget it."""
        np.add.at(self._counts, self._slots(terms, language), sign)
        self._documents[language] = self._documents.get(language, 0) + sign

    def idf(self, terms: Terms, language: str | None) -> NDArray[np.float64]:
        """Inverse document frequency of each term, in nats, as of now; ``RAREST`` at most."""
        if language not in self._known:
            self._learn_background(language)
        slots = self._slots(terms, language)
        seen = self._counts[slots] + PRIOR * self._background[slots]
        total = self._documents.get(language, 0) + PRIOR
        found = np.log((total + 1.0) / (seen + 0.5))
        return np.asarray(np.minimum(found, RAREST), dtype=np.float64)
