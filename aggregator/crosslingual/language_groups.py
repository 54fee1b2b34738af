"""Which story's id stands for which others, in memory; the store keeps the same in a table."""

from __future__ import annotations

from collections.abc import Mapping

from aggregator.model import StoryChange, StoryLink


class Leaders:
    """Stories told as another one, their leader; a leader is told as none."""

    def __init__(self) -> None:
        self._of: dict[str, str] = {}
        self._followers: dict[str, set[str]] = {}

    def restore(self, leaders: Mapping[str, str]) -> None:
        """Take over what is stored, story to leader, in place of what was known."""
        self._of.clear()
        self._followers.clear()
        for story, leader in leaders.items():
            self._set(story, leader)

    def of(self, story: str) -> str:
        """The story whose id stands for ``story``: itself where it is told alone."""
        return self._of.get(story, story)

    def group(self, story: str) -> list[str]:
        """The stories that ``story`` is told with, itself among them, the leader first."""
        leader = self.of(story)
        return [leader, *sorted(self._followers.get(leader, ()))]

    def link(self, link: StoryLink) -> None:
        """Follow a link or its end; what was told as the story goes with it."""
        if link.kind == "unlink":
            self._free(link.story)
            return
        leader = self.of(link.into)
        self._free(link.story)
        if leader != link.story:
            self._lead(link.story, leader)
            self._set(link.story, leader)

    def change(self, change: StoryChange) -> None:
        """Follow a merge: the heir takes the story's place, where it is not told with others."""
        if change.kind != "merge":
            return
        story, target = change.story, change.into
        leader, followers = self.of(story), sorted(self._followers.get(story, ()))
        self._free(story)
        if self.of(target) == story:
            self._free(target)
            self._lead(story, target)
        elif self.of(target) != target or target in self._followers:
            if followers:
                self._free(followers[0])
                self._lead(story, followers[0])
        elif leader not in (story, target):
            self._set(target, leader)
        else:
            self._lead(story, target)

    def _lead(self, story: str, leader: str) -> None:
        for name in sorted(self._followers.pop(story, ())):
            self._set(name, leader)

    def _set(self, story: str, leader: str) -> None:
        self._free(story)
        self._of[story] = leader
        self._followers.setdefault(leader, set()).add(story)

    def _free(self, story: str) -> None:
        leader = self._of.pop(story, None)
        if leader is not None and leader in self._followers:
            self._followers[leader].discard(story)
            if not self._followers[leader]:
                del self._followers[leader]
