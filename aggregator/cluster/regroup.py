"""Late evidence: regroups a new item together with the stories near it.

A stream decides too early: the first two of three reports may look unrelated until the
third arrives. So each new item and the items of the few stories near it go through
average-link grouping again. Unchanged groups change nothing; otherwise stories merge,
split or lose items. The work is bounded and depends only on the state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aggregator.cluster.constraints import Constraints
from aggregator.cluster.linkage import Compared, Flags, Limit, average_link
from aggregator.cluster.pairwise import likenesses, objection
from aggregator.cluster.search import SLACK, Match, sample
from aggregator.cluster.similarity import Matrix, shorter
from aggregator.cluster.state import ClusterState
from aggregator.cluster.views import Features, block
from aggregator.cluster.weights import Model
from aggregator.model import CorrectionKind

NEAR: Final = 4  # maximum number of stories considered
BIG: Final = 24  # up to this size, the items of a story are grouped individually
EVERY: Final = 12  # a larger one is one unit, except each time it has grown by this many,
WHOLE: Final = 120  # and always beyond this size

NEW: Final = -1  # placeholder for the number of the new item


@dataclass(frozen=True, slots=True)
class Thing:
    """A unit of grouping: one item, or a large story as a whole."""

    members: tuple[int, ...]
    shown: tuple[int, ...]  # the members that are compared


class Ruled(NamedTuple):
    """Pairs of things that corrections bind together or keep apart."""

    together: list[tuple[int, int]]
    apart: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Grouping:
    """The items near a new one, in groups of numbers in ascending order, NEW last."""

    parts: tuple[tuple[int, ...], ...]
    limit: float
    score: float = 0.0  # mean similarity of the new item to the others of its group
    partner: int | None = None  # the nearest of them
    nearest: float = 0.0


def near(found: Sequence[Match]) -> list[Match]:
    """The matches whose stories are close enough to be regrouped with the new item."""
    close = [match for match in found if match.is_open and match.nearest >= match.limit - SLACK]
    return close[:NEAR]


def regroup(
    state: ClusterState,
    features: Features,
    canonical: str,
    found: Sequence[Match],
    model: Model,
    rules: Constraints,
) -> Grouping:
    """Group the new item ``canonical`` with all stories in ``found`` (at least one)."""
    things = [thing for match in found for thing in _things(state, match)]
    shown = [number for thing in things for number in thing.shown]
    items = [state.item(number).features for number in shown] + [features]
    things.append(Thing((NEW,), (NEW,)))
    if len(shown) == 1:  # common case: the similarity of the two items is known already
        alike = np.array([[1.0, found[0].nearest], [found[0].nearest, 1.0]])
        why = objection(items[0], features, state.frequencies, model)
        agreed = np.full((2, 2), why is None)
    else:
        alike, agreed = likenesses(items, state.frequencies, model)
    words = shorter(features, block(items[:-1]))
    limit = partial(_limit, model, float(model.limits(words).mean()), found[0].crowd)
    cohesion = float(model.cohesions(words).mean())
    ruled = _ruled(state, things, rules, canonical)
    groups = _grouped(things, Compared(alike, agreed), limit, cohesion, ruled)
    parts = tuple(
        tuple(sorted((n for at in group for n in things[at].members), key=_last))
        for group in groups
    )
    own = next(part for part in parts if NEW in part)
    needed = float(limit(np.array(max(1.0, len(own) - 1))))
    held = [(float(alike[-1, at]), number) for at, number in enumerate(shown) if number in own]
    if not held:
        return Grouping(parts, needed)
    nearest, partner = max(held)
    score = float(np.mean([value for value, _ in held]))
    return Grouping(parts, needed, score, partner, nearest)


def _limit(model: Model, base: float, crowd: float, pairs: Matrix) -> Matrix:
    return base * model.share(pairs) + crowd


def _last(number: int) -> tuple[bool, int]:
    return number == NEW, number


def _things(state: ClusterState, match: Match) -> list[Thing]:
    story = state.story(match.story)
    if story is None:
        return []
    count = len(story.members)
    if count > WHOLE or (count > BIG and count % EVERY):
        return [Thing(tuple(story.members), sample(story, (match.partner,)))]
    return [Thing((number,), (number,)) for number in story.members]


def _grouped(
    things: Sequence[Thing], compared: Compared, limit: Limit, cohesion: float, ruled: Ruled
) -> list[list[int]]:
    """Average-link groups of ``things``, by the similarity of their compared members."""
    within = np.zeros(len(things))
    alike, agreed = compared
    if any(len(thing.shown) > 1 for thing in things):
        owner = np.repeat(np.arange(len(things)), [len(thing.shown) for thing in things])
        alike = _between(things, alike, owner, within)
        agreed = _any(agreed, owner)
    return average_link(
        Compared(alike, agreed),
        [len(thing.members) for thing in things],
        within.tolist(),
        limit=limit,
        cohesion=cohesion,
        together=ruled.together,
        apart=ruled.apart,
    )


def _any(agreed: Flags, owner: NDArray[np.int64]) -> Flags:
    """Whether any members of two things agree; ``owner`` is the thing of each member."""
    found = np.zeros((owner[-1] + 1, owner[-1] + 1), dtype=np.bool_)
    one, other = np.nonzero(agreed)
    found[owner[one], owner[other]] = True
    return found


def _between(
    things: Sequence[Thing], alike: Matrix, owner: NDArray[np.int64], within: Matrix
) -> Matrix:
    """Mean similarities between the things; fills in ``within`` for each."""
    share = np.zeros((len(things), len(owner)))
    share[owner, np.arange(len(owner))] = 1.0
    share /= share.sum(axis=1, keepdims=True)
    for at, thing in enumerate(things):
        count = len(thing.shown)
        if count > 1:
            block = alike[np.ix_(owner == at, owner == at)]
            within[at] = (block.sum() - np.trace(block)) / (count * (count - 1))
    return np.asarray(share @ alike @ share.T)


def _ruled(
    state: ClusterState, things: Sequence[Thing], rules: Constraints, canonical: str
) -> Ruled:
    """The pairs of things that corrections bind together or keep apart."""
    if not rules:
        return Ruled([], [])
    owner = {
        canonical if number == NEW else state.item(number).canonical: at
        for at, thing in enumerate(things)
        for number in thing.members
    }
    return Ruled(rules.pairs(owner, CorrectionKind.SAME), rules.pairs(owner, CorrectionKind.SPLIT))
