"""Subscriptions, polls, and documents as parsed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class FeedState(StrEnum):
    """Where a subscription stands."""

    ACTIVE = "active"
    GONE = "gone"  # the publisher answered 410: no more polls
    QUARANTINED = "quarantined"  # its documents killed the parser three times
    REMOVED = "removed"  # taken out of feeds.toml: items stay, polling stops


@dataclass(frozen=True, slots=True)
class Trust:
    """Which parts of a feed's entries count as proof, as set by the user."""

    identity: str | None = None  # guid, link, title, content: what an item is known by; None: the
    # first of guid, link and content that tells the feed's entries apart
    guid: bool = True
    link: bool = True
    title: bool = True
    text: bool = True


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
    trust: Trust = field(default_factory=Trust)  # kept in feeds.toml only


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
class Shared:
    """Fingerprints of values that several unlike entries of one document had, newest last.

    They prove nothing about an entry that has them.
    """

    guids: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()  # addresses whose entries only the part behind '#' tells apart
    telling_nothing: tuple[str, ...] = ()  # kinds that most entries of the last document shared


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """An entry that a feed showed, as far as it is remembered to learn from."""

    keys: tuple[str, ...]  # by which it is known when it is shown again
    title: str = ""  # as the feed wrote it
    edges: tuple[int, ...] = ()  # fingerprints of the sentences at the ends of its text
    short: bool = False  # the text may be boilerplate from end to end


@dataclass(frozen=True, slots=True)
class FeedHistory:
    """What is remembered of the documents of a feed, oldest first."""

    entries: tuple[SeenEntry, ...] = ()
    sentences: tuple[str, ...] = ()  # folded, that its texts repeat
    shared: Shared = field(default_factory=Shared)  # what does not tell its entries apart
