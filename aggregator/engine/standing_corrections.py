"""The corrections in force, and conflicts with a new one."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.engine.recorder import Recorder
from aggregator.model import Correction, CorrectionKind, Level
from aggregator.model.corrections import Corrections
from storage import View


class CorrectionError(Exception):
    """A correction is refused; the message says why."""


def in_force(view: View, recorder: Recorder, level: Level) -> Corrections:
    """The corrections in force of a level: from memory, or from the store if not loaded."""
    if recorder.live is not None:
        return recorder.live.corrections(level)
    return Corrections(view.corrections.active(level))


def between(
    holding: Corrections, kind: CorrectionKind, ones: Sequence[str], others: Sequence[str]
) -> Correction | None:
    """The first correction of ``kind`` that names a canonical item on either side."""
    sides = set(ones), set(others)
    found = [
        correction
        for name in ones
        for correction in holding.of(name)
        if correction.kind == kind
        and correction.b is not None
        and (correction.b if correction.a in sides[0] else correction.a) in sides[1]
    ]
    return min(found, key=lambda one: (one.at, one.id), default=None)


def refuse(
    holding: Corrections, kind: CorrectionKind, ones: Sequence[str], others: Sequence[str]
) -> None:
    """Raise CorrectionError if a correction of ``kind`` is in force between the two sides."""
    correction = between(holding, kind, ones, others)
    if correction is not None:
        raise CorrectionError(
            f"correction {correction.id} says the opposite "
            f"({correction.kind} {correction.a} {correction.b}); "
            f"undo it first: stories undo {correction.id}"
        )
