"""What people have said: constraints that every decision obeys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.dedupe.archive import Archive
from aggregator.model import Correction


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the corrections say of one item."""

    same: tuple[tuple[str, Correction], ...]  # items it must stand with
    apart: tuple[tuple[str, Correction], ...]  # items it must not stand with
    alone: Correction | None  # it founds a canonical item of its own


def _members(name: str, archive: Archive) -> list[str]:
    """The items that a name in a correction means: itself, or all behind a canonical item."""
    if name.startswith("c"):
        found = [placed.item.id for placed in archive.members(name)]
        return found or [name]
    return [name]


def ruling(item: str, archive: Archive, corrections: Sequence[Correction]) -> Ruling:
    """What ``corrections`` (of level 'item', oldest first) say of ``item``."""
    links: dict[str, list[tuple[str, Correction]]] = defaultdict(list)
    apart: dict[str, list[tuple[str, Correction]]] = defaultdict(list)
    alone: dict[str, Correction] = {}
    for correction in corrections:
        if correction.level != "item":
            continue
        if correction.b is None:
            alone[correction.a] = correction
            continue
        kind = links if correction.kind == "same" else apart
        kind[correction.a].append((correction.b, correction))
        kind[correction.b].append((correction.a, correction))
    together = _reach(item, links)
    forbidden = [
        (other, correction)
        for name in (item, *(name for name, _ in together))
        for target, correction in apart.get(name, ())
        for other in _members(target, archive)
    ]
    same = [
        (other, correction) for name, correction in together for other in _members(name, archive)
    ]
    return Ruling(tuple(same), tuple(forbidden), None if same else alone.get(item))


def _reach(
    item: str, links: dict[str, list[tuple[str, Correction]]]
) -> list[tuple[str, Correction]]:
    """Everything linked with ``item`` by 'same', directly or through others."""
    found: dict[str, Correction] = {}
    waiting = [item]
    while waiting:
        for other, correction in links.get(waiting.pop(), ()):
            if other != item and other not in found:
                found[other] = correction
                waiting.append(other)
    return list(found.items())
