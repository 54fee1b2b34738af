"""A digest laid out: plain data, made by ``layout``, written by the formats.

Every text in it is gated and every link checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.digest.place import Place
from aggregator.digest.templating import UserTemplates
from aggregator.digest.wording import Wording


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text with its link target and language."""

    text: str
    href: str | None = None
    language: str | None = None
    direction: str = "auto"


@dataclass(frozen=True, slots=True)
class Article:
    """One canonical item: its title, all outlets that carry it, collapsed duplicates."""

    title: Text
    outlets: tuple[Text, ...]
    time: str  # formatted for people
    iso: str  # machine-readable
    repetitions: str  # empty if there are none
    first_published: str  # empty unless republished
    credit: str
    new: bool  # set only if the story also has older articles
    marks: tuple[str, ...] = ()  # phrases: 'correction', 'revised'
    versions: tuple[Text, ...] = ()  # other headlines of the same article, with their outlets


@dataclass(frozen=True, slots=True)
class Section:
    """A heading that groups stories."""

    title: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Headline:
    """One story of which only the headline is shown."""

    id: str  # of its story
    anchor: str
    title: Text
    outlet: Text
    updated: datetime
    time: str
    iso: str
    articles: str  # '4 articles'; empty for one
    since: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One story on the page."""

    id: str
    anchor: str
    headline: Text
    lead: Text
    time: str
    iso: str
    updated: datetime
    published: datetime
    article: Article  # the main article
    related: tuple[Article, ...]
    outlets: str  # '5 outlets'; empty for one
    repetitions: str  # of the whole story
    since: str  # when the story began; empty if within the span
    section: Section | None  # None before the first section
    marks: tuple[str, ...]  # phrases to show first: a label, 'update', 'late'
    follows: Text | None
    why: tuple[tuple[str, str], ...]  # the factors of its score
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A section, or the lead stories."""

    section: Section | None  # None: without a heading
    blocks: tuple[Block, ...]
    headlines: tuple[Headline, ...]
    folded: tuple[Headline, ...]  # further ones, shown on request where that is possible
    related: int = 0  # related articles of a story that are shown at once

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.blocks or self.headlines or self.folded)

    @property
    def lines(self) -> tuple[Headline, ...]:
        """All bare headlines."""
        return (*self.headlines, *self.folded)


@dataclass(frozen=True, slots=True)
class Page:
    """A complete digest."""

    title: Text
    name: str
    folder: str  # name of the folder that ``deliver`` writes to
    language: str
    direction: str
    day: str
    span: str
    summary: tuple[str, ...]
    reading: str  # 'Reading time: 4 min'
    parts: tuple[Part, ...]  # the lead stories, then the sections
    more: str  # phrase with the number of stories beyond all limits
    command: str  # shows these stories
    gaps: tuple[str, ...]  # what is missing, and why
    until: datetime
    link: str | None
    place: Place | None  # None: a page alone
    templates: UserTemplates
    installation: str  # tells this store's feeds from those of others
    words: Wording

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The stories shown in full, in order."""
        return tuple(block for part in self.parts for block in part.blocks)

    @property
    def contents(self) -> tuple[Section, ...]:
        """The sections, in order."""
        return tuple(part.section for part in self.parts if part.section)
