"""The numbers under which the index stores and finds a title."""

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
    """Mix several 64-bit numbers into one of 32 bits; the order matters."""
    total = 0
    for number in numbers:
        total = ((total ^ number) * _PRIME + 1) & _MASK
        total ^= total >> 29
    return total >> 32


Counts = NDArray[np.intp]
Flags = NDArray[np.bool_]
Bits = NDArray[np.uint64]  # two for each title


def mixed(text: str) -> int:
    """A 32-bit hash of a text."""
    return _hash(text) >> 32


_PRIME, _MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1

PREFIX = 7
"""Number of first words, in a fixed order, whose pairs are looked up: see ``title_keys``."""
_LOSS = 2  # words that may differ because of a typo or a joined word
_FAR = MOST_EXTRA + _LOSS  # maximum words of one title that the other lacks
MOST_GRAMS = 24
_GRAMS_LOST = MOST_INNER * (GRAM - 1 + MOST_LIGHT)  # because of differences inside the titles


@dataclass(frozen=True, slots=True)
class TitleKeys:
    """The 32-bit numbers of a title: that of its normal form, then the others."""

    numbers: tuple[int, ...]
    size: int  # distinct significant words, or grams; at most 255
    head: int = 0  # index of the number of its first words; 0: none
    pairs: bool = True
    bits: tuple[int, int] = (0, 0)  # two bit sets, with one bit in each per word or gram

    def enough(self, sizes: NDArray[np.uint8], hits: Counts) -> Flags:
        """Whether titles of these sizes share enough numbers to be the same.

        Every title that the rules call the same passes ``enough`` and ``near``, except
        truncated titles of very different size (which share their first words).
        """
        least = np.minimum(sizes, self.size).astype(np.intp)
        most = np.maximum(sizes, self.size).astype(np.intp)
        found: Flags = hits >= self._needed(least, most)
        return found & (most - least <= _FAR) if self.pairs else found

    def near(self, bits: Bits) -> Flags:
        """Whether titles with these bits lack few enough words, and have few enough others."""
        mine, theirs = self._alone(bits)
        found: Flags = np.minimum(mine, theirs) <= (_LOSS if self.pairs else _GRAMS_LOST)
        return found & (np.maximum(mine, theirs) <= _FAR) if self.pairs else found

    def cut(self, bits: Bits) -> Flags:
        """Which titles with these bits may be a truncated or full version of this one."""
        found: Flags = np.minimum(*self._alone(bits)) <= _LOSS
        return found

    def _alone(self, bits: Bits) -> tuple[Counts, Counts]:
        """Lower bounds: how many words of this title each other one lacks, and vice versa."""
        mine = np.array(self.bits, dtype=np.uint64)
        here: Counts = np.bitwise_count(mine & ~bits).max(axis=1).astype(np.intp)
        there: Counts = np.bitwise_count(bits & ~mine).max(axis=1).astype(np.intp)
        return here, there

    def _needed(self, least: Counts, most: Counts) -> Counts:
        """How many numbers two titles of these sizes must share to be the same."""
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


def title_keys(title: str, language: str | None) -> TitleKeys:
    """The title's numbers; any two titles that may be judged the same share some of them.

    Prefix filtering (Chaudhuri, Ganti, Kaushik 2006) with pairs: titles that are the
    same share all significant words, except up to ``MOST_EXTRA`` of the longer one and
    one typo or joined word (``_LOSS``). With all words in one fixed order, at least two
    shared words are among the first ``PREFIX`` of both titles, so some pair of these is
    shared. Longer words come first in that order, because they are rarer. A truncated
    title shares its first four words with the full one.
    """
    known = analyse(title, language)
    if not spaced(known.language):
        return _of_letters(known.letters)
    rows = [(term.text, term.key, term.kind) for term in known.terms]
    return _of_rows(rows, known.language)


def title_keys_alone(title: str, language: str | None) -> TitleKeys:
    """``title_keys`` for a title that will not be compared, at a fraction of the cost."""
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
    """A 32-bit number for each ordered pair. The numbers are hashes, so xor is enough."""
    found: list[int] = []
    second = [(number * _PRIME & _MASK) >> 32 for number in numbers]
    for place, number in enumerate(numbers, start=1):
        first = number >> 32
        found += [first ^ other for other in second[place:]]
    return found


@lru_cache(maxsize=131_072)
def _rank(key: str) -> int:
    """The rank of a word in the fixed order; its last 64 bits are the word's number.

    Longer words come first, because they are rarer; numbers and days come last.
    """
    dated = key[:1].isdigit() or key.startswith(("day:", "month:", "relative:"))
    return ((dated << 8) + 255 - min(len(key), 255) << 64) + _hash(key)
