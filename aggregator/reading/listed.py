"""Canonical items as entries of a list: one for each, its copies folded into it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.model import Item, Placed
from aggregator.model.reading_state import UNSEEN, ReadingState

if TYPE_CHECKING:
    from storage import CanonicalNumber, DecisionRecord, View


@dataclass(frozen=True, slots=True)
class Copy:
    """An item that repeats the one shown, and why the two were folded, in words."""

    item: Item
    reason: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A canonical item as one user has it."""

    number: int
    canonical: str
    feed: str  # of the founding item: it stays when a better copy comes
    arrived: datetime
    changed: datetime
    item: Item  # the representative
    copies: tuple[Copy, ...]  # in order of arrival
    state: ReadingState


def entries(view: View, user: int, numbers: Iterable[int]) -> list[Listed]:
    """The canonical items with these numbers, in that order.

    What a number redirects to is given under the number that was asked for. Unknown numbers are
    left out.
    """
    asked = list(dict.fromkeys(numbers))
    standing = view.lists.standing(asked)
    found = view.lists.get(set(standing.values()))
    states = view.states.of(user, found)
    members = view.archive.members_of(one.canonical for one in found.values())
    reasons = _reasons(view, found.values(), members)
    shown = []
    for number in asked:
        known = found.get(standing.get(number, -1))
        if known is None:
            continue
        items = [placed.item for placed in members.get(known.canonical, ())]
        first = next((one for one in items if one.id == known.representative), None)
        if first is None:
            continue
        copies = tuple(Copy(one, reasons[one.id]) for one in items if one is not first)
        state = states.get(known.number, UNSEEN)
        shown.append(
            Listed(
                number,
                known.canonical,
                known.feed,
                known.founded,
                known.changed,
                first,
                copies,
                state,
            )
        )
    return shown


def _reasons(
    view: View, shown: Iterable[CanonicalNumber], members: Mapping[str, Sequence[Placed]]
) -> dict[str, str]:
    """Why each copy is where it is; for the founding item, that it came first."""
    copies = [
        placed.item.id
        for one in shown
        for placed in members.get(one.canonical, ())
        if placed.item.id != one.representative
    ]
    latest = view.decisions.latest_of(copies)
    return {name: _reason(latest.get(name)) for name in copies}


def _reason(record: DecisionRecord | None) -> str:
    if record is None or record.decision.founded:
        return "the first to arrive"
    return record.decision.evidence.reason
