"""Re-decides the archive after a change of settings, rules or corrections.

The items since a point in time are decided in order of arrival, as if they arrived
for the first time: each sees earlier items as stored, and later ones as decided again.
So the result is what the current rules would have made of the same stream, and a
second run changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aggregator import dedupe
from aggregator.engine.polls import Engine
from aggregator.model import Decision, Flag, Item, Keys, Level, Placed
from aggregator.model.effects import ItemFlagged
from aggregator.settings import DedupeSettings
from storage import View

MANY = 2_000  # items read per key, including later ones, which are ignored
_OURS = frozenset({Flag.REPUBLISHED})  # flags that the duplicate engine sets


@dataclass(frozen=True, slots=True)
class Change:
    """An item that would move, or has moved, to another canonical item."""

    item: Item
    before: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Again:
    """The result of deciding again."""

    decided: int
    changes: tuple[Change, ...]


class _Before:
    """The archive as of a point in time; later items are hidden."""

    def __init__(self, archive: dedupe.Archive, since: datetime | None) -> None:
        self._archive = archive
        self._since = since

    def _seen(self, found: Iterable[Placed]) -> list[Placed]:
        if self._since is None:
            return []
        return [placed for placed in found if placed.item.seen < self._since]

    def by_url(self, key: str) -> Sequence[Placed]:
        return self._seen(self._archive.by_url(key))

    def by_title(self, key: str, limit: int) -> Sequence[Placed]:
        found = self._seen(self._archive.by_title(key, MANY))
        return sorted(found, key=lambda placed: placed.item.seen)[-limit:]

    def by_bands(self, bands: Sequence[int], limit: int) -> Sequence[Placed]:
        return self._seen(self._archive.by_bands(bands, MANY))[:limit]

    def members(self, canonical: str) -> Sequence[Placed]:
        return self._seen(self._archive.members(canonical))

    def placed(self, item: str) -> Placed | None:
        found = self._archive.placed(item)
        return found if found and self._seen([found]) else None


def plan(view: View, settings: DedupeSettings, *, since: datetime | None) -> Again:
    """Decide again on the items that arrived at ``since`` or later (None: all), read-only.

    Keeps those items in memory.
    """
    corrections = view.corrections.active(Level.ITEM)
    state = dedupe.DedupeState(settings)
    archive = dedupe.Overlay(_Before(view.archive, since))
    old: list[tuple[Placed, Keys]] = []
    new: list[Placed] = []
    start = since - settings.index_window if since else datetime.min.replace(tzinfo=UTC)
    for placed, keys in view.items.placed_since(start):
        if since is not None and placed.item.seen < since:
            old.append((placed, keys))
        else:
            new.append(placed)
    state.restore(old)
    changes = []
    for placed in new:
        item = replace(
            placed.item, flags=tuple(flag for flag in placed.item.flags if flag not in _OURS)
        )
        decision = dedupe.decide(state, archive, item, corrections=corrections)
        item = replace(item, flags=tuple(dict.fromkeys((*item.flags, *decision.flags))))
        stands = Placed(item, decision.canonical)
        archive.add(stands, decision.keys)
        state.add(stands, decision.keys)
        if decision.canonical != placed.canonical:
            changes.append(Change(item, placed.canonical, decision))
    return Again(len(new), tuple(changes))


def apply(
    engine: Engine, settings: DedupeSettings, *, since: datetime | None, now: datetime
) -> Again:
    """Decide again and apply every change, in one transaction.

    New canonical items get a story; ids that end redirect to their successors.
    """
    with engine.writing() as tx:
        again = plan(tx, settings, since=since)
        recorder = engine.recorder(tx)
        for change in again.changes:
            recorder.move(change.decision, now)
            recorder.record((ItemFlagged(change.item.id, change.item.flags),), now)
        touched = recorder.touched()
        engine.forget()
        recorder = engine.recorder(tx)
        for change in again.changes:
            canonical = change.decision.canonical
            if change.decision.founded and tx.standing.story_of(canonical) is None:
                recorder.place_in_story(change.item, canonical, now)
        engine.summarise(tx, touched | recorder.touched())
        engine.forget()  # the state in memory no longer has the order of a restart
        return again
