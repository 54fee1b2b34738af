"""What the reader prefers, for every digest: what is muted, boosted or followed.

A preference matches an item if everything that it names does: one of its words, of its outlets, of
its languages, of its tags. What is muted is not shown at all, not even beside other articles.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from aggregator.digest.filters import occurs, searched
from aggregator.digest.outlets import domain
from aggregator.model import Item
from aggregator.reading.story_view import Coverage, StoryView
from aggregator.settings import Preference


@dataclass(frozen=True, slots=True)
class Preferences:
    """The reader's preferences, and the ids of the stories that the reader follows."""

    mute: tuple[Preference, ...] = ()
    boost: tuple[Preference, ...] = ()
    follow: tuple[Preference, ...] = ()
    followed: frozenset[str] = frozenset()


def unmuted(
    view: StoryView, mute: Iterable[Preference], names: Mapping[str, str]
) -> StoryView | None:
    """The story without the items that one of ``mute`` matches; None if nothing is left of it.

    ``names`` are the user's names of outlets, by registrable domain.
    """
    mute = tuple(mute)
    if not mute:
        return view
    kept = tuple(filter(None, (_without(part, mute, names) for part in view.coverage)))
    return replace(view, coverage=kept) if kept else None


def boosted(
    coverage: Iterable[Coverage], boost: Iterable[Preference], names: Mapping[str, str]
) -> float:
    """The factor for a story with this coverage: that of each preference which its news meets."""
    items = _news(coverage)
    return math.prod(one.by for one in boost if any(matches(one, item, names) for item in items))


def is_followed(
    view: StoryView,
    follow: Iterable[Preference],
    stories: Collection[str],
    names: Mapping[str, str],
) -> bool:
    """Whether ``stories`` has a story or the one it follows, or ``follow`` matches its news."""
    if view.story.id in stories or (view.earlier and view.earlier.story in stories):
        return True
    items = _news(view.coverage)
    return any(matches(one, item, names) for one in follow for item in items)


def matches(one: Preference, item: Item, names: Mapping[str, str]) -> bool:
    """Whether everything that a preference names is true of an item."""
    return (
        (not one.languages or item.language in one.languages)
        and (not one.tags or not _folded(one.tags).isdisjoint(_folded(item.tags)))
        and (not one.outlets or not _folded(one.outlets).isdisjoint(_outlet(item, names)))
        and (not one.words or _says(one.words, item))
    )


def _says(words: Iterable[str], item: Item) -> bool:
    texts = searched(((item.title, item.language), (item.lead, item.language)))
    return any(map(partial(occurs, texts=texts), words))


def _outlet(item: Item, names: Mapping[str, str]) -> set[str]:
    """What the outlet of an item is called: its domain, its name, the user's name for it."""
    site = domain(item.link or item.url)
    return _folded(filter(None, (site, item.source, names.get(site))))


def _folded(texts: Iterable[str]) -> set[str]:
    return {text.casefold() for text in texts}


def _news(coverage: Iterable[Coverage]) -> list[Item]:
    return [item for part in coverage if part.new for item in part.members]


def _without(
    part: Coverage, mute: tuple[Preference, ...], names: Mapping[str, str]
) -> Coverage | None:
    kept = [i for i in part.members if not any(matches(one, i, names) for one in mute)]
    return replace(part, item=kept[0], copies=tuple(kept[1:])) if kept else None
