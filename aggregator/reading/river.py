"""The river: stories as one user has them, the latest news first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from aggregator.model import Story
from aggregator.reading import stories
from aggregator.reading.story_view import Coverage, StoryView
from aggregator.settings import Settings
from storage import Unreadable

if TYPE_CHECKING:
    from storage import ListPosition, StoryContents, StoryListFilter, StoryMarks, View

PAGE = 50  # stories
_REMEMBERED = 20_000  # summaries


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
    """The stories that ``narrow`` lets through and that follow ``before``.

    Their summaries are remembered until their items change; state and score may be older.
    """
    found = view.story_lists.page(user, narrow, limit=PAGE, before=before)
    try:
        contents = view.stories.contents(found.stories)
    except Unreadable:  # one by one, without what the store cannot read
        shown = list(stories.views(view, found.stories, settings, now=now))
    else:
        shown = [_listed(one, settings, now) for one in contents if one.parts]
    return River(tuple(_marked(view, user, shown)), found.following)


def marked(
    view: View, user: int, story: str, settings: Settings, *, now: datetime
) -> Marked | None:
    """One story with the marks of ``user``; None for an unknown id."""
    found = stories.view(view, story, settings, now=now)
    return _marked(view, user, [found])[0] if found else None


def _marked(view: View, user: int, shown: list[StoryView]) -> list[Marked]:
    marks = view.story_lists.marks(user, [one.story.id for one in shown])
    followed = set(view.stories.resolve_all(view.states.followed(user)).values())
    return [_with_marks(one, marks[one.story.id], one.story.id in followed) for one in shown]


def _with_marks(shown: StoryView, marks: StoryMarks, followed: bool) -> Marked:
    return Marked(
        shown,
        tuple(sorted(marks.read | marks.unread)),
        tuple(sorted(marks.unread)),
        tuple(sorted(marks.starred)),
        followed,
    )


def _listed(contents: StoryContents, settings: Settings, now: datetime) -> StoryView:
    """A story as it is listed, with a remembered summary if its items are the same."""
    coverage = stories.coverage_of(contents)
    key = (contents.id, settings.languages, tuple(map(_version, coverage)))
    story = _summaries.get(key)
    if story is None:
        story = stories.summarise(contents.id, coverage, settings, now=now)
        _summaries.put(key, story)
    return StoryView(story, coverage)


def _version(part: Coverage) -> tuple[object, ...]:
    """What changes with all that a summary depends on."""
    return part.canonical, tuple(
        (one.id, one.revision, one.content_hash, one.title, one.lead, one.flags)
        for one in part.members
    )


class _Summaries:
    """Summaries of stories, as making one takes some milliseconds; those used last are kept."""

    def __init__(self) -> None:
        self._known: OrderedDict[object, Story] = OrderedDict()
        self._lock = Lock()

    def get(self, key: object) -> Story | None:
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
            return found

    def put(self, key: object, story: Story) -> None:
        with self._lock:
            self._known[key] = story
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)


_summaries = _Summaries()
