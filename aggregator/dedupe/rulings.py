"""User corrections as constraints that every decision obeys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.dedupe.archive import Archive
from aggregator.model import Correction, CorrectionKind, Level
from aggregator.model.corrections import Corrections


@dataclass(frozen=True, slots=True)
class Ruling:
    """The corrections that apply to one item."""

    same: tuple[tuple[str, Correction], ...]  # items it must be grouped with
    apart: tuple[tuple[str, Correction], ...]  # items it must not be grouped with
    alone: Correction | None  # it must have its own canonical item


_NOTHING = Ruling((), (), None)


def _members(name: str, archive: Archive) -> list[str]:
    """The items that an id in a correction refers to: itself, or all of a canonical item's."""
    if name.startswith("c"):
        found = [placed.item.id for placed in archive.members(name)]
        return found or [name]
    return [name]


def ruling(item: str, archive: Archive, corrections: Sequence[Correction]) -> Ruling:
    """The ``corrections`` (those of level 'item') that apply to ``item``.

    A ``Corrections`` index of that level is used as is; other sequences are indexed first.
    """
    corrections = _by_name(corrections)
    if not corrections:
        return _NOTHING
    together = _reach(item, corrections)
    forbidden = [
        (other, correction)
        for name in (item, *(name for name, _ in together))
        for target, correction in _others(name, corrections, CorrectionKind.SPLIT)
        for other in _members(target, archive)
    ]
    same = [
        (other, correction) for name, correction in together for other in _members(name, archive)
    ]
    alone = [one for one in corrections.of(item) if one.b is None]
    return Ruling(tuple(same), tuple(forbidden), alone[-1] if alone and not same else None)


def _by_name(corrections: Sequence[Correction]) -> Corrections:
    if isinstance(corrections, Corrections):
        return corrections
    return Corrections(one for one in corrections if one.level == Level.ITEM)


def _others(
    name: str, corrections: Corrections, kind: CorrectionKind
) -> list[tuple[str, Correction]]:
    """The other ids in those corrections of a kind that mention ``name``."""
    return [
        (one.b if one.a == name else one.a, one)
        for one in corrections.of(name)
        if one.b is not None and one.kind == kind
    ]


def kept_apart(
    one: str, other: str, archive: Archive, corrections: Sequence[Correction]
) -> Correction | None:
    """The correction that forbids merging two canonical items, if any."""
    corrections = _by_name(corrections)
    sides = [{placed.item.id for placed in archive.members(name)} for name in (one, other)]
    for own, theirs, name in ((sides[0], sides[1], one), (sides[1], sides[0], other)):
        for named in (*sorted(own), name):
            for said in corrections.of(named):
                if said.kind == CorrectionKind.SAME:
                    continue
                target = said.b if said.a == named else said.a
                if target is None or theirs.intersection(_members(target, archive)):
                    return said
    return None


def _reach(item: str, corrections: Corrections) -> list[tuple[str, Correction]]:
    """Everything linked to ``item`` by 'same', directly or transitively."""
    found: dict[str, Correction] = {}
    waiting = [item]
    while waiting:
        for other, correction in _others(waiting.pop(), corrections, CorrectionKind.SAME):
            if other != item and other not in found:
                found[other] = correction
                waiting.append(other)
    return list(found.items())
