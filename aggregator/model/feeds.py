"""Subscriptions, polls, and documents as parsed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class FeedState(StrEnum):
    """The state of a subscription."""

    ACTIVE = "active"
    GONE = "gone"  # the publisher answered 410: no more polls
    QUARANTINED = "quarantined"  # its documents crashed the parser three times
    REMOVED = "removed"  # deleted from feeds.toml: items stay, polling stops


@dataclass(frozen=True, slots=True)
class Trust:
    """Which parts of a feed's entries count as proof, as set by the user."""

    identity: str | None = None  # guid, link, title or content identifies an item; None: the
    # first of guid, link and content that distinguishes the feed's entries
    guid: bool = True
    link: bool = True
    title: bool = True
    text: bool = True


@dataclass(frozen=True, slots=True)
class Feed:
    """A subscription: its settings in feeds.toml, and its id."""

    id: str
    url: str
    title: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None  # as configured by the user
    priority: int = 0  # feeds with a higher priority are preferred as representative
    weight: float = 1.0  # how much the outlet counts when stories are ranked
    trust: Trust = field(default_factory=Trust)  # kept in feeds.toml only


@dataclass(frozen=True, slots=True)
class PollState:
    """What is stored about a feed between polls."""

    feed: str
    state: FeedState = FeedState.ACTIVE
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    next_poll: datetime | None = None  # None: never polled, due at once
    next_reason: str = ""  # why at that time, for the user
    interval: float | None = None  # seconds between polls, as last computed
    rhythm: float | None = None  # median seconds between the feed's own entries
    last_poll: datetime | None = None
    last_good: datetime | None = None
    errors: int = 0  # consecutive failures
    last_error: str | None = None
    crashes: int = 0  # consecutive parser crashes
    moved_to: str | None = None  # permanent redirect seen, not yet adopted
    moved_since: datetime | None = None
    not_modified_run: int = 0  # consecutive 304s, to detect wrong validators
    title: str | None = None  # from the feed document
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
    address: str | None = None  # adopted after a permanent redirect, polled instead
    lies: bool = False  # its validators are known to be wrong and are not sent
    asked: float | None = None  # seconds between polls requested by its document
    changed: datetime | None = None  # when its document last changed
    skip: str = ""  # hours and days when it should not be polled: "0 1 Saturday"
    rest_until: datetime | None = None  # backing off until then (Retry-After)


class Outcome(StrEnum):
    """The result of a poll."""

    CONTENT = "content"  # new bytes to parse
    NOT_MODIFIED = "not_modified"  # 304, or the same body again
    GONE = "gone"  # 410
    REFUSED = "refused"  # the guard, a limit, or the server's 401/403/429
    FAILED = "failed"  # the network or the server failed


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """The network's response to a poll; never an exception."""

    feed: str
    outcome: Outcome
    at: datetime
    url: str  # the final address, after redirects
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
    partial: bool = False  # the body was truncated
    error: str | None = None
    pushed: bool = False  # delivered by a hub, not by a poll
    offline: bool = False  # no network or resolver on this machine: not the feed's fault


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed document, as parsed: raw, nothing decided.

    ``title`` is plain text; ``summary`` and ``content`` are plain text, or HTML that
    has been size-limited and cleaned.
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
    credit: str | None = None  # if the parser knows it (pages); else found in the text
    flags: tuple[str, ...] = ()  # repairs and defects


@dataclass(frozen=True, slots=True)
class Document:
    """A feed document, or a page, as parsed."""

    entries: tuple[Entry, ...]
    kind: str = ""  # rss20, rss10, atom10, json11, page, ...
    title: str = ""
    link: str | None = None  # the site
    language: str | None = None
    parser: str = ""  # the parser used: fast, feedparser, json, page
    problems: tuple[str, ...] = ()  # defects, described for the user
    partial: bool = False  # has only the complete entries of a broken document
    ttl: float | None = None  # seconds between polls requested by the publisher
    skip_hours: tuple[int, ...] = ()  # hours of the day in UTC
    skip_days: tuple[str, ...] = ()  # English weekday names
    hub: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """Fingerprints of values shared by unrelated entries of one document, newest last.

    Such a value proves nothing about an entry that has it.
    """

    guids: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()  # addresses whose entries differ only in the part after '#'
    telling_nothing: tuple[
        str, ...
    ] = ()  # kinds of value that most entries of the last document shared


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """The stored part of an entry that a feed listed, used for learning."""

    keys: tuple[str, ...]  # for recognising it when it is listed again
    title: str = ""  # as the feed wrote it
    edges: tuple[int, ...] = ()  # fingerprints of the sentences at the ends of its text
    short: bool = False  # the whole text may be boilerplate


@dataclass(frozen=True, slots=True)
class FeedHistory:
    """The stored history of a feed's documents, oldest first."""

    entries: tuple[SeenEntry, ...] = ()
    sentences: tuple[str, ...] = ()  # folded sentences that its texts repeat
    shared: Shared = field(default_factory=Shared)  # values that do not distinguish its entries
