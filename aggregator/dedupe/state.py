"""What the engine keeps between decisions: the titles in the window and cached groups."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime

from aggregator.dedupe.archive import Archive
from aggregator.dedupe.groups import Group, grown, summarise
from aggregator.dedupe.index import Found, TitleIndex, known
from aggregator.model import Keys, KnownTitle, Placed
from aggregator.settings import DedupeSettings

_GROUPS = 2_000  # groups kept in the cache; the rest are read from the archive


class DedupeState:
    """Depends only on the items of the last ``index_window``, in order of arrival.

    The groups are only a cache of the archive, so a restart changes no decision.
    """

    def __init__(self, settings: DedupeSettings) -> None:
        self.settings = settings
        self._index = TitleIndex(settings.index_window)
        self._groups: OrderedDict[str, Group] = OrderedDict()
        self._where: dict[str, str] = {}  # item -> canonical, for the items of cached groups

    def __len__(self) -> int:
        return len(self._index)

    @property
    def nbytes(self) -> int:
        """Size of the index in bytes."""
        return self._index.nbytes

    def restore(self, placed: Iterable[tuple[Placed, Keys]]) -> None:
        """Load the items of the window, in order of arrival, into an empty state."""
        self._index.extend(known(one.item) for one, _ in placed)

    def restore_titles(self, titles: Iterable[KnownTitle]) -> None:
        """Like ``restore``, but much faster: uses the result of ``Items.titles_since``."""
        self._index.extend(titles)

    def add(self, placed: Placed, keys: Keys) -> None:
        """Add an item after its decision: new, revised, or moved by a correction."""
        if self._index.add(placed.item, keys.sketch):
            group = self._groups.get(placed.canonical)
            if group is not None:
                self._keep(grown(group, placed.item, placed.canonical))
            return
        for canonical in {placed.canonical, self._where.get(placed.item.id, "")}:
            self.forget(canonical)

    def forget(self, canonical: str) -> None:
        """Drop the group from the cache; it is read from the archive when next needed."""
        group = self._groups.pop(canonical, None)
        if group:
            for item in (group.representative, *group.distinct):
                self._where.pop(item.id, None)

    def find(
        self, title: str, language: str | None, seen: datetime, sketch: bytes = b""
    ) -> list[Found]:
        """Titles in the window that may be the same. Pass the title's ``sketch`` if it exists."""
        return self._index.find(title, language, seen, sketch)

    def group(self, canonical: str, archive: Archive) -> Group | None:
        """The summarised members of a canonical item."""
        known = self._groups.get(canonical)
        if known is None:
            known = summarise(canonical, archive.members(canonical))
            if known is None:
                return None
            self._keep(known)
            if len(self._groups) > _GROUPS:
                self.forget(next(iter(self._groups)))
        return known

    def _keep(self, group: Group) -> None:
        self._groups[group.canonical] = group
        for item in (group.representative, *group.distinct):
            self._where[item.id] = group.canonical
