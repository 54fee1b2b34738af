"""How alike canonical items are: cosines of weighted terms, less what time took off.

Words, names, numbers and title pairs stand in one vector, so that one product
compares them all (the linear model over views of Miranda et al., "Multilingual
Clustering of Streaming News", EMNLP 2018, with the views' weights moved into the terms).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aggregator.cluster.frequencies import Frequencies
from aggregator.cluster.model import TEXT, Model, longness, term_weights
from aggregator.cluster.views import (
    BODY_MASK,
    HASH_SHIFT,
    LEAD_MASK,
    NAME,
    NUMBER,
    PAIR,
    PLACE_MASK,
    TITLE_MASK,
    Features,
    Terms,
)

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

TOGETHER: Final = 6.0  # hours; what was put out within them was put out together
LEAST_IDF: Final = 0.05
LEAD_WORDS: Final = 12  # words that tell, from which on a text can be expected to share some
HEADS: Final = 0.4  # mean share of the titles that the other text tells of, which is enough
ELSE: Final = 0.08  # likeness beside the common title words that is enough

_VIEWS: Final = {  # which terms a view holds, and whether they are word pairs
    "title": (TITLE_MASK, False),
    "title pairs": (PAIR, True),
    "lead": (LEAD_MASK, False),
    "body": (BODY_MASK, False),
    "names": (NAME, False),
    "numbers": (NUMBER, False),
}


def weigh(terms: Terms, language: str | None, frequencies: Frequencies, model: Model) -> Vector:
    """The weight of each term, by its places and how rare it is now."""
    places = (terms & PLACE_MASK).astype(np.int64)
    idf = np.maximum(frequencies.idf(terms, language), LEAST_IDF)
    return np.asarray(term_weights(model)[places] * idf)


def likeness(
    query: Features, others: Sequence[Features], frequencies: Frequencies, model: Model
) -> tuple[Vector, Vector]:
    """How alike ``query`` is to each of ``others`` (0 to 1), and what to take off that.

    What is taken off is for sharing title words alone; times are not yet regarded.
    """
    count = len(others)
    if not count or not len(query.terms):
        return np.zeros(count), np.zeros(count)
    owner = np.repeat(np.arange(count), [len(other.terms) for other in others])
    terms = np.concatenate([other.terms for other in others])
    mine = weigh(query.terms, query.language, frequencies, model)
    theirs = weigh(terms, query.language, frequencies, model)
    hashes = query.terms >> HASH_SHIFT
    wanted = terms >> HASH_SHIFT
    at = np.minimum(np.searchsorted(hashes, wanted), len(hashes) - 1)
    hit = np.flatnonzero(hashes[at] == wanted)
    at = at[hit]
    whose = owner[hit]
    squares = theirs**2
    title_q, title_o = _in_title(query.terms), _in_title(terms)
    both = title_q[at] & title_o[hit]
    shared = whose[both]
    product = mine[at] * theirs[hit]
    words_o = _is_word(terms)
    own = mine**2
    plain = np.bincount(owner, squares * words_o, count)
    rest = Rest(
        np.bincount(whose, product * words_o[hit] * ~both, count),
        (own * _is_word(query.terms)).sum() - np.bincount(shared, own[at][both], count),
        plain - np.bincount(shared, squares[hit][both], count),
    )
    titled, titles = own * title_q, squares * title_o
    heads = Heads(
        np.bincount(whose, titled[at], count) / max(titled.sum(), 1e-9),
        np.bincount(whose, titles[hit], count)
        / np.maximum(np.bincount(owner, titles, count), 1e-9),
    )
    length = words(query, others)
    taken = 1.0 - (1.0 - rest.lacking(model) * (length >= LEAD_WORDS)) * (
        1.0 - heads.untold(model) * longness(length)
    )
    norms = np.bincount(owner, squares, count) * own.sum()
    cosine = _cosine(np.bincount(whose, product, count), norms)
    return cosine, np.asarray(cosine * taken)


def likenesses(items: Sequence[Features], frequencies: Frequencies, model: Model) -> Matrix:
    """How alike all ``items`` are to each other, less what time took off."""
    owner = np.repeat(np.arange(len(items)), [len(item.terms) for item in items])
    terms = np.concatenate([item.terms for item in items])
    weights = weigh(terms, items[0].language, frequencies, model)
    known, column = np.unique(terms >> HASH_SHIFT, return_inverse=True)
    shape = (len(items), len(known))
    rows, plain, title = (np.zeros(shape, dtype=np.float32) for _ in range(3))
    rows[owner, column] = weights
    plain[owner, column] = weights * _is_word(terms)
    title[owner, column] = weights * _in_title(terms)
    squares = (rows**2).sum(axis=1)
    shared = (title**2) @ (title > 0).T.astype(np.float32)  # of each row what stands in both titles
    held = (plain**2).sum(axis=1)[:, None] - shared
    rest = Rest(plain @ plain.T - title @ title.T, held, held.T)
    titles = (title**2).sum(axis=1)[:, None]
    told = ((title**2) @ (plain > 0).T.astype(np.float32)) / np.maximum(titles, 1e-9)
    own = np.array([float(item.text_words) for item in items])
    length = np.minimum(own[:, None], own[None, :])
    found = _cosine(rows @ rows.T, squares[:, None] * squares[None, :])
    found *= 1.0 - rest.lacking(model) * (length >= LEAD_WORDS)
    found *= 1.0 - Heads(told, told.T).untold(model) * longness(length)
    dated = np.array([item.published is not None for item in items])
    times = np.array([item.published or 0 for item in items], dtype=np.float64)
    apart = _days(np.abs(times[:, None] - times[None, :]))
    bare = np.array([item.text_words < TEXT for item in items])
    late = np.where(bare[:, None] | bare[None, :], model.late_headline, model.late_text)
    return np.asarray(found - late * apart * (dated[:, None] & dated[None, :]))


@dataclass(frozen=True, slots=True)
class Rest:
    """Two items without the words that stand in both titles: product and squared lengths.

    'Man wins 3,000 in lottery' and 'Man wins 30,000 in lottery' are alike in their
    titles alone; two reports of one event also share words beside those of their titles.
    """

    dots: NDArray[Any]
    mine: NDArray[Any]
    theirs: NDArray[Any]

    def lacking(self, model: Model) -> Matrix:
        """The share of the likeness that is taken off where hardly anything else is shared."""
        alike = _cosine(self.dots, np.maximum(self.mine, 0.0) * np.maximum(self.theirs, 0.0))
        return np.asarray(model.beyond * np.clip(1.0 - alike / ELSE, 0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Heads:
    """How much of each title the other item tells of, anywhere in it (0 to 1)."""

    mine: NDArray[Any]
    theirs: NDArray[Any]

    def untold(self, model: Model) -> Matrix:
        """The share of the likeness that is taken off two long texts with different headlines.

        They may share a place, a person or the outlet's furniture, and yet no news.
        """
        told = (self.mine + self.theirs) / 2
        return np.asarray(model.untold * np.clip(1.0 - told / HEADS, 0.0, 1.0))


def _cosine(dots: NDArray[Any], squares: NDArray[Any]) -> Matrix:
    return np.asarray(dots / np.maximum(np.sqrt(squares), 1e-9), dtype=np.float64)


def _is_word(terms: Terms) -> NDArray[np.bool_]:
    return np.asarray((terms & PAIR) == 0)


def _in_title(terms: Terms) -> NDArray[np.bool_]:
    return np.asarray(((terms & TITLE_MASK) > 0) & ((terms & PAIR) == 0))


def lateness(query: Features, others: Sequence[Features], model: Model) -> Vector:
    """What the time between ``query`` and each of ``others`` takes off their likeness."""
    if query.published is None:
        return np.zeros(len(others))
    seconds = [
        0.0 if other.published is None else abs(query.published - other.published)
        for other in others
    ]
    late = np.where(words(query, others) < TEXT, model.late_headline, model.late_text)
    return np.asarray(late * _days(np.array(seconds)))


def _days(seconds: Vector) -> Vector:
    return np.asarray(np.log1p(np.maximum(0.0, seconds / 3600.0 - TOGETHER) / 24.0))


def words(query: Features, others: Sequence[Features]) -> Vector:
    """How many words that tell the shorter of the texts of ``query`` and each other has."""
    return np.array([float(min(query.text_words, other.text_words)) for other in others])


def views(
    query: Features, other: Features, frequencies: Frequencies, model: Model
) -> tuple[dict[str, float], list[int]]:
    """The cosine of each view of two items, and their strongest common terms by hash."""
    hashes, mine, theirs = np.intersect1d(
        query.terms >> HASH_SHIFT, other.terms >> HASH_SHIFT, return_indices=True
    )
    weights_q = weigh(query.terms, query.language, frequencies, model)
    weights_o = weigh(other.terms, query.language, frequencies, model)
    found: dict[str, float] = {}
    for name, (mask, pairs) in _VIEWS.items():
        held_q = _holds(query.terms, mask, pairs) * weights_q
        held_o = _holds(other.terms, mask, pairs) * weights_o
        norm = float(np.sqrt((held_q**2).sum() * (held_o**2).sum()))
        if norm:
            found[name] = float((held_q[mine] * held_o[theirs]).sum()) / norm
    gain = weights_q[mine] * weights_o[theirs] * ((query.terms[mine] & PAIR) == 0)
    order = np.lexsort((hashes, -gain))
    return found, [int(hashes[at]) for at in order if gain[at] > 0]


def _holds(terms: Terms, mask: int, pairs: bool) -> NDArray[np.bool_]:
    return np.asarray(((terms & mask) > 0) & (((terms & PAIR) > 0) == pairs))
