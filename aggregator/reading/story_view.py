"""What a story is for a reader: plain data, made by ``aggregator.reading.stories``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.model import Item, Story


@dataclass(frozen=True, slots=True)
class Coverage:
    """One canonical item of a story, with the repetitions folded into it."""

    item: Item  # the representative
    canonical: str
    copies: tuple[Item, ...] = ()  # the other items that stand behind it
    first_published: datetime | None = None  # set where an old text was republished
    new: bool = True  # the canonical item was founded within the digest's span

    @property
    def members(self) -> tuple[Item, ...]:
        """All items behind this canonical item, the representative first."""
        return (self.item, *self.copies)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The story that another one continues, as far as a digest names it."""

    story: str  # its id, redirects followed
    headline: str
    link: str | None = None  # of its representative


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story with everything a digest says of it; the first coverage leads."""

    story: Story
    coverage: tuple[Coverage, ...]
    earlier: Earlier | None = None  # what it follows
    listed: datetime | None = None  # when an earlier digest last listed it
