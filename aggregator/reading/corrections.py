"""Corrections as people read them: what they name, and what they changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.model import Correction, Item, Level

if TYPE_CHECKING:
    from storage import CorrectionRecord, StoryChangeRecord, View


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """An item, and where it is now."""

    item: Item
    canonical: str
    with_items: tuple[Item, ...]  # the other items of its canonical item
    story: str | None


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction, the items that it names, and its effect."""

    correction: Correction
    undone: datetime | None
    a: Whereabouts | None
    b: Whereabouts | None
    moved: tuple[Whereabouts, ...] = ()  # items that are where they are because of it
    changes: tuple[StoryChangeRecord, ...] = ()  # of stories


def listed(view: View, limit: int = 500) -> list[Corrected]:
    """The latest corrections, the newest first, without their effects."""
    records = view.corrections.list()[-limit:]
    return [_named(view, record) for record in reversed(records)]


def shown(view: View, correction: str) -> Corrected | None:
    """One correction with its effects; None for an unknown id."""
    record = view.corrections.get(correction)
    if record is None:
        return None
    found = _named(view, record)
    moved = tuple(
        place for item in view.decisions.following(correction) if (place := _place(view, item))
    )
    return Corrected(found.correction, found.undone, found.a, found.b, moved, _changes(view, found))


def _named(view: View, record: CorrectionRecord) -> Corrected:
    correction = record.correction
    items = [_item_of(view, correction.level, name) for name in (correction.a, correction.b)]
    a, b = (_place(view, item) if item else None for item in items)
    return Corrected(correction, record.undone, a, b)


def _item_of(view: View, level: Level, name: str | None) -> str | None:
    """The item that stands for what a correction names."""
    if name is None or level == Level.ITEM:
        return name
    canonical = view.canonicals.get(name)
    return canonical.representative if canonical else None


def _place(view: View, item: str) -> Whereabouts | None:
    placed = view.items.get(item)
    if placed is None:
        return None
    members = view.archive.members(placed.canonical)
    canonical = view.canonicals.get(placed.canonical)
    story = canonical.story if canonical else None
    return Whereabouts(
        placed.item,
        placed.canonical,
        tuple(one.item for one in members if one.item.id != item),
        view.stories.resolve(story) if story else None,
    )


def _changes(view: View, found: Corrected) -> tuple[StoryChangeRecord, ...]:
    """The merges and splits of stories that a correction made."""
    stories = {place.story for place in (found.a, found.b) if place and place.story}
    own = ("correction", found.correction.id)
    records = {
        (record.change.story, record.change.into, record.at): record
        for story in sorted(stories)
        for record in view.stories.changes_of(story)
        if own in record.change.evidence.details
    }
    return tuple(records.values())
