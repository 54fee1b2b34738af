"""The numbers that a title is looked up by in the index."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from aggregator.dedupe.analysed_titles import HEAD, LOOSE, analyse
from aggregator.dedupe.normal_forms import form, script_language
from aggregator.dedupe.terms import Kind, Row, outline
from aggregator.dedupe.titles import GRAM, MOST_EXTRA
from aggregator.dedupe.unspaced_titles import MOST_INNER, MOST_LIGHT
from aggregator.text.labels import split
from aggregator.text.languages import spaced


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())


def _mixed(*numbers: int) -> int:
    """One 32-bit number of several 64-bit ones; their order counts."""
    total = 0
    for number in numbers:
        total = ((total ^ number) * _PRIME + 1) & _MASK
        total ^= total >> 29
    return total >> 32


Counts = NDArray[np.intp]
Flags = NDArray[np.bool_]
Bits = NDArray[np.uint64]  # one row of two for each title


def mixed(text: str) -> int:
    """A 32-bit number of a text."""
    return _hash(text) >> 32


_PRIME, _MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1

PREFIX = 7
"""Words of a title, in a fixed order, of which pairs are looked up: see ``title_keys``."""
_LOSS = 2  # words of a title that a slip or a joined word keeps from being equal
_FAR = MOST_EXTRA + _LOSS  # words of one title that the other lacks, at most
MOST_GRAMS = 24
_GRAMS_LOST = MOST_INNER * (GRAM - 1 + MOST_LIGHT)  # where titles differ inside


@dataclass(frozen=True, slots=True)
class TitleKeys:
    """The 32-bit numbers a title is found by: that of its normal form, then the others."""

    numbers: tuple[int, ...]
    size: int  # distinct words that carry the statement, or grams; at most 255
    head: int = 0  # place of the number of its beginning; 0: none
    pairs: bool = True
    bits: tuple[int, int] = (0, 0)  # twice one of 64 for each word or gram

    def enough(self, sizes: NDArray[np.uint8], hits: Counts) -> Flags:
        """Whether titles of those sizes that share so many numbers may be the same.

        Every title that the rules call the same is among those that are ``enough`` and
        ``near``, but those cut short and far apart in size (which share the beginning).
        """
        least = np.minimum(sizes, self.size).astype(np.intp)
        most = np.maximum(sizes, self.size).astype(np.intp)
        found: Flags = hits >= self._needed(least, most)
        return found & (most - least <= _FAR) if self.pairs else found

    def near(self, bits: Bits) -> Flags:
        """Whether titles of those bits lack so few of the words, and have so few others."""
        mine, theirs = self._alone(bits)
        found: Flags = np.minimum(mine, theirs) <= (_LOSS if self.pairs else _GRAMS_LOST)
        return found & (np.maximum(mine, theirs) <= _FAR) if self.pairs else found

    def cut(self, bits: Bits) -> Flags:
        """Which titles of those bits may be this one cut short, or the whole of it."""
        found: Flags = np.minimum(*self._alone(bits)) <= _LOSS
        return found

    def _alone(self, bits: Bits) -> tuple[Counts, Counts]:
        """At least how many words of this title each other lacks, and the other way round."""
        mine = np.array(self.bits, dtype=np.uint64)
        here: Counts = np.bitwise_count(mine & ~bits).max(axis=1).astype(np.intp)
        there: Counts = np.bitwise_count(bits & ~mine).max(axis=1).astype(np.intp)
        return here, there

    def _needed(self, least: Counts, most: Counts) -> Counts:
        """How many numbers two titles of those sizes share if they are the same."""
        if not self.pairs:
            kept = np.minimum(least, MOST_GRAMS) - _GRAMS_LOST
            pushed = np.where(most <= MOST_GRAMS, kept, MOST_GRAMS - (most - least) - _GRAMS_LOST)
            grams: Counts = np.maximum(1, np.minimum(kept, pushed))
            return grams
        short = np.minimum(least, PREFIX) - _LOSS
        long = np.where(most < PREFIX, short, PREFIX - (most - least + _LOSS))
        common = np.maximum(2, np.minimum(short, long))
        pairs: Counts = common * (common - 1) // 2
        return pairs


@lru_cache(maxsize=64)  # of the item at hand: to be found by, to find others by, to be stored
def title_keys(title: str, language: str | None) -> TitleKeys:
    """Numbers of which two titles that may be judged the same share some.

    Prefix filtering (Chaudhuri, Ganti, Kaushik 2006), with pairs: two titles that
    are the same have all words that matter in common but at most ``MOST_EXTRA`` of
    the longer one, and but for one slip or joined word (``_LOSS``). With the
    words of all titles in one fixed order, at least two of the common ones are
    among the first ``PREFIX`` of both, so that some pair of these is shared.
    Longer words come first in that order, because they are rarer. A title that was
    cut short shares the beginning: its first four words.
    """
    known = analyse(title, language)
    if not spaced(known.language):
        return _of_letters(known.letters)
    rows = [(term.text, term.key, term.kind) for term in known.terms]
    return _of_rows(rows, known.language)


def title_keys_alone(title: str, language: str | None) -> TitleKeys:
    """``title_keys`` of a title that is not going to be compared, at a fraction of the cost."""
    _, title = split(title)
    language = language or script_language(title)
    if not spaced(language):
        return _of_letters(form(title, language).replace(" ", ""))
    return _of_rows(outline(title, language), language)


def _of_letters(text: str) -> TitleKeys:
    equal = _mixed(_hash(text))
    grams = {_mixed(_hash(text[i : i + GRAM])) for i in range(len(text) - GRAM + 1)}
    first = sorted(grams)[:MOST_GRAMS]
    size = min(255, len(grams))
    return TitleKeys((equal, *first), size, pairs=False, bits=_bits(grams))


def _of_rows(rows: list[Row], language: str | None) -> TitleKeys:
    weighty = [key for _, key, kind in rows if kind <= Kind.CALENDAR]
    numbers = [rank & _MASK for rank in sorted(map(_rank, set(weighty)))]
    between = "" if language in LOOSE else " "
    found = [_mixed(_hash(between.join([text for text, _, _ in rows]).replace(" ", between)))]
    found += _paired(numbers[:PREFIX])
    head = 0
    if len(weighty) >= HEAD:
        head = len(found)
        found.append(_mixed(*(_rank(key) & _MASK for key in weighty[:HEAD]), HEAD))
    return TitleKeys(tuple(found), min(255, len(numbers)), head, bits=_bits(numbers))


def _bits(numbers: Iterable[int]) -> tuple[int, int]:
    one = two = 0
    for number in numbers:
        one |= 1 << (number & 63)
        two |= 1 << (number >> 6 & 63)
    return one, two


def _paired(numbers: list[int]) -> list[int]:
    """A 32-bit number of every two, the earlier first. The numbers are hashes: xor will do."""
    found: list[int] = []
    second = [(number * _PRIME & _MASK) >> 32 for number in numbers]
    for place, number in enumerate(numbers, start=1):
        first = number >> 32
        found += [first ^ other for other in second[place:]]
    return found


@lru_cache(maxsize=131_072)
def _rank(key: str) -> int:
    """The place of a word in the fixed order; its last 64 bits are the word's number.

    Longer words come first, because they are rarer; numbers and days come last.
    """
    dated = key[:1].isdigit() or key.startswith(("day:", "month:", "relative:"))
    return ((dated << 8) + 255 - min(len(key), 255) << 64) + _hash(key)
