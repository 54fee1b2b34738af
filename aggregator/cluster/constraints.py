"""User corrections of stories: canonical items that belong together, or do not.

A correction of level 'story' names two canonical items: ``same`` binds them, and with
them the stories they are in at that time; ``split`` keeps the first out of the story
of the second. Both hold whatever later items suggest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from aggregator.model import Correction, CorrectionKind, Level
from aggregator.model.corrections import Corrections


@dataclass(frozen=True, slots=True)
class Constraints:
    """Which canonical items must be in one story, and which must not."""

    corrections: Corrections = field(default_factory=Corrections)  # of level 'story'

    def __bool__(self) -> bool:
        return bool(self.corrections)

    def together(self, name: str) -> dict[str, str]:
        """The canonical items bound to ``name``, each with the correction that says so."""
        return self._others(name, CorrectionKind.SAME)

    def apart(self, name: str) -> dict[str, str]:
        """The canonical items kept apart from ``name``, each with the correction."""
        return self._others(name, CorrectionKind.SPLIT)

    def pairs(self, owner: dict[str, int], kind: CorrectionKind) -> list[tuple[int, int]]:
        """Distinct pairs of owners of the canonical items named by corrections of a kind."""
        found = {
            (min(owner[name], owner[other]), max(owner[name], owner[other]))
            for name in owner.keys() & self.corrections.names
            for other in self._others(name, kind)
            if other in owner and owner[other] != owner[name]
        }
        return sorted(found)

    def _others(self, name: str, kind: CorrectionKind) -> dict[str, str]:
        return {
            (one.b if one.a == name else one.a): one.id
            for one in self.corrections.of(name)
            if one.b is not None and one.kind == kind
        }


NONE = Constraints()


def constraints(corrections: Sequence[Correction]) -> Constraints:
    """The constraints in ``corrections`` (other levels are ignored)."""
    if isinstance(corrections, Corrections):  # already indexed, of one level
        return Constraints(corrections)
    return Constraints(Corrections(_of_stories(corrections))) if corrections else NONE


def _of_stories(corrections: Iterable[Correction]) -> Iterable[Correction]:
    return (one for one in corrections if one.level == Level.STORY)
