"""What is remarkable about an article or a story, as keys of the wording."""

from __future__ import annotations

from datetime import datetime

from aggregator.model import Flag, Item
from aggregator.reading.story_view import StoryView

_LABELS = {
    flag: flag.value
    for flag in (
        Flag.RETRACTION,
        Flag.CORRECTION,
        Flag.CHECK,
        Flag.SATIRE,
        Flag.ADVERTISEMENT,
    )
}
"""The flags that readers have to know of, in the order in which they are shown."""


def article_marks(item: Item) -> tuple[str, ...]:
    """What kind of article it is, if no plain report, and whether it was revised."""
    labels = [mark for flag, mark in _LABELS.items() if flag in item.flags]
    return (*labels, "revised") if item.revision else tuple(labels)


def story_marks(view: StoryView, since: datetime) -> tuple[str, ...]:
    """The marks of its main article, and those of the story as a whole.

    ``update`` if it was shown before, ``late`` if its main article was published before
    ``since``, the start of the span.
    """
    marks = list(article_marks(view.coverage[0].item))
    if view.listed is not None:
        marks.append("update")
    if view.coverage[0].item.time <= since:
        marks.append("late")
    return tuple(marks)


def is_advertisement(view: StoryView) -> bool:
    """Whether all news of a story is advertising."""
    new = [part.item for part in view.coverage if part.new]
    return bool(new) and all(Flag.ADVERTISEMENT in item.flags for item in new)
