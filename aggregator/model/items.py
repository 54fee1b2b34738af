"""Items, the canonical items that they stand behind, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from aggregator.model.kinds import CorrectionKind, Level

Details = tuple[tuple[str, str | float | int], ...]
"""Named facts behind a decision, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of one feed made comparable.

    ``seen`` is when this project first saw it; it never decreases from one new
    item to the next. ``published`` is what the publisher says, within reason.
    """

    id: str
    feed: str
    identity: str  # guid, else canonical link, else content, where it tells entries apart
    title: str  # clean: no tags, outlet names or repeats
    seen: datetime
    published: datetime | None = None
    updated: datetime | None = None
    title_raw: str = ""
    text: str = ""  # the body as plain text, boilerplate and credits cut
    lead: str = ""  # the first sentence or two of it
    url: str | None = None  # canonical form, to compare
    link: str | None = None  # as given, to click
    language: str | None = None  # ISO 639-1; None where unsure
    source: str = ""  # the outlet's name
    credit: str | None = None  # the agency or author named
    tags: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()  # canonical URLs of a third page it points to
    flags: tuple[str, ...] = ()  # each a Flag, or a name that a parser has added
    revision: int = 0
    priority: int = 0  # of its feed
    weight: float = 1.0  # of its feed
    content_hash: str = ""  # of everything that makes a revision when it changes

    @property
    def time(self) -> datetime:
        """When it was published, or first seen where that is unknown (UTC)."""
        return self.published or self.seen


@dataclass(frozen=True, slots=True)
class Keys:
    """What an item can be looked up by, over the whole archive."""

    urls: tuple[str, ...] = ()
    title: str = ""  # normal form of the title; empty where it proves nothing
    bands: tuple[int, ...] = ()  # MinHash bands of the body, signed 64 bit
    # What the index of titles needs, packed; made of the title, so nothing to compare.
    sketch: bytes = field(default=b"", compare=False, repr=False)


class KnownTitle(NamedTuple):
    """A title of the window as a start reads it: no texts, cheap by the million."""

    item: str  # id
    title: str
    language: str | None
    seen: int  # microseconds since 1970 in UTC
    time: int  # the same, of Item.time
    sketch: bytes | None  # see Keys; none in stores from before it was kept


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why something went where it went."""

    rule: str  # a Rule; what is read back may have one of an earlier version
    score: float = 0.0
    threshold: float = 0.0
    partner: str | None = None  # the item or canonical item it was held against
    reason: str = ""  # one sentence in plain words
    details: Details = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """An item together with the canonical item it stands behind."""

    item: Item
    canonical: str


@dataclass(frozen=True, slots=True)
class CanonicalMerge:
    """Late evidence that two canonical items are one: ``canonical`` redirects to ``into``."""

    canonical: str
    into: str  # the older one
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Decision:
    """Where the duplicate engine puts one item."""

    item: str
    canonical: str
    founded: bool  # True: the item founds this canonical item
    evidence: Evidence
    keys: Keys
    refused: tuple[Evidence, ...] = ()  # near misses and the guards that fired
    representative: str | None = None  # item id, where it changes with this item
    flags: tuple[str, ...] = ()  # to add to the item
    rules_version: str = ""
    merges: tuple[CanonicalMerge, ...] = ()  # canonical items that this item shows to be one


@dataclass(frozen=True, slots=True)
class Canonical:
    """The one record that a set of duplicate items stands behind."""

    id: str
    representative: str  # item id
    founded: datetime  # when its first item was seen
    story: str | None = None
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """A user correction: two things are, or are not, the same."""

    id: str
    level: Level
    kind: CorrectionKind
    a: str
    b: str | None
    at: datetime
    note: str = ""
