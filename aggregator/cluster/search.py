"""Which remembered stories a new canonical item could belong to: bounded, exact, repeatable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from aggregator.cluster.compare import compare
from aggregator.cluster.model import Model
from aggregator.cluster.state import ClusterState, LiveStory
from aggregator.cluster.views import HASH_SHIFT, PAIR, Features

QUERY_TERMS: Final = 20
NEIGHBOURS: Final = 40  # nearest items by shared rare words
STORIES: Final = 8
MEMBERS: Final = 12  # of a story that are compared


@dataclass(frozen=True, slots=True)
class Match:
    """How well an item fits a story."""

    story: str
    score: float
    founder: float
    nearest: float
    partner: int  # number of the nearest member
    compared: int


def neighbours(state: ClusterState, features: Features, now: int) -> list[tuple[int, float]]:
    """Numbers of the items that share most rare words with ``features``, best first."""
    terms = np.array([t for t in features.terms.tolist() if not t & PAIR], dtype=np.uint64)
    if not len(terms):
        return []
    idf = state.frequencies.idf(terms, features.language)
    places = (terms & np.uint64(0xFFFF)).astype(np.int64)
    tf = 1.0 + 1.0 * ((places & 3) > 0) + 0.5 * (((places >> 2) & 3) > 0)
    gain = np.maximum(idf, 0.05) ** 2 * tf
    order = np.lexsort((terms, -gain))[:QUERY_TERMS]
    scores: dict[int, float] = {}
    for at in order.tolist():
        worth = float(gain[at])
        for number in state.posting(int(terms[at]) >> HASH_SHIFT):
            scores[number] = scores.get(number, 0.0) + worth
    best = sorted(scores.items(), key=lambda s: (-s[1], -s[0]))
    found: list[tuple[int, float]] = []
    for number, score in best:
        item = state.item(number)
        if not _same_language(item.features.language, features.language):
            continue
        story = state.story(item.story)
        if story is not None and state.is_open(story, now):
            found.append((number, score))
            if len(found) == NEIGHBOURS:
                break
    return found


def _same_language(a: str | None, b: str | None) -> bool:
    return a is None or b is None or a == b


def sample(story: LiveStory, near: Sequence[int]) -> list[int]:
    """The members to compare with: the founder, the newest, the nearest, and some between."""
    members = story.members
    if len(members) <= MEMBERS:
        return list(members)
    chosen = {members[0], members[-1], members[-2]}
    chosen.update(near[:4])
    step = len(members) / MEMBERS
    for at in range(MEMBERS):
        if len(chosen) >= MEMBERS:
            break
        chosen.add(members[int(at * step)])
    return sorted(chosen)


def matches(
    state: ClusterState, features: Features, now: int, model: Model, skip: frozenset[str]
) -> list[Match]:
    """The stories that an item could join, best first."""
    near: dict[str, list[int]] = {}
    for number, _ in neighbours(state, features, now):
        near.setdefault(state.item(number).story, []).append(number)
    names = [name for name in near if name not in skip][:STORIES]
    groups: list[list[int]] = []
    for name in names:
        story = state.story(name)
        groups.append(sample(story, near[name]) if story else [])
    numbers = [number for group in groups for number in group]
    if not numbers:
        return []
    probabilities = probabilities_of(state, features, numbers, model)
    found: list[Match] = []
    at = 0
    for name, group in zip(names, groups, strict=True):
        part = probabilities[at : at + len(group)]
        at += len(group)
        best = int(np.argmax(part))
        found.append(
            Match(
                name, float(part.mean()), float(part[0]), float(part[best]), group[best], len(group)
            )
        )
    found.sort(key=lambda m: (-m.score, m.story))
    return found


def probabilities_of(
    state: ClusterState, features: Features, numbers: Sequence[int], model: Model
) -> np.ndarray:
    """The model's answer for an item against remembered items."""
    others = [state.item(number).features for number in numbers]
    texts = np.array([float(min(other.text_words, features.text_words) >= 5) for other in others])
    return model.probability(compare(features, others, state.frequencies), texts)
