"""What people said of stories: canonical items that belong together, or do not.

A correction of level 'story' names two canonical items: ``same`` binds them, and with
them the stories they stand in when it is said; ``split`` keeps the first out of the story
of the second. Both hold whatever later items prove.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from aggregator.model import Correction


@dataclass(frozen=True, slots=True)
class Constraints:
    """Which canonical items must stand in one story, and which must not."""

    together: dict[str, dict[str, str]] = field(default_factory=dict)  # -> other -> correction
    apart: dict[str, dict[str, str]] = field(default_factory=dict)


NONE = Constraints()


@lru_cache(maxsize=16)
def _read(corrections: tuple[Correction, ...]) -> Constraints:
    found = Constraints({}, {})
    for correction in corrections:
        if correction.level != "story" or correction.b is None:
            continue
        sides = found.together if correction.kind == "same" else found.apart
        sides.setdefault(correction.a, {})[correction.b] = correction.id
        sides.setdefault(correction.b, {})[correction.a] = correction.id
    return found


def constraints(corrections: Sequence[Correction]) -> Constraints:
    """The constraints in ``corrections`` (other levels are passed over)."""
    return _read(tuple(corrections)) if corrections else NONE
