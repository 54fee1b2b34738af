"""Items, the canonical items they belong to, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from aggregator.model.kinds import CorrectionKind, Level

Details = tuple[tuple[str, str | float | int], ...]
"""Named facts behind a decision, in display order."""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of one feed, normalised for comparison.

    ``seen`` is when the item was first seen; it never decreases from one new item to
    the next. ``published`` is the publisher's date, if plausible.
    """

    id: str
    feed: str
    identity: str  # guid, else canonical link, else content: the first that distinguishes entries
    title: str  # clean: no tags, outlet names or repeats
    seen: datetime
    published: datetime | None = None
    updated: datetime | None = None
    title_raw: str = ""
    text: str = ""  # the body as plain text, without boilerplate and credits
    lead: str = ""  # its first sentence or two
    url: str | None = None  # canonical form, for comparison
    link: str | None = None  # as published, for readers
    language: str | None = None  # ISO 639-1; None if unsure
    source: str = ""  # the outlet's name
    credit: str | None = None  # the agency or author named
    tags: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()  # canonical URLs of another page it points to
    flags: tuple[str, ...] = ()  # each a Flag or a name added by a parser
    revision: int = 0
    priority: int = 0  # of its feed
    weight: float = 1.0  # of its feed
    content_hash: str = ""  # of everything whose change makes a revision

    @property
    def time(self) -> datetime:
        """When it was published, or first seen if that is unknown (UTC)."""
        return self.published or self.seen


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys for finding an item in the whole archive."""

    urls: tuple[str, ...] = ()
    title: str = ""  # normal form of the title; empty if it proves nothing
    bands: tuple[int, ...] = ()  # MinHash bands of the body, signed 64 bit
    # Packed data for the title index; derived from the title, so not compared.
    sketch: bytes = field(default=b"", compare=False, repr=False)


class KnownTitle(NamedTuple):
    """A title in the window as loaded at startup: no texts, so millions are cheap."""

    item: str  # id
    title: str
    language: str | None
    seen: int  # microseconds since 1970 in UTC
    time: int  # the same, of Item.time
    sketch: bytes | None  # see Keys; None in stores from older versions


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why something was decided as it was."""

    rule: str  # a Rule; stored evidence may have one from an earlier version
    score: float = 0.0
    threshold: float = 0.0
    partner: str | None = None  # the item or canonical item it was compared with
    reason: str = ""  # one sentence for the user
    details: Details = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """An item together with its canonical item."""

    item: Item
    canonical: str


@dataclass(frozen=True, slots=True)
class CanonicalMerge:
    """Late evidence that two canonical items are the same: ``canonical`` redirects to ``into``."""

    canonical: str
    into: str  # the older one
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Decision:
    """The duplicate engine's decision on one item."""

    item: str
    canonical: str
    founded: bool  # whether this item created the canonical item
    evidence: Evidence
    keys: Keys
    refused: tuple[Evidence, ...] = ()  # near misses and the guards that fired
    representative: str | None = None  # item id, if it changes with this item
    flags: tuple[str, ...] = ()  # to add to the item
    rules_version: str = ""
    merges: tuple[CanonicalMerge, ...] = ()  # canonical items that this item shows to be the same


@dataclass(frozen=True, slots=True)
class Canonical:
    """The single record for a set of duplicate items."""

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
