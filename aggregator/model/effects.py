"""Effects: what a decision changes, one change at a time, in order.

``aggregator.engine.effects`` works them out; memory, the store and replay only apply them. The
store keeps each as an event: the fields that are compared (ids, rule, times). What is not compared
(texts, evidence) is kept in tables of its own, and is missing from an effect read back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from aggregator.model.items import Correction, Decision, Evidence, Item, Keys
from aggregator.model.kinds import LinkKind
from aggregator.model.stories import StoryDecision, StoryVector


@dataclass(frozen=True, slots=True)
class CanonicalFounded:
    """A canonical item comes into being, represented by ``item``."""

    canonical: str
    item: str
    founded: datetime


@dataclass(frozen=True, slots=True)
class CanonicalRestored:
    """A canonical item that redirected no longer does; it counts as founded at that moment."""

    canonical: str
    item: str
    founded: datetime


@dataclass(frozen=True, slots=True)
class CanonicalRedirected:
    """A canonical item without items redirects; what redirected to it now redirects to ``into``."""

    canonical: str
    into: str


@dataclass(frozen=True, slots=True)
class RepresentativeChanged:
    """Another item represents a canonical item."""

    canonical: str
    item: str
    evidence: Evidence | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ItemStored:
    """A new item stands behind a canonical item."""

    item: str
    canonical: str
    rule: str
    record: Item | None = field(default=None, compare=False, repr=False)
    decision: Decision | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ItemRevised:
    """An item has a newer text; the old one is kept as a revision."""

    item: str
    canonical: str
    record: Item | None = field(default=None, compare=False, repr=False)
    keys: Keys | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ItemKept:
    """An item was decided again and stays where it is."""

    item: str
    canonical: str
    rule: str
    decision: Decision | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ItemMoved:
    """An item leaves the canonical item ``source`` for another one."""

    item: str
    source: str
    canonical: str
    rule: str
    decision: Decision | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ItemFlagged:
    """An item has these flags instead of those that it had."""

    item: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoryFounded:
    """A story comes into being; ``follows`` is an earlier one that it continues."""

    story: str
    follows: str | None = None
    first: datetime | None = field(
        default=None, compare=False, repr=False
    )  # when the first of its canonical items was founded


@dataclass(frozen=True, slots=True)
class StoryRestored:
    """A story that redirected no longer does."""

    story: str


@dataclass(frozen=True, slots=True)
class StoryPlaced:
    """A canonical item stands in a story, and no longer in ``source``, where it stood before."""

    canonical: str
    story: str
    source: str | None
    rule: str
    founded: datetime  # of the canonical item
    decision: StoryDecision | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StoryLeft:
    """A canonical item without items stands in no story any more."""

    canonical: str
    story: str


@dataclass(frozen=True, slots=True)
class StoryInherited:
    """A new canonical item takes the place of ``canonical``, which lost its items to it."""

    canonical: str
    heir: str
    story: str
    founded: datetime  # of the heir


@dataclass(frozen=True, slots=True)
class StoryMerged:
    """All canonical items of a story, ``members``, go into another one."""

    story: str
    into: str
    members: tuple[str, ...]
    rule: str
    last: datetime | None = field(
        default=None, compare=False, repr=False
    )  # when the latest of them was founded
    evidence: Evidence | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StorySplit:
    """``members`` leave a story for another one."""

    story: str
    into: str
    members: tuple[str, ...]
    rule: str
    last: datetime | None = field(default=None, compare=False, repr=False)
    evidence: Evidence | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StoryRedirected:
    """A story without members redirects; what redirected to it now redirects to ``into``."""

    story: str
    into: str


@dataclass(frozen=True, slots=True)
class StoriesLinked:
    """A story was linked with one of another language (``link``), or no more (``unlink``)."""

    kind: LinkKind
    story: str
    into: str
    rule: str
    evidence: Evidence | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StoryGrouped:
    """A story is shown under the id of ``primary``; under its own where that is itself."""

    story: str
    primary: str


@dataclass(frozen=True, slots=True)
class VectorKept:
    """What a canonical item means is remembered, to link stories across languages."""

    canonical: str
    vector: StoryVector | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CorrectionMade:
    """A correction holds from now on."""

    correction: str
    record: Correction | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CorrectionUndone:
    """A correction was undone."""

    correction: str
    record: Correction | None = field(default=None, compare=False, repr=False)


Effect = (
    CanonicalFounded
    | CanonicalRestored
    | CanonicalRedirected
    | RepresentativeChanged
    | ItemStored
    | ItemRevised
    | ItemKept
    | ItemMoved
    | ItemFlagged
    | StoryFounded
    | StoryRestored
    | StoryPlaced
    | StoryLeft
    | StoryInherited
    | StoryMerged
    | StorySplit
    | StoryRedirected
    | StoriesLinked
    | StoryGrouped
    | VectorKept
    | CorrectionMade
    | CorrectionUndone
)


@dataclass(frozen=True, slots=True)
class Event:
    """An effect as the store keeps it, numbered in order; its texts and evidence are left out."""

    sequence: int
    at: datetime
    effect: Effect


@dataclass(frozen=True, slots=True)
class CanonicalPlace:
    """Where a canonical item stands."""

    representative: str
    founded: datetime
    redirect: str | None = None
    arrival: int = 0  # grows with each that is founded or restored
