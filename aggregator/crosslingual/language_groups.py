"""Groups of linked stories and their primary stories, in memory; the store has the same table."""

from __future__ import annotations

from collections.abc import Mapping


class LanguageGroups:
    """Stories of several languages about one event: each group has one primary story."""

    def __init__(self) -> None:
        self._of: dict[str, str] = {}
        self._others: dict[str, set[str]] = {}

    def restore(self, primaries: Mapping[str, str]) -> None:
        """Replace the groups by stored ones, given as story -> primary."""
        self._of.clear()
        self._others.clear()
        for story, primary in primaries.items():
            self._set(story, primary)

    def of(self, story: str) -> str:
        """The primary story of the group of ``story``: itself if it is in none."""
        return self._of.get(story, story)

    def group(self, story: str) -> list[str]:
        """The stories of the group of ``story``, including itself, the primary first."""
        primary = self.of(story)
        return [primary, *sorted(self._others.get(primary, ()))]

    def group_under(self, story: str, primary: str) -> None:
        """Show ``story`` under the id of ``primary``; under its own if they are equal."""
        self._free(story)
        if primary != story:
            self._set(story, primary)

    def _set(self, story: str, primary: str) -> None:
        self._free(story)
        self._of[story] = primary
        self._others.setdefault(primary, set()).add(story)

    def _free(self, story: str) -> None:
        primary = self._of.pop(story, None)
        if primary is not None and primary in self._others:
            self._others[primary].discard(story)
            if not self._others[primary]:
                del self._others[primary]
