"""Which story's id stands for which others, in memory; the store keeps the same in a table."""

from __future__ import annotations

from collections.abc import Mapping

from aggregator.model import StoryChange, StoryLink


class LanguageGroups:
    """Stories of several languages about one event: each group has one primary story."""

    def __init__(self) -> None:
        self._of: dict[str, str] = {}
        self._others: dict[str, set[str]] = {}

    def restore(self, primaries: Mapping[str, str]) -> None:
        """Take over what is stored, story to primary, in place of what was known."""
        self._of.clear()
        self._others.clear()
        for story, primary in primaries.items():
            self._set(story, primary)

    def of(self, story: str) -> str:
        """The primary of the group of ``story``: itself where it is in none."""
        return self._of.get(story, story)

    def group(self, story: str) -> list[str]:
        """The stories of the group of ``story``, itself among them, the primary first."""
        primary = self.of(story)
        return [primary, *sorted(self._others.get(primary, ()))]

    def link(self, link: StoryLink) -> None:
        """Follow a link or its end; what was told as the story goes with it."""
        if link.kind == "unlink":
            self._free(link.story)
            return
        primary = self.of(link.into)
        self._free(link.story)
        if primary != link.story:
            self._lead(link.story, primary)
            self._set(link.story, primary)

    def change(self, change: StoryChange) -> None:
        """Follow a merge: the heir takes the story's place, where it is not told with others."""
        if change.kind != "merge":
            return
        story, target = change.story, change.into
        primary, others = self.of(story), sorted(self._others.get(story, ()))
        self._free(story)
        if self.of(target) == story:
            self._free(target)
            self._lead(story, target)
        elif self.of(target) != target or target in self._others:
            if others:
                self._free(others[0])
                self._lead(story, others[0])
        elif primary not in (story, target):
            self._set(target, primary)
        else:
            self._lead(story, target)

    def _lead(self, story: str, primary: str) -> None:
        for name in sorted(self._others.pop(story, ())):
            self._set(name, primary)

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
