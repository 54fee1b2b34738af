"""Stories of a stream, compared with what readers said of its documents.

A label holds documents that stood together, or might have: ``events`` are groups about one
event each, and documents of two of them do not belong together. ``related`` are groups about
one event each that follow an event, report its background or comment on it: whether they
belong with it is not judged. Labels hold ids and verdicts only.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, product

from aggregator.lab.replay import Replayed

Pair = frozenset[str]  # two document ids
Judge = Callable[[str, str], bool | None]  # same event? None: not judged


class Verdict(StrEnum):
    """What a reader says of a story."""

    RIGHT = "right"
    STRANGERS = "with strangers"  # more than half of it is one event
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Label:
    """What a reader said of some documents of a stream."""

    stream: str
    events: tuple[tuple[str, ...], ...]
    related: tuple[tuple[str, ...], ...] = ()
    held_out: bool = False  # for checking only: no rule was chosen with it in view

    def pairs(self) -> dict[Pair, bool]:
        """All judged pairs: is it the same event?"""
        found = {
            frozenset(two): True
            for group in (*self.events, *self.related)
            for two in combinations(group, 2)
        }
        for one, other in combinations(self.events, 2):
            found |= {frozenset(two): False for two in product(one, other)}
        return found


@dataclass(frozen=True, slots=True)
class Tally:
    """How the stories of a stream compare with its labels."""

    stories: Mapping[Verdict, int]  # of several outlets, by verdict
    unread: int  # of several outlets, none of whose pairs is judged
    joins: int  # judged pairs about one event
    found: int  # of these, in one story
    apart: int  # judged pairs about different events
    false: int  # of these, in one story


def read_labels(lines: Iterable[str]) -> list[Label]:
    """Labels from JSON Lines. Raises ValueError, KeyError for lines that are no labels."""
    records = [json.loads(line) for line in lines if line.strip()]
    return [
        Label(
            record["stream"],
            tuple(tuple(group) for group in record["events"]),
            tuple(tuple(group) for group in record.get("related", ())),
            record["held_out"],
        )
        for record in records
    ]


def judged(labels: Iterable[Label]) -> dict[Pair, bool]:
    """The judged pairs of all ``labels``; of contradicting ones the last."""
    found: dict[Pair, bool] = {}
    for label in labels:
        found |= label.pairs()
    return found


def tally(
    rows: Sequence[Replayed], pairs: Mapping[Pair, bool], name: Callable[[Replayed], str]
) -> Tally:
    """Compare replayed documents with judged ``pairs`` of the ids that ``name`` gives them."""
    story = {name(row): row.story for row in rows}
    known = {pair: same for pair, same in pairs.items() if all(one in story for one in pair)}
    together = {pair for pair in known if len({story[one] for one in pair}) == 1}
    verdicts = [
        verdict(members, lambda a, b: known.get(frozenset((a, b))))
        for members in several_outlets(rows, name)
    ]
    return Tally(
        Counter(one for one in verdicts if one is not None),
        verdicts.count(None),
        sum(known.values()),
        sum(known[pair] for pair in together),
        len(known) - sum(known.values()),
        sum(not known[pair] for pair in together),
    )


def several_outlets(rows: Sequence[Replayed], name: Callable[[Replayed], str]) -> list[list[str]]:
    """The documents of each story of several outlets and several canonical items."""
    stories: dict[str, list[Replayed]] = {}
    for row in rows:
        stories.setdefault(row.story, []).append(row)
    return [
        [name(row) for row in members]
        for members in stories.values()
        if len({row.canonical for row in members}) > 1
        and len({row.item.source or row.item.feed for row in members}) > 1
    ]


def verdict(members: Sequence[str], judge: Judge) -> Verdict | None:
    """The verdict on a story; None if no two of its documents are judged.

    It is right if no two are judged different. Otherwise it counts how many of the judged
    ones belong to the largest group about one event.
    """
    answers = {(a, b): judge(a, b) for a, b in combinations(members, 2)}
    told = {pair: answer for pair, answer in answers.items() if answer is not None}
    if not told:
        return None
    if all(told.values()):
        return Verdict.RIGHT
    group = {one: one for pair in told for one in pair}
    for (a, b), same in told.items():
        if same:
            old, new = group[b], group[a]
            group = {one: new if of == old else of for one, of in group.items()}
    largest = max(Counter(group.values()).values())
    return Verdict.STRANGERS if 2 * largest > len(group) else Verdict.WRONG
