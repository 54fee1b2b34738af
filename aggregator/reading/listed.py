"""Canonical items as entries of a list: one for each, its copies folded into it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.model import Item
from aggregator.model.reading_state import UNSEEN, ReadingState

if TYPE_CHECKING:
    from storage import View


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
    shown = []
    for number in asked:
        known = found.get(standing.get(number, -1))
        canonical = view.canonicals.get(known.canonical) if known else None
        if known is None or canonical is None:
            continue
        members = [placed.item for placed in view.archive.members(canonical.id)]
        first = next((one for one in members if one.id == canonical.representative), None)
        if first is None:
            continue
        copies = tuple(Copy(one, _reason(view, one)) for one in members if one is not first)
        state = states.get(known.number, UNSEEN)
        shown.append(
            Listed(
                number, canonical.id, known.feed, known.founded, known.changed, first, copies, state
            )
        )
    return shown


def _reason(view: View, item: Item) -> str:
    """Why an item is where it is; for the founding item, that it came first."""
    record = view.decisions.latest(item.id)
    if record is None or record.decision.founded:
        return "the first to arrive"
    return record.decision.evidence.reason
