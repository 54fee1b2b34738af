"""Assigns ids to regrouped stories, and lists the resulting merges and splits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.cluster.regroup import NEW, Grouping
from aggregator.cluster.state import ClusterState
from aggregator.model import ChangeKind, Evidence, Rule, StoryChange
from aggregator.text.identity import split_story_id, story_id


@dataclass(frozen=True, slots=True)
class Renamed:
    """The story of the new item, and what changes for the others."""

    story: str
    changes: tuple[StoryChange, ...]


def renamed(state: ClusterState, grouping: Grouping, canonical: str) -> Renamed:
    """Assign ids to the parts of ``grouping``, made when ``canonical`` arrived.

    A part that contains founding items of stories takes the id of the oldest of these
    stories; the others redirect to it. A part without one gets a new id: that of the new
    item if it contains it.
    """
    founders = _founders(state, grouping)
    named: list[tuple[str, tuple[int, ...]]] = []
    for part in grouping.parts:
        held = [(founders[n], n) for n in part if n in founders]
        if held:
            oldest = min(held, key=lambda one: (_founded(state, one[0]), one[1]))
            named.append((oldest[0], part))
        elif NEW in part:
            named.append((story_id(canonical), part))
        else:
            first = state.item(part[0]).canonical
            named.append((split_story_id(first, canonical), part))
    story = next((name for name, part in named if NEW in part), "")
    return Renamed(story, _changes(state, named, grouping, canonical))


def _founders(state: ClusterState, grouping: Grouping) -> dict[int, str]:
    """Number of the founding item -> story, of all stories that are grouped."""
    stories = {state.item(n).story for part in grouping.parts for n in part if n != NEW}
    return {live.members[0]: name for name in stories if (live := state.story(name)) is not None}


def _founded(state: ClusterState, story: str) -> int:
    live = state.story(story)
    return live.founded if live else 0


def _changes(
    state: ClusterState,
    named: Sequence[tuple[str, tuple[int, ...]]],
    grouping: Grouping,
    canonical: str,
) -> tuple[StoryChange, ...]:
    """Splits first, then merges, so that a story that redirects has no items left to move."""
    moves: dict[tuple[str, str], list[int]] = {}
    for name, part in named:
        for number in part:
            before = name if number == NEW else state.item(number).story
            if before != name:
                moves.setdefault((before, name), []).append(number)
    alive = {name for name, _ in named}
    splits: list[StoryChange] = []
    merges: list[StoryChange] = []
    for (before, name), numbers in sorted(moves.items()):
        members = tuple(state.item(number).canonical for number in sorted(numbers))
        founder = state.story(before)
        ends = before not in alive and founder is not None and founder.members[0] in numbers
        kind = ChangeKind.MERGE if ends else ChangeKind.SPLIT
        reason = (
            "A later item showed that their items are about one event."
            if ends
            else "A later item showed that these items are closer to each other than to the rest."
        )
        rule = Rule.MERGE if ends else Rule.SPLIT
        evidence = Evidence(
            rule, round(grouping.score, 6), round(grouping.limit, 6), canonical, reason
        )
        change = StoryChange(kind, before, name, () if ends else members, evidence)
        (merges if ends else splits).append(change)
    return (*splits, *merges)
