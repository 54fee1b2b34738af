"""Which remembered stories a new canonical item could belong to: bounded, exact, repeatable."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from aggregator.cluster.compare import block, lateness, likeness, shorter
from aggregator.cluster.model import Model
from aggregator.cluster.state import ClusterState, LiveStory
from aggregator.cluster.views import HASH_SHIFT, LEAD_MASK, PAIR, TITLE_MASK, Features

QUERY_TERMS: Final = 20  # rarest words that are looked up
NEIGHBOURS: Final = 64  # open items by shared rare words that are compared
ENDED: Final = 8  # items of closed stories that are compared
STORIES: Final = 8  # by their nearest item
OVER: Final = 2  # closed ones, which it may continue
MEMBERS: Final = 12  # of a story that are compared
CROWD: Final = (15, 40)  # ranks of the neighbours that tell what unrelated news is alike


@dataclass(frozen=True, slots=True)
class Match:
    """How well an item fits a story."""

    story: str
    score: float  # mean likeness to the members compared
    limit: float  # what that had to be: the model's limit and the crowd's share
    crowd: float  # the share of the limit that the neighbourhood adds
    nearest: float
    partner: int  # number of the nearest member
    members: tuple[int, ...]  # those compared
    is_open: bool

    @property
    def margin(self) -> float:
        """How far above the limit the story is."""
        return self.score - self.limit


def neighbours(state: ClusterState, features: Features, now: int) -> tuple[list[int], list[int]]:
    """Numbers of the items that share most rare words: of open stories, and of closed ones."""
    terms = features.terms[(features.terms & np.uint64(PAIR)) == 0]
    if not len(terms):
        return [], []
    idf = np.maximum(state.frequencies.idf(terms, features.language), 0.05)
    places = 1.0 + ((terms & TITLE_MASK) > 0) + 0.5 * ((terms & LEAD_MASK) > 0)
    gain = idf**2 * places
    order = np.lexsort((terms, -gain))[:QUERY_TERMS]
    numbers, counts = state.newest((terms[order] >> np.uint64(HASH_SHIFT)).tolist())
    known, first, which = np.unique(numbers, return_index=True, return_inverse=True)
    scores = np.bincount(which, np.repeat(gain[order], counts))
    found: list[int] = []
    ended: list[int] = []
    # Of equal scores the one met first comes first: by the rarest word, then the newest.
    for number in known[np.lexsort((first, -scores))].tolist():
        item = state.item(number)
        if not _same_language(item.features.language, features.language):
            continue
        story = state.story(item.story)
        if story is None:
            continue
        if state.is_open(story, now):
            found.append(number)
            if len(found) == NEIGHBOURS:
                break
        elif len(ended) < ENDED:
            ended.append(number)
    return found, ended


def _same_language(a: str | None, b: str | None) -> bool:
    return a is None or b is None or a == b


def sample(story: LiveStory, near: Sequence[int]) -> tuple[int, ...]:
    """The members to compare with: the founder, the newest, the nearest, and some between."""
    members = story.members
    if len(members) <= MEMBERS:
        return tuple(members)
    chosen = {members[0], members[-1], members[-2]}
    chosen.update(near[:4])
    step = len(members) / MEMBERS
    for at in range(MEMBERS):
        if len(chosen) >= MEMBERS:
            break
        chosen.add(members[int(at * step)])
    return tuple(sorted(chosen))


def matches(
    state: ClusterState,
    features: Features,
    now: int,
    model: Model,
    skip: Collection[str] = (),
) -> list[Match]:
    """The stories that an item could join, best first; closed ones (to follow) among them."""
    near, ended = neighbours(state, features, now)
    numbers = near + ended
    if not numbers:
        return []
    alike = Alike(state, features, model)
    alike.compare(numbers)
    by_story: dict[str, list[int]] = {}
    for number in sorted(numbers, key=lambda n: (-alike.held[n], -n)):
        by_story.setdefault(state.item(number).story, []).append(number)
    open_ones = {state.item(number).story for number in near}
    wanted = [name for name in by_story if name not in skip]
    stories = [name for name in wanted if name in open_ones][:STORIES]
    stories += [name for name in wanted if name not in open_ones][:OVER]
    groups = {name: _sampled(state, name, by_story[name]) for name in stories}
    alike.compare(sorted({n for group in groups.values() for n in group if n not in alike.held}))
    crowd = sorted(((alike.cosine[n], state.item(n).story) for n in near), reverse=True)
    found = [
        _match(name, groups[name], alike, crowd, is_open=name in open_ones) for name in stories
    ]
    found.sort(key=lambda m: (-m.margin, m.story))
    return found


class Alike:
    """How alike one item is to remembered ones, by number."""

    def __init__(self, state: ClusterState, features: Features, model: Model) -> None:
        self._state = state
        self._features = features
        self.model = model
        self.cosine: dict[int, float] = {}
        self.held: dict[int, float] = {}  # less what is taken off, times included
        self.limit: dict[int, float] = {}  # for a pair with so much text

    def compare(self, numbers: Sequence[int]) -> None:
        """Take in the items with these numbers."""
        if not numbers:
            return
        others = block([self._state.item(number).features for number in numbers])
        cosine, taken = likeness(self._features, others, self._state.frequencies, self.model)
        held = cosine - taken - lateness(self._features, others, self.model)
        self.cosine.update(zip(numbers, cosine.tolist(), strict=True))
        self.held.update(zip(numbers, held.tolist(), strict=True))
        limits = self.model.limits(shorter(self._features, others))
        self.limit.update(zip(numbers, limits.tolist(), strict=True))


def _sampled(state: ClusterState, name: str, near: Sequence[int]) -> tuple[int, ...]:
    story = state.story(name)
    return sample(story, near) if story else ()


def _match(
    name: str,
    group: tuple[int, ...],
    alike: Alike,
    crowd: Sequence[tuple[float, str]],
    *,
    is_open: bool,
) -> Match:
    held = [alike.held[number] for number in group]
    limits = [alike.limit[number] for number in group]
    first, last = CROWD
    unrelated = [score for score, story in crowd if story != name][first:last]
    share = alike.model.density * sum(unrelated) / (last - first)
    nearest = max(held)
    return Match(
        story=name,
        score=sum(held) / len(held),
        limit=sum(limits) / len(limits) + share,
        crowd=share,
        nearest=nearest,
        partner=group[held.index(nearest)],
        members=group,
        is_open=is_open,
    )
