"""The words of this project as data: no logic, no I/O.

Every other room speaks in these types (see ``docs/architecture.md``). All times are
timezone-aware datetimes in UTC. All ids are strings made from content (see
``aggregator.text.identity``), so that the same input gives the same ids on any
machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

Details = tuple[tuple[str, str | float | int], ...]
"""Named facts behind a decision, in the order in which they are told."""


class FeedState(StrEnum):
    """Where a subscription stands."""

    ACTIVE = "active"
    GONE = "gone"  # the publisher answered 410: no more polls
    QUARANTINED = "quarantined"  # its documents killed the parser three times
    REMOVED = "removed"  # taken out of feeds.toml: items stay, polling stops


@dataclass(frozen=True, slots=True)
class Feed:
    """A subscription: what feeds.toml says of it, and its id."""

    id: str
    url: str
    title: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None  # what the user says the feed is written in
    priority: int = 0  # a higher one is preferred as representative
    weight: float = 1.0  # how much the outlet counts when stories are ranked


@dataclass(frozen=True, slots=True)
class PollState:
    """What is remembered of a feed between two polls."""

    feed: str
    state: FeedState = FeedState.ACTIVE
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    next_poll: datetime | None = None  # None: never polled, due at once
    next_reason: str = ""  # why then, in plain words
    interval: float | None = None  # seconds between polls as last worked out
    rhythm: float | None = None  # median seconds between the feed's own entries
    last_poll: datetime | None = None
    last_good: datetime | None = None
    errors: int = 0  # failures in a row
    last_error: str | None = None
    crashes: int = 0  # parser workers killed in a row
    moved_to: str | None = None  # permanent redirect seen, not yet adopted
    moved_since: datetime | None = None
    not_modified_run: int = 0  # 304s in a row, to find validators that lie
    title: str | None = None  # what the feed document calls itself
    site: str | None = None
    polls: int = 0
    not_modified: int = 0
    bytes: int = 0
    entries_seen: int = 0
    duplicates: int = 0
    hub: str | None = None  # WebSub hub announced by the feed
    topic: str | None = None
    lease_until: datetime | None = None
    hub_secret: str | None = None
    hub_asked: datetime | None = None  # when the hub was last asked to subscribe
    address: str | None = None  # adopted after a permanent move, polled instead
    lies: bool = False  # its validators were found out: they are not sent
    asked: float | None = None  # seconds between polls that its document asks for
    changed: datetime | None = None  # when its document last brought something else
    skip: str = ""  # hours and days it asks not to be polled: "0 1 Saturday"
    rest_until: datetime | None = None  # its publisher asked for rest (Retry-After)


class Outcome(StrEnum):
    """What came of one poll."""

    CONTENT = "content"  # new bytes to parse
    NOT_MODIFIED = "not_modified"  # 304, or the same body again
    GONE = "gone"  # 410
    REFUSED = "refused"  # the guard, a limit, or the server's 401/403/429
    FAILED = "failed"  # the network or the server failed


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """The answer of the network to one poll; never an exception."""

    feed: str
    outcome: Outcome
    at: datetime
    url: str  # the address that answered, after redirects
    status: int | None = None
    body: bytes = b""
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    permanent_url: str | None = None  # set when every hop was a 301 or 308
    retry_after: float | None = None  # seconds, already clamped
    max_age: float | None = None  # seconds, from Cache-Control or Expires
    hub: str | None = None  # from the Link header
    topic: str | None = None
    wire_bytes: int = 0
    elapsed: float = 0.0  # seconds
    partial: bool = False  # the body ended early
    error: str | None = None
    pushed: bool = False  # a hub brought it: not a poll
    offline: bool = False  # no network or no resolver here: not the feed's fault


@dataclass(frozen=True, slots=True)
class Entry:
    """What one feed document says once, as parsed: raw, nothing decided.

    ``title`` is plain text; ``summary`` and ``content`` are HTML that has been
    bounded and cleaned, or plain text.
    """

    title: str = ""
    link: str | None = None
    guid: str | None = None
    summary: str = ""
    content: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = None
    source_title: str | None = None  # <source> of an aggregated entry
    source_url: str | None = None
    comments: str | None = None
    enclosures: tuple[str, ...] = ()
    credit: str | None = None  # known by the parser (pages); else text finds it
    flags: tuple[str, ...] = ()  # what was repaired or found wrong


@dataclass(frozen=True, slots=True)
class Document:
    """A feed document, or a page, as parsed."""

    entries: tuple[Entry, ...]
    kind: str = ""  # rss20, rss10, atom10, json11, page, ...
    title: str = ""
    link: str | None = None  # the site
    language: str | None = None
    parser: str = ""  # which parser read it: fast, feedparser, json, page
    problems: tuple[str, ...] = ()  # what was wrong, in plain words
    partial: bool = False  # only whole entries of a broken document
    ttl: float | None = None  # seconds, the publisher's wish between polls
    skip_hours: tuple[int, ...] = ()  # hours of the day in UTC
    skip_days: tuple[str, ...] = ()  # English weekday names
    hub: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of one feed made comparable.

    ``seen`` is when this project first saw it; it never decreases from one new
    item to the next. ``published`` is what the publisher says, within reason.
    """

    id: str
    feed: str
    identity: str  # guid, else canonical link, else title and day
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
    flags: tuple[str, ...] = ()  # folded_title, republished, backlog, ...
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

    rule: str  # new, revision, url, title, fuzzy, body, correction, ...
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
class Decision:
    """Where the duplicate engine puts one item."""

    item: str
    canonical: str
    founded: bool  # True: the item founds this canonical item
    evidence: Evidence
    keys: Keys
    refused: tuple[Evidence, ...] = ()  # near misses and the guards that fired
    representative: str | None = None  # item id, where it changes with this item
    flags: tuple[str, ...] = ()  # to add to the item: republished, ...
    engine: str = ""  # version of the rules


@dataclass(frozen=True, slots=True)
class Canonical:
    """The one record that a set of duplicate items stands behind."""

    id: str
    representative: str  # item id
    founded: datetime  # when its first item was seen
    story: str | None = None
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryChange:
    """What late evidence does to a story that exists.

    A merge moves every canonical item of ``story`` to ``into``, and ``story``
    redirects there for good. A split moves ``members`` to the new ``into``.
    """

    kind: str  # merge, split
    story: str
    into: str
    members: tuple[str, ...] = ()
    evidence: Evidence = field(default_factory=lambda: Evidence("merge"))


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
    engine: str = ""
    vector: StoryVector | None = None  # only where stories cross languages
    links: tuple[StoryLink, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryLink:
    """A story of one language that is told together with one of another, or no more.

    ``link`` tells ``story`` together with ``into``, whose id stands for both; ``unlink``
    lets ``story`` stand for itself again.
    """

    kind: str  # link, unlink
    story: str
    into: str
    evidence: Evidence = field(default_factory=lambda: Evidence("link"))


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


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's word that two things are, or are not, the same."""

    id: str
    level: str  # item, story
    kind: str  # same, split
    a: str
    b: str | None
    at: datetime
    note: str = ""
