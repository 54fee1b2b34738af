"""Bodies: shingles, a small sketch for finding near-copies, and an exact check.

A shingle is five consecutive words (eight characters in languages without
spaces), hashed to 64 bits. The sketch holds the smallest hashes of the whole
text and of its beginning (bottom-k sketch, Broder 1997). Two texts that share
half their shingles share at least one of twelve hashes with a probability of
4,095 in 4,096; the hashes of the beginning find truncated copies. Candidates
are always checked against all shingles of both texts.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from aggregator.text.languages import spaced
from aggregator.text.letters import fold
from aggregator.text.scan import digits

Hashes = NDArray[np.uint64]

WORDS = 5  # in a shingle
CHARACTERS = 8  # in a shingle in a script without spaces
MOST_CHARACTERS = 60_000  # read from a body: bounds the work
WHOLE = 12  # hashes kept from the whole text
HEAD = 4  # hashes kept from its beginning
HEAD_SHINGLES = 40
LEAST_SHINGLES = 24  # fewer prove nothing: a text of under 28 words
LEAST_EQUAL = 12  # unless all are the same: a text of 16 words
SAME = 0.45  # minimum Jaccard for two bodies to be the same text
EQUAL = 0.8  # minimum Jaccard for two bodies to be the same text beyond doubt
CONTAINED = 0.8  # share of the shorter body found in the longer one
DIFFERENT = 0.08  # containment below which two long bodies are different texts
LONG_SHINGLES = 45  # a body with at least this many counts as long

_WORD = re.compile(r"\w+")
_PRIMES = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5,
     0x85EBCA77C2B2AE63, 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53, 0xD6E8FEB86659FD93],
    dtype=np.uint64,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much text two bodies share."""

    jaccard: float
    containment: float  # of the smaller in the larger
    least: int  # shingles of the smaller

    @property
    def near(self) -> bool:
        """Whether the bodies, however short, are the same text."""
        return self.jaccard >= SAME or self.containment >= CONTAINED

    @property
    def same(self) -> bool:
        """Whether the bodies prove that both items are the same article."""
        return self.least >= LEAST_SHINGLES and self.near

    @property
    def equal(self) -> bool:
        """Whether the bodies have the same words in the same order, and enough of them."""
        return self.jaccard == 1 and self.least >= LEAST_EQUAL

    @property
    def contradicting(self) -> bool:
        """Whether both are long and are worded differently."""
        return self.least >= LONG_SHINGLES and self.containment < DIFFERENT


@lru_cache(maxsize=65536)
def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest())


def _mixed(values: Hashes) -> Hashes:
    """The finaliser of splitmix64: spreads every bit over the whole number."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _ordered(text: str, language: str | None) -> Hashes:
    """The shingles of a body in text order."""
    # Letters are normalised, but not number words: copies keep the spelling of numbers,
    # and parsing them would cost more than everything else.
    found = _WORD.findall(fold(digits(text[:MOST_CHARACTERS]), language))
    if spaced(language):
        units = np.array([_hash(word) for word in found], dtype=np.uint64)
        width = WORDS
    else:
        units = np.array([ord(char) for word in found for char in word], dtype=np.uint64)
        width = CHARACTERS
    if len(units) < width:
        return np.empty(0, dtype=np.uint64)
    count = len(units) - width + 1
    total = np.zeros(count, dtype=np.uint64)
    for place in range(width):
        total = (total + units[place : place + count]) * _PRIMES[place]
        total ^= total >> np.uint64(29)
    return _mixed(total)


@lru_cache(maxsize=512)
def shingles(text: str, language: str | None) -> Hashes:
    """The sorted distinct shingle hashes of a body."""
    return np.unique(_ordered(text, language))


def bands(text: str, language: str | None) -> tuple[int, ...]:
    """The sketch of a body as signed 64-bit integers; empty if the body is too short.

    That of a short body is one number, which only equal bodies share.
    """
    ordered = _ordered(text, language)
    unique = np.unique(ordered)
    if len(unique) < LEAST_SHINGLES:
        whole = np.bitwise_xor.reduce(unique).view(np.int64)
        return (int(whole),) if len(unique) >= LEAST_EQUAL else ()
    head = np.unique(ordered[:HEAD_SHINGLES])
    chosen = np.unique(np.concatenate((unique[:WHOLE], head[:HEAD])))
    return tuple(int(value) for value in chosen.view(np.int64))


def overlap(a: str, b: str, language: str | None) -> Overlap:
    """Compare two bodies by all their shingles."""
    return _overlap(shingles(a, language), shingles(b, language))


def _overlap(one: Hashes, two: Hashes) -> Overlap:
    least = min(len(one), len(two))
    if not least:
        return Overlap(0.0, 0.0, 0)
    common = len(np.intersect1d(one, two, assume_unique=True))
    return Overlap(common / (len(one) + len(two) - common), common / least, least)
