"""Stories: canonical items about the same event, and how they change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from aggregator.model.items import Details, Evidence
from aggregator.model.kinds import ChangeKind, LinkKind, Rule


@dataclass(frozen=True, slots=True)
class StoryChange:
    """How late evidence changes an existing story.

    A merge moves every canonical item of ``story`` to ``into``, and ``story``
    permanently redirects there. A split moves ``members`` to the new story ``into``.
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
    features: bytes = b""  # what the engine needs to continue after a restart
    runner_up: tuple[str, float] | None = None
    changes: tuple[StoryChange, ...] = ()
    follows: str | None = None  # an earlier story that this one continues
    rules_version: str = ""
    vector: StoryVector | None = None  # only if stories cross languages


@dataclass(frozen=True, slots=True)
class StoryLink:
    """A story is linked to one of another language, or no longer is.

    ``link`` shows ``story`` together with ``into``, under the id of ``into``; ``unlink``
    shows ``story`` under its own id again.
    """

    kind: LinkKind
    story: str
    into: str
    evidence: Evidence = field(default_factory=lambda: Evidence(Rule.LINK))


@dataclass(frozen=True, slots=True)
class StoryVector:
    """The stored, language-independent vector of a canonical item."""

    canonical: str
    story: str
    language: str
    seen: datetime
    time: datetime  # publication time: ``Item.time``
    vector: bytes


@dataclass(frozen=True, slots=True)
class StoryMember:
    """A canonical item as stored for restoring the story engine."""

    canonical: str
    story: str
    seen: datetime
    features: bytes
    arrival: int = 0  # its arrival number; 0: the next one


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
