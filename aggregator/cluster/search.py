"""Finds the remembered stories that a new canonical item could join: bounded, deterministic."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aggregator.cluster.similarity import LEAST_IDF, Query, lateness, likeness, shorter
from aggregator.cluster.state import ClusterState, LiveStory
from aggregator.cluster.term_index import Numbers
from aggregator.cluster.views import HASH_SHIFT, LEAD_MASK, PAIR, TITLE_MASK, Features
from aggregator.cluster.weights import Model

QUERY_TERMS: Final = 20  # rarest words that are looked up
NEIGHBOURS: Final = 40  # open items by shared rare words that are compared
ENDED: Final = 8  # items of closed stories that are compared
STORIES: Final = 8  # stories considered, by their nearest item
SLACK: Final = 0.05  # how far below the limit a story's nearest item may be
SHOWN: Final = 3  # kept whatever their distance: evidence names the closest and the runner-up
OVER: Final = 2  # closed stories, which it may follow
MEMBERS: Final = 12  # members of a story that are compared
CROWD: Final = (14, 36)  # ranks of the neighbours that measure how similar unrelated news is

AT_ONCE: Final = 64  # beyond this many items, compare only once it is known which are needed
_PLACES: Final = 20  # bits for a place among the candidates


@dataclass(frozen=True, slots=True)
class Match:
    """How well an item fits a story."""

    story: str
    score: float  # mean similarity to the members compared
    limit: float  # required score: the model's limit plus the crowd's share
    crowd: float  # the share of the limit that the neighbourhood adds
    nearest: float
    partner: int  # number of the nearest member
    members: tuple[int, ...]  # the members compared
    is_open: bool
    kinship: float  # similarity ignoring time, relative to the limit for two single items

    @property
    def margin(self) -> float:
        """How far the score is above the limit."""
        return self.score - self.limit


def neighbours(state: ClusterState, features: Features, now: int) -> tuple[list[int], list[int]]:
    """Numbers of the items that share the most rare words: in open and in closed stories."""
    terms = features.terms[(features.terms & np.uint64(PAIR)) == 0]
    if not len(terms):
        return [], []
    idf = np.maximum(state.frequencies.idf(terms, features.language), LEAST_IDF)
    places = 1.0 + ((terms & TITLE_MASK) > 0) + 0.5 * ((terms & LEAD_MASK) > 0)
    gain = idf**2 * places
    order = np.lexsort((terms, -gain))[:QUERY_TERMS]
    numbers, counts = state.newest((terms[order] >> np.uint64(HASH_SHIFT)).tolist())
    candidates = summed(numbers, np.repeat(gain[order], counts))
    candidates = candidates.only(state.columns.speaking(candidates.numbers, features.language))
    is_open = state.columns.since(candidates.numbers, state.open_since(now))
    return candidates.only(is_open).best(NEIGHBOURS), candidates.only(~is_open).best(ENDED)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Distinct items that share words, with their total weight and first position."""

    numbers: Numbers
    worth: NDArray[np.float64]
    first: NDArray[np.int64]

    def only(self, mask: NDArray[np.bool_]) -> Candidates:
        """The candidates selected by ``mask``."""
        return Candidates(self.numbers[mask], self.worth[mask], self.first[mask])

    def best(self, count: int) -> list[int]:
        """The ``count`` heaviest; ties by first position: the rarest word, then the newest item."""
        among = self
        if len(self.numbers) > count:
            among = self.only(self.worth >= np.partition(self.worth, -count)[-count])
        found: list[int] = among.numbers[np.lexsort((among.first, -among.worth))[:count]].tolist()
        return found


def summed(numbers: Numbers, worth: NDArray[np.float64]) -> Candidates:
    """Each distinct number in ``numbers`` with the sum of its weights."""
    # One sort of numbers combined with their places is many times as fast as an argsort.
    both = (numbers.astype(np.int64) << _PLACES) | np.arange(len(numbers))
    both.sort()
    known, places = both >> _PLACES, both & ((1 << _PLACES) - 1)
    starts = np.flatnonzero(known != np.concatenate(([-1], known[:-1])))
    sums = np.add.reduceat(worth[places], starts) if len(starts) else worth
    return Candidates(known[starts].astype(np.int32), sums, places[starts])


def sample(story: LiveStory, near: Sequence[int]) -> tuple[int, ...]:
    """The members to compare with: the founder, the newest, the nearest, and some in between."""
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
    query: Query,
    now: int,
    model: Model,
    skip: Collection[str] = (),
) -> list[Match]:
    """The stories that an item could join, best first; closed ones (to follow) among them."""
    near, ended = neighbours(state, query.features, now)
    if not near and not ended:
        return []
    story_of = state.stories_of((*near, *ended))
    open_ones = {story_of[number] for number in near}
    alike = Alike(state, query, model)
    alike.compare(_with_likely_members(state, story_of))
    by_story: dict[str, list[int]] = {}
    for number in sorted(story_of, key=lambda n: (-alike.held[n], -n)):
        by_story.setdefault(story_of[number], []).append(number)
    wanted = [name for name in by_story if name not in skip]
    stories = [
        name
        for at, name in enumerate([name for name in wanted if name in open_ones][:STORIES])
        if at < SHOWN or alike.is_near(name, by_story[name][0])
    ]
    stories += [name for name in wanted if name not in open_ones][:OVER]
    groups = {name: _sampled(state, name, by_story[name]) for name in stories}
    alike.compare(sorted({n for group in groups.values() for n in group if n not in alike.held}))
    crowd = sorted(((alike.cosine[n], story_of[n]) for n in near), reverse=True)
    found = [
        _match(name, groups[name], alike, crowd, is_open=name in open_ones) for name in stories
    ]
    found.sort(key=lambda m: (-m.margin, m.story))
    return found


def _with_likely_members(state: ClusterState, story_of: Mapping[int, str]) -> list[int]:
    """The neighbours and the items of their stories that will be needed next.

    Comparing with all at once costs half as much as comparing twice.
    """
    numbers = dict.fromkeys(story_of)
    for name in dict.fromkeys(story_of.values()):
        story = state.story(name)
        if story is not None and 1 < len(story.members) <= MEMBERS:
            numbers.update(dict.fromkeys(story.members))
        if len(numbers) >= AT_ONCE:
            break
    return list(numbers)


class Alike:
    """Similarities of one item to remembered ones, by number."""

    def __init__(self, state: ClusterState, query: Query, model: Model) -> None:
        self._state = state
        self._query = query
        self.model = model
        self.cosine: dict[int, float] = {}
        self.bare: dict[int, float] = {}  # after deductions except time
        self.held: dict[int, float] = {}  # after all deductions, including time
        self.limit: dict[int, float] = {}  # limit for a pair with this much text

    def least(self, name: str, limit: float) -> float:
        """The similarity required to join a story of this size, from the ``limit`` for a pair."""
        story = self._state.story(name)
        size = len(story.members) if story else 1
        return limit * self.model.share(float(size))

    def is_near(self, name: str, nearest: int) -> bool:
        """Whether an item whose ``nearest`` member is known could (almost) join that story."""
        return self.held[nearest] >= self.least(name, self.limit[nearest]) - SLACK

    def compare(self, numbers: Sequence[int]) -> None:
        """Compare with the items with these numbers and keep the results."""
        if not numbers:
            return
        others = self._state.columns.block(np.array(numbers, dtype=np.int32))
        cosine, taken = likeness(self._query, others, self._state.frequencies, self.model)
        bare = cosine - taken
        held = bare - lateness(self._query.features, others, self.model)
        self.cosine.update(zip(numbers, cosine.tolist(), strict=True))
        self.bare.update(zip(numbers, bare.tolist(), strict=True))
        self.held.update(zip(numbers, held.tolist(), strict=True))
        limits = self.model.limits(shorter(self._query.features, others))
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
    limit = sum(alike.limit[number] for number in group) / len(group)
    bare = sum(alike.bare[number] for number in group) / len(group)
    first, last = CROWD
    unrelated = [score for score, story in crowd if story != name][first:last]
    share = alike.model.density * sum(unrelated) / (last - first)
    nearest = max(held)
    return Match(
        story=name,
        score=sum(held) / len(held),
        limit=alike.least(name, limit) + share,
        crowd=share,
        nearest=nearest,
        partner=group[held.index(nearest)],
        members=group,
        is_open=is_open,
        kinship=bare / (limit + share),
    )
