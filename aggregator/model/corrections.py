"""The corrections in force, indexed by the ids in them."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, KeysView, Sequence
from datetime import datetime
from typing import overload

from aggregator.model.items import Correction


class Corrections(Sequence[Correction]):
    """Corrections, oldest first, also indexed by the ids in them.

    A decision on one item looks up only the few that mention it, however many there are.
    """

    def __init__(self, corrections: Iterable[Correction] = ()) -> None:
        self._all: list[Correction] = []
        self._by_name: dict[str, list[Correction]] = {}
        for correction in corrections:
            self.add(correction)

    def __len__(self) -> int:
        return len(self._all)

    @overload
    def __getitem__(self, at: int) -> Correction: ...
    @overload
    def __getitem__(self, at: slice) -> list[Correction]: ...
    def __getitem__(self, at: int | slice) -> Correction | list[Correction]:
        return self._all[at]

    @property
    def names(self) -> KeysView[str]:
        """All ids mentioned in corrections."""
        return self._by_name.keys()

    def of(self, name: str) -> Sequence[Correction]:
        """The corrections that mention ``name``, oldest first."""
        return self._by_name.get(name, ())

    def add(self, correction: Correction) -> None:
        """Add a correction; does nothing if it is present."""
        if correction in self.of(correction.a):
            return
        insort(self._all, correction, key=_age)
        for name in _names(correction):
            insort(self._by_name.setdefault(name, []), correction, key=_age)

    def remove(self, correction: Correction) -> None:
        """Remove a correction; does nothing if it is absent."""
        if correction not in self.of(correction.a):
            return
        at = bisect_left(self._all, _age(correction), key=_age)
        del self._all[at + self._all[at:].index(correction)]
        for name in _names(correction):
            self._by_name[name].remove(correction)
            if not self._by_name[name]:
                del self._by_name[name]


def _names(correction: Correction) -> set[str]:
    return {name for name in (correction.a, correction.b) if name is not None}


def _age(correction: Correction) -> tuple[datetime, str]:
    return correction.at, correction.id
