"""Average-link grouping of a few things, with a limit, a guard against chains, and rules.

Agglomerative clustering with average linkage (UPGMA: Sokal and Michener, 1958): the two
groups that are most alike on average become one, until no two are alike enough.
A mean over many pairs is surer than one pair, so that bigger groups need less.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

HALF: Final = 3.0  # members from which on a group is one in its own right
_NEVER: Final = -np.inf

Limit = Callable[[Matrix], Matrix]  # how alike groups must be, by the number of pairs between


def average_link(
    alike: Matrix,
    sizes: Sequence[float],
    within: Sequence[float],
    *,
    limit: Limit,
    cohesion: float,
    together: Iterable[tuple[int, int]] = (),
    apart: Iterable[tuple[int, int]] = (),
) -> list[list[int]]:
    """Groups of the things ``0 .. n-1``, each in ascending order, by their first.

    ``alike`` is symmetric: how alike two things are on average. A thing may stand for
    several (``sizes``), which are alike among themselves by ``within``. The two groups whose
    mean likeness is farthest above the ``limit`` for groups of their sizes join first, until
    none is above it. Two of at least ``HALF`` members each also need ``cohesion`` times the
    likeness within them (geometric mean), for two events of one kind are denser each than
    together. ``together`` and ``apart`` are pairs that are, and are not, of one group
    whatever they are like; ``apart`` is the stronger.
    """
    link = np.array(alike, dtype=np.float64)
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
            # Two that a person bound may have no word in common: what is like either belongs.
            link[first] = closest
            link[:, first] = closest
            link[first, [first, second]] = link[[first, second], first] = _NEVER
    while size:
        counts = np.array(size)
        above = link - limit(np.maximum(np.outer(counts, counts), 1.0))
        a, b = divmod(int(np.argmax(above)), len(size))
        if not above[a, b] >= 0:
            break
        if _two_halves(float(link[a, b]), size, dense, a, b, cohesion):
            link[a, b] = link[b, a] = _NEVER
            continue
        _join(link, size, dense, groups, min(a, b), max(a, b))
    return [sorted(group) for group in groups if group]


def _two_halves(
    between: float, size: list[float], dense: list[float], a: int, b: int, cohesion: float
) -> bool:
    if min(size[a], size[b]) < HALF:
        return False
    return between < cohesion * math.sqrt(max(dense[a], 0.0) * max(dense[b], 0.0))


def _holder(groups: list[list[int]], thing: int) -> int:
    return next(at for at, group in enumerate(groups) if thing in group)


def _join(
    link: Matrix, size: list[float], dense: list[float], groups: list[list[int]], a: int, b: int
) -> None:
    """Group ``b`` becomes part of group ``a``."""
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
