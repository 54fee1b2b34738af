"""Similarity of canonical items: cosines of weighted terms, with deductions for time.

Words, names, numbers and title pairs are in one vector, so that one product compares
them all (the linear model over views of Miranda et al., "Multilingual Clustering of
Streaming News", EMNLP 2018, with the views' weights moved into the terms).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aggregator.cluster.agreement import UNSPOKEN
from aggregator.cluster.document_frequencies import Frequencies
from aggregator.cluster.views import (
    BODY_MASK,
    HASH_SHIFT,
    LEAD_MASK,
    LEAD_WORDS,
    NAME,
    NUMBER,
    PAIR,
    PLACE_MASK,
    PLACES,
    TEXT,
    TITLE_MASK,
    Block,
    Features,
    Terms,
)
from aggregator.cluster.weights import Model, longness, term_weights

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

TOGETHER: Final = 6.0  # hours within which two items count as published together
LEAST_IDF: Final = 0.05
HEADS: Final = 0.4  # sufficient mean share of each title's words that the other item contains
ELSE: Final = 0.08  # sufficient similarity besides the common title words

_VIEWS: Final = {  # the terms in each view, and whether they are word pairs
    "title": (TITLE_MASK, 0),
    "title pairs": (PAIR, PAIR),
    "lead": (LEAD_MASK, 0),
    "body": (BODY_MASK, 0),
    "names": (NAME, 0),
    "numbers": (NUMBER, 0),
}
_BITS: Final = np.arange(PLACES)
_MEMBERS: Final = np.array(  # of each view, by the lower bits of a term
    [((_BITS & mask) > 0) & (pairs == (_BITS & PAIR)) for mask, pairs in _VIEWS.values()]
)
# Which terms are words, and which are words of the title, by their lower bits.
WORDS: Final = ((_BITS & PAIR) == 0).astype(np.float64)
LETTERED: Final = WORDS * ((_BITS & NUMBER) == 0)
TITLED: Final = WORDS * ((_BITS & TITLE_MASK) > 0)
NAMED: Final = TITLED * ((_BITS & NAME) > 0)


def weigh(terms: Terms, language: str | None, frequencies: Frequencies, model: Model) -> Vector:
    """The weight of each term, by its positions and current rarity."""
    weights = term_weights(model)[places_of(terms)]
    weights *= np.maximum(frequencies.idf(terms, language), LEAST_IDF)
    return weights


def places_of(terms: Terms) -> NDArray[np.int64]:
    """The lower bits of each term, which tell its places and kind (see ``views``)."""
    return (terms & np.uint64(PLACE_MASK)).view(np.int64)


@dataclass(frozen=True, slots=True)
class Query:
    """A new item during a decision: its features and current term weights."""

    features: Features
    weights: Vector

    @property
    def terms(self) -> Terms:
        """The terms of the item."""
        return self.features.terms


def asked(features: Features, frequencies: Frequencies, model: Model) -> Query:
    """A query for a new item; fills in the ``squares`` of its features."""
    weights = weigh(features.terms, features.language, frequencies, model)
    total, words, title = _squares(features.terms, weights).sum(axis=1).tolist()
    return Query(replace(features, squares=(total, words, title)), weights)


def likeness(
    query: Query, others: Block, frequencies: Frequencies, model: Model
) -> tuple[Vector, Vector]:
    """Similarity of ``query`` to each of ``others`` (0 to 1), and the deduction from it.

    The deduction is for sharing only title words; times are not considered here.
    """
    count = len(others.sizes)
    if not len(query.terms):
        return np.zeros(count), np.zeros(count)
    at, hit = shared(query.terms, others.terms)
    terms = others.terms[hit]
    mine = query.weights[at]
    theirs = weigh(terms, query.features.language, frequencies, model)
    held_q, held_o = _squares(query.terms[at], mine), _squares(terms, theirs)
    product = mine * theirs
    both = (held_q[2] > 0) & (held_o[2] > 0)
    beside = (held_o[1] > 0) & ~both
    rows = (product, product * beside, held_q[1] * both, held_o[1] * both, held_q[2], held_o[2])
    dots, rest, both_q, both_o, told_q, told_o = _sums(
        np.stack(rows), np.bincount(others.owners()[hit], minlength=count)
    )
    all_q, plain_q, titles_q = query.features.squares
    total, plain, titles = others.squares
    lacking = Rest(rest, plain_q - both_q, plain - both_o).lacking(model)
    heads = Heads(told_q / max(titles_q, 1e-9), told_o / np.maximum(titles, 1e-9))
    untold = heads.untold(model)
    length = shorter(query.features, others)
    taken = 1.0 - (1.0 - lacking * (length >= LEAD_WORDS)) * (1.0 - untold * longness(length))
    cosine = cosine_of(dots, total * all_q)
    foreign = heads.unspoken(length) | _other_names(query, others, at, hit)
    return cosine, np.asarray(cosine * np.where(foreign, 1.0, taken))


def shared(terms: Terms, others: Terms) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Positions of shared terms: in ``terms``, and of the same words in ``others``."""
    hashes, wanted = terms >> np.uint64(HASH_SHIFT), others >> np.uint64(HASH_SHIFT)
    # Most terms are excluded by 16 bits, which is cheaper than searching.
    some = np.zeros(1 << 16, dtype=np.bool_)
    some[hashes.astype(np.uint16)] = True
    maybe = np.flatnonzero(some[wanted.astype(np.uint16)])
    at = np.searchsorted(hashes, wanted[maybe])
    same = hashes.take(at, mode="clip") == wanted[maybe]
    return at[same], maybe[same]


def _squares(terms: Terms, weights: Vector) -> Matrix:
    """Squared weights of all terms, of the words, and of the title words, one row each."""
    places = places_of(terms)
    found = np.empty((3, len(weights)))
    np.multiply(weights, weights, out=found[0])
    np.multiply(found[0], WORDS.take(places), out=found[1])
    np.multiply(found[0], TITLED.take(places), out=found[2])
    return found


def _sums(values: Matrix, sizes: NDArray[np.int64]) -> Matrix:
    """Sums of each row of ``values`` over runs of these sizes (which may be 0)."""
    starts = np.cumsum(sizes) - sizes
    if sizes.all():
        return np.add.reduceat(values, starts, axis=1)
    some = np.flatnonzero(sizes)
    found = np.zeros((len(values), len(sizes)))
    if len(some):
        found[:, some] = np.add.reduceat(values, starts[some], axis=1)
    return found


def _other_names(
    query: Query, others: Block, at: NDArray[np.intp], hit: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Which of ``others`` name others in their titles: no name of either title is in the other.

    ``at`` and ``hit`` are the positions of shared terms, as of ``shared``. Fires in Leeds and
    in Bristol, or two football matches, share what happened and neither who nor where.
    """
    count = len(others.sizes)
    named = NAMED.take(places_of(query.terms)) > 0
    if not named.any():
        return np.zeros(count, dtype=np.bool_)
    owners = others.owners()
    theirs = NAMED.take(places_of(others.terms)) > 0
    shared = np.bincount(owners[hit], weights=named[at] | theirs[hit], minlength=count)
    return np.asarray((np.bincount(owners, weights=theirs, minlength=count) > 0) & (shared == 0))


@dataclass(frozen=True, slots=True)
class Rest:
    """Two items without the words that are in both titles: product and squared lengths.

    'Man wins 3,000 in lottery' and 'Man wins 30,000 in lottery' are similar only in their
    titles; two reports of one event also share words besides those of their titles.
    """

    dots: NDArray[Any]
    mine: NDArray[Any]
    theirs: NDArray[Any]

    def lacking(self, model: Model) -> Matrix:
        """The share of the similarity to deduct where hardly anything else is shared."""
        alike = cosine_of(self.dots, np.maximum(self.mine, 0.0) * np.maximum(self.theirs, 0.0))
        return np.asarray(model.beyond * np.maximum(0.0, 1.0 - alike / ELSE))


@dataclass(frozen=True, slots=True)
class Heads:
    """The share of each title's words that the other item contains anywhere (0 to 1)."""

    mine: NDArray[Any]
    theirs: NDArray[Any]

    def unspoken(self, length: NDArray[Any]) -> NDArray[np.bool_]:
        """Whether neither speaks of the other's title: they share furniture (paywalls, notices).

        ``length``: content words in the shorter text; only texts can be expected to speak of it.
        """
        most = np.where(length >= LEAD_WORDS, UNSPOKEN, 0.0)
        return np.asarray((self.mine <= most) & (self.theirs <= most))

    def untold(self, model: Model) -> Matrix:
        """The share of the similarity to deduct for two long texts with different headlines.

        They may share a place, a person or the outlet's boilerplate without sharing news.
        """
        told = (self.mine + self.theirs) / 2
        return np.asarray(model.untold * np.maximum(0.0, 1.0 - told / HEADS))


def cosine_of(dots: NDArray[Any], squares: NDArray[Any]) -> Matrix:
    """The cosines from products and from products of squared lengths; 0 for no length."""
    return np.asarray(dots / np.maximum(np.sqrt(squares), 1e-9), dtype=np.float64)


def lateness(query: Features, others: Block, model: Model) -> Vector:
    """The deduction for the time between ``query`` and each of ``others``."""
    time = np.array(-1 if query.published is None else query.published)
    return late(time, others.times, shorter(query, others), model)


def late(a: NDArray[np.int64], b: NDArray[np.int64], length: NDArray[Any], model: Model) -> Matrix:
    """The deductions for the time between ``a`` and ``b`` (seconds; -1: unknown)."""
    short = length < TEXT
    days = _days(np.abs(a - b))
    late = np.where(short, model.late_headline * np.sqrt(days), model.late_text * days)
    return np.asarray(np.where((a >= 0) & (b >= 0), late, np.where(short, 0.0, model.undated)))


def _days(seconds: NDArray[np.int64]) -> Vector:
    return np.asarray(np.maximum(0.0, seconds / 3600.0 - TOGETHER) / 24.0)


def shorter(query: Features, others: Block) -> Vector:
    """Content words in the shorter text of ``query`` and each of ``others``."""
    return np.minimum(others.words, query.text_words)


def views(
    query: Query, other: Features, frequencies: Frequencies, model: Model
) -> tuple[dict[str, float], list[int]]:
    """The cosine of each view of two items, and their strongest common terms by hash."""
    mine, theirs = shared(query.terms, other.terms)
    weights_q = query.weights
    weights_o = weigh(other.terms, query.features.language, frequencies, model)
    held_q = _MEMBERS.take(places_of(query.terms), axis=1) * weights_q
    held_o = _MEMBERS.take(places_of(other.terms), axis=1) * weights_o
    norms = np.sqrt((held_q**2).sum(axis=1) * (held_o**2).sum(axis=1))
    dots = (held_q[:, mine] * held_o[:, theirs]).sum(axis=1)
    found = {
        name: dot / norm
        for name, dot, norm in zip(_VIEWS, dots.tolist(), norms.tolist(), strict=True)
        if norm
    }
    gain = weights_q[mine] * weights_o[theirs] * ((query.terms[mine] & np.uint64(PAIR)) == 0)
    order = np.lexsort((mine, -gain))
    strongest = query.terms[mine[order[gain[order] > 0]]] >> np.uint64(HASH_SHIFT)
    return found, strongest.tolist()
