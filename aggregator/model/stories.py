"""Stories: canonical items about the same event, and how they change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from aggregator.model.items import Details, Evidence
from aggregator.model.kinds import ChangeKind, LinkKind, Rule


@dataclass(frozen=True, slots=True)
class StoryChange:
    """What late evidence does to a story that exists.

    A merge moves every canonical item of ``story`` to ``into``, and ``story``
    redirects there for good. A split moves ``members`` to the new ``into``.
    """

    kind: ChangeKind
    story: str
    into: str
    members: tuple[str, ...] = ()
    evidence: Evidence = field(default_factory=lambda: Evidence(Rule.MERGE))


@dataclass(frozen=True, slots=True)
class StoryDecision:
    """Where the story engine puts one canonical item."""

    canonical: str
    story: str
    founded: bool
    evidence: Evidence
    features: bytes = b""  # what the engine needs to go on after a restart
    runner_up: tuple[str, float] | None = None
    changes: tuple[StoryChange, ...] = ()
    follows: str | None = None  # an earlier story that this one continues
    rules_version: str = ""
    vector: StoryVector | None = None  # only where stories cross languages


@dataclass(frozen=True, slots=True)
class StoryLink:
    """A story is linked to one of another language, or no longer is.

    ``link`` tells ``story`` together with ``into``, whose id stands for both; ``unlink``
    lets ``story`` stand for itself again.
    """

    kind: LinkKind
    story: str
    into: str
    evidence: Evidence = field(default_factory=lambda: Evidence(Rule.LINK))


@dataclass(frozen=True, slots=True)
class StoryVector:
    """What a canonical item means, whatever its language, as it is remembered."""

    canonical: str
    story: str
    language: str
    seen: datetime
    time: datetime  # when it was news: ``Item.time``
    vector: bytes


@dataclass(frozen=True, slots=True)
class StoryMember:
    """A canonical item as the story engine remembers it (to go on later)."""

    canonical: str
    story: str
    seen: datetime
    features: bytes
    arrival: int = 0  # its number in the order of arrival; 0: the one that follows


@dataclass(frozen=True, slots=True)
class Story:
    """Canonical items about the same event, as stored."""

    id: str
    headline: str
    lead: str
    language: str | None
    first: datetime
    last: datetime
    canonicals: tuple[str, ...]
    outlets: tuple[str, ...]
    languages: tuple[str, ...]
    terms: tuple[str, ...] = ()
    state: str = "live"  # live, quiet, closed
    score: float = 0.0
    score_parts: Details = ()
    follows: str | None = None
