"""A story as readers see it: plain data, made by ``aggregator.reading.stories``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.model import Item, Story


@dataclass(frozen=True, slots=True)
class Coverage:
    """One canonical item of a story, with its duplicates."""

    item: Item  # the representative
    canonical: str
    copies: tuple[Item, ...] = ()  # its other items
    first_published: datetime | None = None  # set if an old text was republished
    new: bool = True  # the canonical item was founded within the digest's span

    @property
    def members(self) -> tuple[Item, ...]:
        """All items of this canonical item, the representative first."""
        return (self.item, *self.copies)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The story that another one follows, as shown in a digest."""

    story: str  # its id, redirects followed
    headline: str
    link: str | None = None  # of its representative


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story with everything a digest shows of it; the first coverage is the main one."""

    story: Story
    coverage: tuple[Coverage, ...]
    earlier: Earlier | None = None  # the story it follows
    listed: datetime | None = None  # when an earlier digest last listed it
    section: str = ""  # of a digest: ``tag:NAME``, ``language:CODE``, ``followed:``, or none
    followed: bool = False  # by the reader, as one of the stories or by what it is about
