"""Stories as readers see them, read from the store; nothing is decided here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from aggregator import cluster
from aggregator.model import Item, Story
from aggregator.reading.story_view import Coverage, Earlier, StoryView
from aggregator.settings import Settings
from storage import ItemFilter, Transaction


def view(tx: Transaction, story: str, settings: Settings, *, now: datetime) -> StoryView | None:
    """Everything a digest says of one story, as it stands now; None for an unknown id."""
    ident = tx.stories.resolve(story)
    stored = tx.stories.get(ident) if ident else None
    if stored is None:
        return None
    coverage = _coverage(tx, stored)
    if not coverage:
        return None
    follows = _follows(tx, stored)
    summary = replace(summarise(stored.id, coverage, settings, now=now), follows=follows)
    return StoryView(summary, coverage, earlier=_earlier(tx, follows))


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


def _coverage(tx: Transaction, story: Story) -> tuple[Coverage, ...]:
    found = []
    for canonical in story.canonicals:
        record = tx.canonicals.get(canonical)
        items = [p.item for p in tx.items.list(ItemFilter(canonical=canonical), limit=1_000)]
        if record is None or not items:
            continue
        leading = next((i for i in items if i.id == record.representative), items[-1])
        copies = tuple(item for item in reversed(items) if item is not leading)
        found.append(Coverage(leading, canonical, copies, _first_published(items)))
    return tuple(found)


def _first_published(items: list[Item]) -> datetime | None:
    """When an old text that came again was first published; None where none came again."""
    if not any("republished" in item.flags for item in items):
        return None
    return min(item.time for item in items)


def _follows(tx: Transaction, story: Story) -> str | None:
    """The earlier story that this one continues, in whichever of its languages that is known."""
    for variant in tx.language_groups.variants(story.id):
        follows = story.follows if variant == story.id else tx.stories.follows(variant)
        if follows and tx.stories.resolve(follows) != story.id:
            return follows
    return None


def _earlier(tx: Transaction, follows: str | None) -> Earlier | None:
    ident = tx.stories.resolve(follows) if follows else None
    story = tx.stories.get(ident) if ident else None
    return Earlier(story.id, story.headline) if story else None
