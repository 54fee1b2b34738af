"""Stories as readers see them, read from the store; nothing is decided here.

Headline, lead, key terms and score are computed when a story is read: they depend on all its
items, and the cost of storing an item must not grow with the number of earlier ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

import structlog

from aggregator import cluster
from aggregator.model import Flag, Item, Story
from aggregator.reading.story_view import Coverage, Earlier, StoryView
from aggregator.settings import Settings
from storage import StoryContents, StoryPart, Unreadable, View

log = structlog.get_logger()

_BATCH = 200  # stories loaded at a time


def view(view: View, story: str, settings: Settings, *, now: datetime) -> StoryView | None:
    """Everything a digest shows of one story, as of ``now``; None for an unknown id."""
    return next(views(view, (story,), settings, now=now), None)


def views(
    view: View,
    stories: Iterable[str],
    settings: Settings,
    *,
    now: datetime,
    unreadable: Callable[[str], object] = lambda _: None,
) -> Iterator[StoryView]:
    """Views of several stories, in order; the number of queries depends only on the batches.

    Unknown ids, and stories without items, are skipped; so is one that the store cannot read, with
    a line in the log and a call of ``unreadable`` with its id.
    """
    asked = iter(stories)
    while some := tuple(islice(asked, _BATCH)):
        yield from _readable(view, some, settings, now, unreadable)


def _readable(
    view: View,
    asked: tuple[str, ...],
    settings: Settings,
    now: datetime,
    unreadable: Callable[[str], object],
) -> list[StoryView]:
    """The views of those stories that can be read, found by halving."""
    try:
        return list(_views(view, asked, settings, now))
    except Unreadable as error:
        if len(asked) == 1:
            log.error("a story is left out; run `run.py check`", story=asked[0], why=str(error))
            unreadable(asked[0])
            return []
    middle = len(asked) // 2
    halves = asked[:middle], asked[middle:]
    return [found for half in halves for found in _readable(view, half, settings, now, unreadable)]


def summarise(
    story: str, coverage: tuple[Coverage, ...], settings: Settings, *, now: datetime
) -> Story:
    """Headline, lead, outlets, state and score of a story, from its coverage."""
    return cluster.summarise(
        story,
        [(part.canonical, part.item, part.copies) for part in coverage],
        languages=settings.languages,
        now=now,
        live_days=settings.stories.live_days,
    )


def _views(
    view: View, asked: tuple[str, ...], settings: Settings, now: datetime
) -> Iterator[StoryView]:
    stands = view.stories.resolve_all(asked)
    found = {one.id: one for one in view.stories.contents(stands.values())}
    known = view.stories.resolve_all(name for one in found.values() for name in one.follows)
    follows = {story: _follows(one, known) for story, one in found.items()}
    continued = {known[name] for name in follows.values() if name in known}
    earlier = {
        one.id: Earlier(one.id, summarise(one.id, coverage_of(one), settings, now=now).headline)
        for one in view.stories.contents(continued)
        if one.parts
    }
    for name in asked:
        contents = found.get(stands.get(name, ""))
        if contents is None or not contents.parts:
            continue
        coverage, before = coverage_of(contents), follows[contents.id]
        summary = replace(summarise(contents.id, coverage, settings, now=now), follows=before)
        yield StoryView(summary, coverage, earlier=earlier.get(known.get(before or "", "")))


def coverage_of(contents: StoryContents) -> tuple[Coverage, ...]:
    """The canonical items of a story, each with its copies, in order of arrival."""
    return tuple(_covered(part) for part in contents.parts)


def _covered(part: StoryPart) -> Coverage:
    leading = next((i for i in part.items if i.id == part.representative), part.items[0])
    copies = tuple(item for item in part.items if item is not leading)
    return Coverage(leading, part.canonical, copies, _first_published(part.items))


def _first_published(items: tuple[Item, ...]) -> datetime | None:
    """When a republished text was first published; None if nothing was republished."""
    if not any(Flag.REPUBLISHED in item.flags for item in items):
        return None
    return min(item.time for item in items)


def _follows(contents: StoryContents, stands: dict[str, str]) -> str | None:
    """The earlier story that this one follows, from any of its languages."""
    return next((name for name in contents.follows if stands.get(name) != contents.id), None)
