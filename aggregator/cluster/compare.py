"""What two canonical items have in common, as numbers: one query against many at once.

Every measure is neutral (0) where a side lacks what it needs, so that headlines without
text and documents without times can be compared by what they do have.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aggregator.cluster.frequencies import Frequencies
from aggregator.cluster.views import (
    BODY_SHIFT,
    HASH_SHIFT,
    LEAD_SHIFT,
    NAME,
    NUMBER,
    PAIR,
    Features,
    Terms,
)

Matrix = NDArray[np.float64]

_PLACES = np.arange(1 << 11)
_TITLE_TF = (_PLACES & 3).astype(float)
_LEAD_TF = ((_PLACES >> LEAD_SHIFT) & 3).astype(float)
_BODY_TF = ((_PLACES >> BODY_SHIFT) & 15).astype(float)
_IS_PAIR = (_PLACES & PAIR) > 0
_IS_NAME = ((_PLACES & NAME) > 0) & ~_IS_PAIR
_IS_NUMBER = (_PLACES & NUMBER) > 0
_WORD = ~_IS_PAIR

_TEXT_TF = np.maximum(_LEAD_TF, _BODY_TF)
VIEWS: Final = ("title", "pairs", "lead", "text", "all", "names", "numbers")
_WEIGHTS = np.stack(
    [
        np.minimum(_TITLE_TF, 1) * _WORD,
        np.minimum(_TITLE_TF, 1) * _IS_PAIR,
        np.log1p(_LEAD_TF) * _WORD,
        np.log1p(_TEXT_TF) * _WORD,
        np.log1p(2 * _TITLE_TF + _LEAD_TF + _BODY_TF) * _WORD,
        np.log1p(2 * _TITLE_TF + _LEAD_TF + _BODY_TF) * _IS_NAME,
        np.log1p(2 * _TITLE_TF + _LEAD_TF + _BODY_TF) * _IS_NUMBER,
    ]
)
FEATURES: Final = (
    "title", "pairs", "lead", "text", "all", "names", "numbers",
    "title_in_other", "other_in_title", "cover_low", "cover_high", "rare", "shared",
    "hours", "dated", "same_outlet", "number_clash",
)  # fmt: skip


def _places(terms: Terms) -> NDArray[np.int64]:
    return (terms & np.uint64(0x7FF)).astype(np.int64)


def compare(query: Features, others: Sequence[Features], frequencies: Frequencies) -> Matrix:
    """One row of ``FEATURES`` for each of ``others`` held against ``query``."""
    count = len(others)
    result = np.zeros((count, len(FEATURES)))
    if not count:
        return result
    lengths = np.array([len(other.terms) for other in others])
    owner = np.repeat(np.arange(count), lengths)
    terms = np.concatenate([other.terms for other in others])
    idf_q = np.maximum(frequencies.idf(query.terms, query.language), 0.05)
    idf_o = np.maximum(frequencies.idf(terms, query.language), 0.05)
    weights_q = _WEIGHTS[:, _places(query.terms)] * idf_q
    weights_o = _WEIGHTS[:, _places(terms)] * idf_o
    hashes_q = query.terms >> np.uint64(HASH_SHIFT)
    hashes_o = terms >> np.uint64(HASH_SHIFT)
    at = np.minimum(np.searchsorted(hashes_q, hashes_o), max(len(hashes_q) - 1, 0))
    hit = np.flatnonzero(hashes_q[at] == hashes_o) if len(hashes_q) else np.zeros(0, np.int64)
    q, who = at[hit], owner[hit]
    norm_q = np.sqrt((weights_q**2).sum(axis=1))
    views = len(VIEWS)
    for view in range(views):
        norms = np.sqrt(np.bincount(owner, weights_o[view] ** 2, count))
        dots = np.bincount(who, weights_q[view, q] * weights_o[view, hit], count)
        result[:, view] = dots / np.maximum(norm_q[view] * norms, 1e-9)
    _coverage(result, views, weights_q, weights_o, q, hit, who, owner, idf_q)
    _circumstances(result, views + 6, query, others)
    both = np.bincount(who, (weights_q[6, q] > 0) & (_TITLE_TF[_places(terms[hit])] > 0), count)
    title_numbers = ((weights_q[6] > 0) & (_TITLE_TF[_places(query.terms)] > 0)).any()
    others_numbers = np.bincount(owner, (weights_o[6] > 0) & (_TITLE_TF[_places(terms)] > 0), count)
    result[:, views + 9] = (both == 0) & (others_numbers > 0) & bool(title_numbers)
    return result


def _coverage(  # noqa: PLR0913, PLR0917
    result: Matrix,
    column: int,
    weights_q: Matrix,
    weights_o: Matrix,
    q: NDArray[np.int64],
    hit: NDArray[np.int64],
    who: NDArray[np.int64],
    owner: NDArray[np.int64],
    idf_q: Matrix,
) -> None:
    """How much of one side's title stands anywhere on the other side, and rare words shared."""
    count = len(result)
    mass_q = (weights_q[0] ** 2).sum()
    mass_o = np.bincount(owner, weights_o[0] ** 2, count)
    mine = np.bincount(who, weights_q[0, q] ** 2 * (weights_o[4, hit] > 0), count) / max(
        mass_q, 1e-9
    )
    overlap = np.bincount(who, weights_o[0, hit] ** 2 * (weights_q[4, q] > 0), count)
    theirs = overlap / np.maximum(mass_o, 1e-9)
    shared_title = np.bincount(who, weights_q[0, q] * weights_o[0, hit], count)
    smaller = np.minimum(np.maximum(mass_q, 1e-9), np.maximum(mass_o, 1e-9))
    result[:, column] = mine
    result[:, column + 1] = theirs
    result[:, column + 2] = np.minimum(mine, theirs)
    result[:, column + 3] = shared_title / smaller
    rare: Matrix = np.zeros(count)
    np.maximum.at(rare, who, idf_q[q] * (weights_o[4, hit] > 0))
    result[:, column + 4] = rare / 10.0
    result[:, column + 5] = (
        np.log1p(np.bincount(who, idf_q[q] * (weights_o[4, hit] > 0), count)) / 5
    )


def _circumstances(
    result: Matrix, column: int, query: Features, others: Sequence[Features]
) -> None:
    """Times and outlets."""
    for row, other in enumerate(others):
        if query.published is not None and other.published is not None:
            hours = abs(query.published - other.published) / 3600.0
            # Coarse on purpose: what was put out within a few hours was put out together.
            result[row, column] = np.log1p(max(0.0, hours - 6.0) / 24.0)
            result[row, column + 1] = 1.0
        result[row, column + 2] = query.source == other.source
