"""The river: stories as one user has them, the latest news first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.model import Story
from aggregator.reading import stories
from aggregator.reading.story_view import Coverage, StoryView
from aggregator.settings import Settings

if TYPE_CHECKING:
    from storage import ListPosition, StoryListFilter, StoryMarks, View

PAGE = 50  # stories


@dataclass(frozen=True, slots=True)
class Marked:
    """A story with what one user has done with it."""

    view: StoryView
    numbers: tuple[int, ...]  # of its canonical items; those that are shown here
    unread: tuple[int, ...]
    starred: tuple[int, ...]
    followed: bool

    @property
    def story(self) -> Story:
        """Headline, lead, outlets, times."""
        return self.view.story

    @property
    def main(self) -> Coverage:
        """What the headline is from."""
        coverage = self.view.coverage
        headline = self.story.headline
        return next((one for one in coverage if one.item.title == headline), coverage[0])

    @property
    def folded(self) -> int:
        """How many items are folded into others."""
        return sum(len(part.copies) for part in self.view.coverage)

    @property
    def added(self) -> int:
        """How many canonical items came after the user had read the others; 0 if none was read."""
        return len(self.unread) if len(self.unread) < len(self.numbers) else 0


@dataclass(frozen=True, slots=True)
class River:
    """A page of stories, and where the next one starts; None at the end."""

    stories: tuple[Marked, ...]
    following: ListPosition | None


def page(
    view: View,
    user: int,
    narrow: StoryListFilter,
    settings: Settings,
    *,
    now: datetime,
    before: ListPosition | None = None,
) -> River:
    """The stories that ``narrow`` lets through and that follow ``before``."""
    found = view.story_lists.page(user, narrow, limit=PAGE, before=before)
    return River(tuple(marked(view, user, found.stories, settings, now=now)), found.following)


def marked(
    view: View, user: int, ids: Iterable[str], settings: Settings, *, now: datetime
) -> list[Marked]:
    """Stories by their ids, in that order, with the marks of ``user``; unknown ones are skipped."""
    shown = list(stories.views(view, ids, settings, now=now))
    marks = view.story_lists.marks(user, [one.story.id for one in shown])
    followed = set(view.stories.resolve_all(view.states.followed(user)).values())
    return [_marked(one, marks[one.story.id], one.story.id in followed) for one in shown]


def _marked(shown: StoryView, marks: StoryMarks, followed: bool) -> Marked:
    return Marked(
        shown,
        tuple(sorted(marks.read | marks.unread)),
        tuple(sorted(marks.unread)),
        tuple(sorted(marks.starred)),
        followed,
    )
