"""The features of an item for the story engine: a sorted array of terms with their positions.

A term is a stemmed word, a pair of neighbouring title words, or, in scripts without
spaces, a pair of characters. It is packed into one unsigned 64 bit integer: the CRC-32
of its text in the upper part, and in the lower 16 bits its counts in the title (2 bits),
the lead (2) and the body (4, capped), and its kind (name, number, pair). Only the packed
form is stored, so a restored item has the same features as in its decision.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, pairwise, repeat
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aggregator.cluster.words import NAME, NUMBER, checksum, read_words, without_buttons
from aggregator.model import Flag, Item

__all__ = ["NAME", "NUMBER", "Features", "Terms", "features_of", "unpack"]

Terms = NDArray[np.uint64]

LEAD_SHIFT: Final = 2
BODY_SHIFT: Final = 4
TITLE_MASK: Final = 3
LEAD_MASK: Final = 3 << LEAD_SHIFT
BODY_MASK: Final = 15 << BODY_SHIFT
PAIR: Final = 1 << 10
PLACES: Final = 1 << 11  # number of values of the lower bits
PLACE_MASK: Final = PLACES - 1
HASH_SHIFT: Final = 16

TEXT: Final = 5  # content words from which an item counts as having text
LEAD_WORDS: Final = 12  # content words from which a text can be expected to share some

MAX_TITLE_WORDS: Final = 40
MAX_LEAD_WORDS: Final = 60
MAX_BODY_WORDS: Final = 420
MAX_TERMS: Final = 300  # 6 bytes each, so that the features of an item stay under 2 kB

VERSION = 2
_HEADER = struct.Struct("<BBIIIIHHfff")
_NO_TIME = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Features:
    """The features of a canonical item; round-trips through bytes."""

    language: str | None
    published: int | None  # seconds since 1970, UTC
    source: int  # CRC-32 of the outlet's name, 0 if unknown
    founded: int  # seconds since 1970: when the story it joined was founded
    title_words: int  # content words in the title
    text_words: int  # content words in lead and body
    terms: Terms
    # Squared lengths of the vectors of all terms, of the words, and of the title words, with the
    # weights at arrival: this makes comparing with many items much cheaper.
    squares: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def pack(self) -> bytes:
        """The features as bytes (at most about 2 kB)."""
        header = _HEADER.pack(
            VERSION,
            len(self.language or ""),
            _NO_TIME if self.published is None else self.published,
            self.source,
            self.founded,
            len(self.terms),
            self.title_words,
            self.text_words,
            *self.squares,
        )
        hashes = (self.terms >> np.uint64(HASH_SHIFT)).astype("<u4")
        places = (self.terms & np.uint64(0xFFFF)).astype("<u2")
        return header + (self.language or "").encode() + hashes.tobytes() + places.tobytes()


@dataclass(frozen=True, slots=True)
class Block:
    """Several items in arrays, for comparison."""

    terms: Terms  # concatenated terms of all items
    sizes: NDArray[np.int64]  # number of terms of each
    squares: NDArray[np.float64]  # ``Features.squares``, shape (3, items)
    words: NDArray[np.float64]  # content words in the text of each
    times: NDArray[np.int64]  # seconds since 1970; -1 if unknown

    def owners(self) -> NDArray[np.int64]:
        """The index of the item that each term belongs to."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)


def block(items: Sequence[Features]) -> Block:
    """``items`` (at least one) as one block."""
    terms = np.concatenate([item.terms for item in items])
    sizes = np.array([len(item.terms) for item in items])
    squares = np.array([item.squares for item in items]).T
    words = np.array([float(item.text_words) for item in items])
    times = np.array([-1 if item.published is None else item.published for item in items])
    return Block(terms, sizes, squares, words, times)


def readable(blob: bytes) -> bool:
    """Whether ``unpack`` can read ``blob``; False for blobs of older versions."""
    return len(blob) >= _HEADER.size and blob[0] == VERSION


def unpack(blob: bytes) -> Features:
    """The features packed in ``blob`` by ``Features.pack``. Raises ValueError for other bytes."""
    if not readable(blob):
        raise ValueError("these bytes are not features of this version")
    _, letters, published, source, founded, count, title, text, *squares = _HEADER.unpack_from(blob)
    at = _HEADER.size
    language = blob[at : at + letters].decode() or None
    at += letters
    hashes = np.frombuffer(blob, "<u4", count, at).astype(np.uint64)
    places = np.frombuffer(blob, "<u2", count, at + 4 * count).astype(np.uint64)
    return Features(
        language,
        None if published == _NO_TIME else published,
        source,
        founded,
        title,
        text,
        (hashes << np.uint64(HASH_SHIFT)) | places,
        (squares[0], squares[1], squares[2]),
    )


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else max(0, min(int(moment.timestamp()), _NO_TIME - 1))


def arriving(features: Features, seen: datetime) -> Features:
    """``features`` of an item that arrives at ``seen``, made before that was known."""
    founded = _seconds(seen) or 0
    return features if features.founded == founded else replace(features, founded=founded)


def features_of(item: Item) -> Features:
    """The features of ``item``; a pure function of its texts, flags, language, time and outlet.

    A recurring format (weather, markets, briefings) gets no terms, so it resembles nothing.
    """
    language = item.language
    silent = Flag.RECURRING in item.flags
    title = read_words("" if silent else item.title, language, MAX_TITLE_WORDS)
    # The lead is usually the beginning of the text, with the same kinds of words.
    apart = not item.text.startswith(item.lead) or item.text == item.lead
    lead = read_words("" if silent else item.lead, language, MAX_LEAD_WORDS, kinds=apart)
    body = lead
    if item.text != item.lead:
        body = read_words("" if silent else item.text, language, MAX_BODY_WORDS)
    told, text = without_buttons(lead, language), without_buttons(body, language)
    pairs = [(first * 0x9E3779B1 + second) & 0xFFFFFFFF for first, second in pairwise(title.terms)]
    kinds = dict.fromkeys(pairs, PAIR)
    for one in (title, told, text):
        for term, kind in one.kinds.items():
            kinds[term] = kinds.get(term, 0) | kind
    counts = tuple(map(Counter, (chain(title.terms, set(pairs)), told.terms, text.terms)))
    return Features(
        language,
        _seconds(item.published),
        checksum(item.source) if item.source else 0,
        _seconds(item.seen) or 0,
        min(len(title.terms), 0xFFFF),
        min(max(len(lead.terms), len(body.terms)), 0xFFFF),
        _packed(counts, kinds),
    )


def _packed(counts: Sequence[Counter[int]], kinds: Mapping[int, int]) -> Terms:
    """The terms with their counts in title, lead and body and their kinds, in ascending order.

    At most ``MAX_TERMS``: title and lead first, then the most frequent, then the first.
    """
    title, lead, body = counts
    chosen = list(dict.fromkeys(chain(title, lead, body)))
    if len(chosen) > MAX_TERMS:
        chosen.sort(key=lambda term: (term not in title, term not in lead, -body[term]))
        del chosen[MAX_TERMS:]
    size = len(chosen)
    packed = np.fromiter(chosen, np.uint64, size) << np.uint64(HASH_SHIFT)
    for held, most, shift in ((title, 3, 0), (lead, 3, LEAD_SHIFT), (body, 15, BODY_SHIFT)):
        count = np.fromiter(map(held.get, chosen, repeat(0)), np.uint64, size)
        packed |= np.minimum(count, np.uint64(most)) << np.uint64(shift)
    packed |= np.fromiter(map(kinds.get, chosen, repeat(0)), np.uint64, size)
    packed.sort()
    return packed
