"""Effects: the individual changes that a decision makes, in order.

``aggregator.engine.effects`` computes them; memory, the store and replay only apply them. The store
records each as an event with its compared fields (ids, rule, times). The other fields (texts,
evidence) are stored in separate tables, and are missing when an effect is read back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from aggregator.model.items import Correction, Decision, Evidence, Item, Keys
from aggregator.model.kinds import LinkKind
from aggregator.model.stories import StoryDecision, StoryVector


@dataclass(frozen=True, slots=True)
class CanonicalFounded:
    """A canonical item is created, represented by ``item``."""

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
    """An empty canonical item redirects to ``into``, and so do redirects to it."""

    canonical: str
    into: str


@dataclass(frozen=True, slots=True)
class RepresentativeChanged:
    """A canonical item gets a different representative."""

    canonical: str
    item: str
    evidence: Evidence | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ItemStored:
    """A new item is stored in a canonical item."""

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
    """An item moves from the canonical item ``source`` to another one."""

    item: str
    source: str
    canonical: str
    rule: str
    decision: Decision | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ItemFlagged:
    """The flags of an item are replaced."""

    item: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoryFounded:
    """A story is created; ``follows`` is an earlier one that it continues."""

    story: str
    follows: str | None = None
    first: datetime | None = field(
        default=None, compare=False, repr=False
    )  # when the first of its canonical items was created


@dataclass(frozen=True, slots=True)
class StoryRestored:
    """A story that redirected no longer does."""

    story: str


@dataclass(frozen=True, slots=True)
class StoryPlaced:
    """A canonical item is placed in a story, and leaves its previous story ``source``."""

    canonical: str
    story: str
    source: str | None
    rule: str
    founded: datetime  # of the canonical item
    decision: StoryDecision | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StoryLeft:
    """An empty canonical item is removed from its story."""

    canonical: str
    story: str


@dataclass(frozen=True, slots=True)
class StoryInherited:
    """A new canonical item replaces ``canonical``, whose items moved to it."""

    canonical: str
    heir: str
    story: str
    founded: datetime  # of the heir


@dataclass(frozen=True, slots=True)
class StoryMerged:
    """All canonical items of a story (``members``) move to another one."""

    story: str
    into: str
    members: tuple[str, ...]
    rule: str
    last: datetime | None = field(
        default=None, compare=False, repr=False
    )  # when the latest of them was created
    evidence: Evidence | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StorySplit:
    """``members`` move from a story to another one."""

    story: str
    into: str
    members: tuple[str, ...]
    rule: str
    last: datetime | None = field(default=None, compare=False, repr=False)
    evidence: Evidence | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StoryRedirected:
    """An empty story redirects to ``into``, and so do redirects to it."""

    story: str
    into: str


@dataclass(frozen=True, slots=True)
class StoriesLinked:
    """A story is linked to one in another language (``link``), or unlinked (``unlink``)."""

    kind: LinkKind
    story: str
    into: str
    rule: str
    evidence: Evidence | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StoryGrouped:
    """A story is shown under the id of ``primary``, which may be itself."""

    story: str
    primary: str


@dataclass(frozen=True, slots=True)
class VectorKept:
    """The vector of a canonical item is stored, for linking stories across languages."""

    canonical: str
    vector: StoryVector | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CorrectionMade:
    """A correction takes effect."""

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
    """An effect as stored, with a sequence number and without texts and evidence."""

    sequence: int
    at: datetime
    effect: Effect


@dataclass(frozen=True, slots=True)
class CanonicalPlace:
    """The current state of a canonical item."""

    representative: str
    founded: datetime
    redirect: str | None = None
    arrival: int = 0  # increases whenever one is created or restored
