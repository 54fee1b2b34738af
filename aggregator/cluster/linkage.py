"""Average-link grouping of a few things, with a limit, protection against chains, constraints.

Agglomerative clustering with average linkage (UPGMA: Sokal and Michener, 1958): the two
groups with the highest mean similarity are merged, until none is similar enough. A
mean over many pairs is more reliable than one pair, so larger groups have a lower limit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]

HALF: Final = 3.0  # size from which two groups also need cohesion
_NEVER: Final = -np.inf

Limit = Callable[[Matrix], Matrix]  # required similarity by the number of pairs between two groups


class Compared(NamedTuple):
    """Things compared with each other, as symmetric matrices."""

    alike: Matrix  # mean similarities
    agreed: Flags  # whether they can be about one event (see ``agreement``)


def average_link(
    compared: Compared,
    sizes: Sequence[float],
    within: Sequence[float],
    *,
    limit: Limit,
    cohesion: float,
    together: Iterable[tuple[int, int]] = (),
    apart: Iterable[tuple[int, int]] = (),
) -> list[list[int]]:
    """Groups of the things ``0 .. n-1``, each in ascending order, by their first.

    A thing may represent several items (``sizes``), whose mean similarity to each other is
    ``within``. The two groups whose mean similarity is farthest above the ``limit`` for their
    sizes are merged first, until none is above it. Only groups of which two things
    agree are merged. Two groups of at least ``HALF`` members each also need ``cohesion``
    times their internal similarity (geometric mean), because two similar events are each denser
    than their union. Pairs in ``together`` are always grouped, pairs in ``apart`` never;
    ``apart`` takes precedence.
    """
    link, agreed = np.array(compared.alike, dtype=np.float64), compared.agreed.copy()
    size, dense = list(sizes), list(within)
    np.fill_diagonal(link, _NEVER)
    groups = [[at] for at in range(len(size))]
    for a, b in apart:
        link[a, b] = link[b, a] = _NEVER
    for a, b in together:
        first, second = (_holder(groups, at) for at in (a, b))
        if first != second and link[first, second] > _NEVER:
            closest = np.where(
                np.isneginf(link[first]) | np.isneginf(link[second]),
                _NEVER,
                np.maximum(link[first], link[second]),
            )
            _join(link, size, dense, groups, first, second)
            _share(agreed, first, second)
            # Two things bound by a correction may share no word: similarity to either counts.
            link[first] = closest
            link[:, first] = closest
            link[first, [first, second]] = link[[first, second], first] = _NEVER
    while size:
        counts = np.array(size)
        above = link - limit(np.maximum(np.outer(counts, counts), 1.0))
        above[~agreed] = _NEVER
        a, b = divmod(int(np.argmax(above)), len(size))
        if not above[a, b] >= 0:
            break
        if _two_halves(float(link[a, b]), size, dense, a, b, cohesion):
            link[a, b] = link[b, a] = _NEVER
            continue
        _join(link, size, dense, groups, min(a, b), max(a, b))
        _share(agreed, min(a, b), max(a, b))
    return [sorted(group) for group in groups if group]


def _two_halves(
    between: float, size: list[float], dense: list[float], a: int, b: int, cohesion: float
) -> bool:
    if min(size[a], size[b]) < HALF:
        return False
    return between < cohesion * math.sqrt(max(dense[a], 0.0) * max(dense[b], 0.0))


def _holder(groups: list[list[int]], thing: int) -> int:
    return next(at for at, group in enumerate(groups) if thing in group)


def _share(agreed: Flags, a: int, b: int) -> None:
    """Group ``a``, into which ``b`` is merged, agrees with whatever one of them agreed with."""
    agreed[a] |= agreed[b]
    agreed[:, a] = agreed[a]


def _join(
    link: Matrix, size: list[float], dense: list[float], groups: list[list[int]], a: int, b: int
) -> None:
    """Merge group ``b`` into group ``a``."""
    inner_a, inner_b = size[a] * (size[a] - 1) / 2, size[b] * (size[b] - 1) / 2
    across = size[a] * size[b]
    dense[a] = (inner_a * dense[a] + inner_b * dense[b] + across * float(link[a, b])) / (
        inner_a + inner_b + across
    )
    row = (size[a] * link[a] + size[b] * link[b]) / (size[a] + size[b])
    row[a] = _NEVER
    link[a] = link[:, a] = row
    link[b] = link[:, b] = _NEVER
    size[a] += size[b]
    groups[a] += groups[b]
    groups[b] = []
