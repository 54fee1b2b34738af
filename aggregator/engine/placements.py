"""Current placements: canonical items, representatives, stories, redirects, primary stories.

``Standing`` is the protocol from which effects are computed; the store implements it on its
tables. ``Placements`` implements it in memory: the result of applying effects to an empty
state, or on top of another standing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from aggregator.model.effects import (
    CanonicalFounded,
    CanonicalPlace,
    CanonicalRedirected,
    CanonicalRestored,
    Effect,
    ItemMoved,
    ItemStored,
    RepresentativeChanged,
    StoryFounded,
    StoryGrouped,
    StoryInherited,
    StoryLeft,
    StoryMerged,
    StoryPlaced,
    StoryRedirected,
    StoryRestored,
    StorySplit,
)


class Standing(Protocol):
    """All placements at one moment."""

    def canonical_of(self, item: str) -> str | None:
        """The canonical item of an item; None for an unknown item."""
        ...

    def items_of(self, canonical: str) -> Mapping[str, int]:
        """The items of a canonical item in order of arrival, each with its arrival number."""
        ...

    def canonical(self, canonical: str) -> CanonicalPlace | None:
        """A canonical item, even one that redirects; None for an unknown id."""
        ...

    def story_of(self, canonical: str) -> str | None:
        """The story (in its own language) of a canonical item."""
        ...

    def members_of(self, story: str) -> Mapping[str, int]:
        """The canonical items of a story in order of arrival, each with its arrival number."""
        ...

    def heir_of(self, story: str) -> str | None:
        """The story that ``story`` redirects to, or itself; None for an unknown id."""
        ...

    def primary_of(self, story: str) -> str:
        """The story under whose id ``story`` is shown: itself if it is not linked."""
        ...

    def variants_of(self, primary: str) -> list[str]:
        """The other stories shown under the id of ``primary``, ordered by id."""
        ...


class Placements:
    """A standing in memory, changed only by effects."""

    def __init__(self, before: Standing | None = None) -> None:
        """Start empty, or on top of ``before``, which is only read."""
        self._before = before
        self._next = 2**62 if before else 1  # after everything that arrived before
        self._item: dict[str, str] = {}
        self._canonical: dict[str, CanonicalPlace] = {}
        self._items = _Groups(before.items_of if before else None)
        self._story: dict[str, str | None] = {}
        self._members = _Groups(before.members_of if before else None)
        self._heir: dict[str, str] = {}
        self._redirecting = _Groups(None)  # ids by redirect target, for items and stories
        self._primary: dict[str, str] = {}
        self._variants = _Groups(_numbered(before.variants_of) if before else None)

    def canonical_of(self, item: str) -> str | None:
        """See ``Standing``."""
        known = self._item.get(item)
        return known or (self._before.canonical_of(item) if self._before else None)

    def items_of(self, canonical: str) -> Mapping[str, int]:
        """See ``Standing``."""
        return self._items.of(canonical)

    def canonical(self, canonical: str) -> CanonicalPlace | None:
        """See ``Standing``."""
        known = self._canonical.get(canonical)
        if known is None and self._before:
            known = self._before.canonical(canonical)
            ahead = self._canonical.get(known.redirect) if known and known.redirect else None
            if known and ahead and ahead.redirect:
                known = replace(known, redirect=ahead.redirect)
        return known

    def story_of(self, canonical: str) -> str | None:
        """See ``Standing``."""
        if canonical not in self._story and self._before:
            return self._before.story_of(canonical)
        return self._story.get(canonical)

    def members_of(self, story: str) -> Mapping[str, int]:
        """See ``Standing``."""
        return self._members.of(story)

    def heir_of(self, story: str) -> str | None:
        """See ``Standing``."""
        known = self._heir.get(story)
        if known is None and self._before:
            known = self._before.heir_of(story)
            known = self._heir.get(known, known) if known else None
        return known

    def primary_of(self, story: str) -> str:
        """See ``Standing``."""
        if story not in self._primary and self._before:
            return self._before.primary_of(story)
        return self._primary.get(story, story)

    def variants_of(self, primary: str) -> list[str]:
        """See ``Standing``."""
        return sorted(self._variants.of(primary))

    def stories(self) -> dict[str, str]:
        """Every story in memory, and the id under which it is shown."""
        return {story: self.primary_of(heir) for story, heir in self._heir.items()}

    def canonicals(self) -> dict[str, CanonicalPlace]:
        """Every canonical item in memory, including those that redirect."""
        return dict(self._canonical)

    def apply(self, effect: Effect) -> None:
        """Apply an effect; effects on texts or evidence change nothing here."""
        match effect:
            case ItemStored(item, canonical):
                self._item[item] = canonical
                self._items.put(canonical, item, self._arrival())
            case ItemMoved(item, source, canonical):
                arrival = self._items.of(source)[item]
                self._items.take(source, item)
                self._item[item] = canonical
                self._items.put(canonical, item, arrival)
            case CanonicalFounded() | CanonicalRestored() | RepresentativeChanged():
                self._represent(effect)
            case CanonicalRedirected(canonical, into):
                self._lead_canonical(canonical, into)
            case StoryFounded(story) | StoryRestored(story):
                self._redirecting.take(self._heir.get(story, story), story)
                self._heir[story] = story
            case StoryRedirected(story, into):
                self._lead_story(story, into)
            case StoryGrouped(story, primary):
                self._group(story, primary)
            case _:
                self._place(effect)

    def _represent(
        self, effect: CanonicalFounded | CanonicalRestored | RepresentativeChanged
    ) -> None:
        if isinstance(effect, RepresentativeChanged):
            known = self.canonical(effect.canonical)
            if known is not None:
                self._canonical[effect.canonical] = replace(known, representative=effect.item)
            return
        known = self._canonical.get(effect.canonical)
        if known and known.redirect:
            self._redirecting.take(known.redirect, effect.canonical)
        self._canonical[effect.canonical] = CanonicalPlace(
            effect.item, effect.founded, None, self._arrival()
        )

    def _place(self, effect: Effect) -> None:
        """Apply an effect that changes the stories of canonical items."""
        match effect:
            case StoryPlaced(canonical, story):
                self._move(canonical, story)
            case StoryLeft(canonical):
                self._move(canonical, None)
            case StoryInherited(canonical, heir, story):
                self._move(canonical, None)
                self._move(heir, story)
            case StoryMerged(story, into, members):
                numbers = self._members.of(story)
                for canonical in members:
                    self._members.take(story, canonical)
                    self._members.put(into, canonical, numbers[canonical])
                    self._story[canonical] = into
                self._lead_story(story, into)
            case StorySplit(_, into, members):
                for canonical in members:
                    self._move(canonical, into)
            case _:
                pass

    def _move(self, canonical: str, story: str | None) -> None:
        source = self.story_of(canonical)
        if source is not None:
            self._members.take(source, canonical)
        self._story[canonical] = story
        if story is not None:
            known = self.canonical(canonical)
            self._members.put(story, canonical, known.arrival if known else 0)

    def _lead_canonical(self, canonical: str, into: str) -> None:
        for name in (*self._redirecting.of(canonical), canonical):
            known = self.canonical(name)
            if known is not None:
                self._canonical[name] = replace(known, redirect=into)
                self._redirecting.take(canonical, name)
                self._redirecting.put(into, name, 0)

    def _lead_story(self, story: str, into: str) -> None:
        for name in (*self._redirecting.of(story), story):
            self._heir[name] = into
            self._redirecting.take(story, name)
            self._redirecting.put(into, name, 0)

    def _group(self, story: str, primary: str) -> None:
        before = self.primary_of(story)
        if before != story:
            self._variants.take(before, story)
        self._primary[story] = primary
        if primary != story:
            self._variants.put(primary, story, 0)

    def _arrival(self) -> int:
        self._next += 1
        return self._next - 1


class _Groups:
    """Members by group, each with its arrival number; changes on top of a base."""

    def __init__(self, base: Callable[[str], Mapping[str, int]] | None) -> None:
        self._base = base
        self._joined: dict[str, dict[str, int]] = {}
        self._left: dict[str, set[str]] = {}

    def of(self, name: str) -> dict[str, int]:
        """The members of a group in order of arrival."""
        found = dict(self._base(name)) if self._base else {}
        for member in self._left.get(name, ()):
            found.pop(member, None)
        joined = self._joined.get(name)
        if not joined:
            return found
        return dict(sorted((found | joined).items(), key=lambda one: one[1]))

    def put(self, name: str, member: str, arrival: int) -> None:
        """Add a member."""
        self._joined.setdefault(name, {})[member] = arrival
        self._left.get(name, set()).discard(member)

    def take(self, name: str, member: str) -> None:
        """Remove a member."""
        self._joined.get(name, {}).pop(member, None)
        if self._base:
            self._left.setdefault(name, set()).add(member)


def _numbered(listed: Callable[[str], list[str]]) -> Callable[[str], Mapping[str, int]]:
    return lambda name: dict.fromkeys(listed(name), 0)
