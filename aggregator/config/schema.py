"""The schema of feeds.toml, as pydantic models.

Unknown keys are errors. Defaults are defined in ``aggregator.settings`` only; keys
that are not given are not passed on.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from aggregator.config.delivery_tables import (
    AppriseTable,
    MailTable,
    Secret,
    Table,
    WebhookTable,
    mail_address,
    unsubscribe_address,
)
from aggregator.config.values import Clock, Language, Seconds, Size, Span, Zone
from aggregator.extensions import DELIVERIES, FORMATS

_NAME = re.compile(r"[\w][\w .-]*")


def _file_name(value: str) -> str:
    if not _NAME.fullmatch(value) or ".." in value:
        raise ValueError("a digest name may contain only letters, digits, spaces, '.', '-' and '_'")
    if value == "outbox":
        raise ValueError("`run.py digest outbox` is a command; choose another name")
    return value


_SHORTEST_KEPT = timedelta(days=14)


def _kept(value: timedelta) -> timedelta:
    if value < _SHORTEST_KEPT:
        raise ValueError("items are kept for at least 14 days, so that repetitions are recognised")
    return value


Kept = Annotated[Span, AfterValidator(_kept)]


class BackupTable(Table):
    """``backup = { every = "daily" }`` in ``[store]``."""

    every: Literal["hourly", "daily", "weekly"] | None = None
    at: Clock | None = None
    keep: int | None = Field(default=None, ge=1, le=10_000)
    directory: str | None = None


class StoreTable(Table):
    """``[store]``."""

    url: str = "sqlite:///var/store.sqlite"
    backup: BackupTable = BackupTable()


class ReaderTable(Table):
    """``[reader]``: the reader's preferences."""

    languages: tuple[Language, ...] = ()
    timezone: Zone | None = None
    user: str = ""


class PreferenceTable(Table):
    """One ``[[mute]]`` or ``[[follow]]``."""

    words: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ()
    tags: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not (self.words or self.outlets or self.languages or self.tags):
            raise ValueError("name at least one of words, outlets, languages and tags")
        return self


class BoostTable(PreferenceTable):
    """One ``[[boost]]``."""

    by: float | None = Field(default=None, gt=0, le=100)


class FetchTable(Table):
    """``[fetch]``: politeness and safety."""

    contact: str | None = None
    concurrency: int | None = Field(default=None, ge=1, le=500)
    per_domain: int | None = Field(default=None, ge=1, le=50)
    spacing: Seconds | None = None
    deadline: Seconds | None = Field(default=None, gt=0, le=600)
    max_bytes: Size | None = None
    max_redirects: int | None = Field(default=None, ge=0, le=20)
    min_interval: Seconds | None = Field(default=None, ge=60)
    max_interval: Seconds | None = Field(default=None, ge=60)
    default_interval: Seconds | None = Field(default=None, ge=60)
    parse_seconds: Seconds | None = Field(default=None, gt=0, le=600)
    parse_memory: Size | None = None
    max_entries: int | None = Field(default=None, ge=1)
    allow_hosts: tuple[str, ...] | None = None
    proxy: str | None = None
    websub_callback: str | None = None
    websub_listen: str | None = None


class AuthTable(Table):
    """``auth = { user = "...", password = { env = "..." } }``."""

    user: str | Secret
    password: Secret


class TrustTable(Table):
    """``trust = { text = false }``: fields of a feed's entries that prove nothing."""

    guid: bool = True
    link: bool = True
    title: bool = True
    text: bool = True


class FeedTable(Table):
    """One ``[[feeds]]``."""

    url: str = Field(min_length=1)
    title: str | None = None
    tags: tuple[str, ...] = ()
    language: Language | None = None
    interval: Seconds | None = Field(default=None, ge=60)
    priority: int = 0
    weight: float = Field(default=1.0, ge=0, le=100)
    identity: Literal["guid", "link", "title", "content"] | None = None
    trust: TrustTable = TrustTable()
    headers: dict[str, str | Secret] = Field(default_factory=dict)
    auth: AuthTable | None = None
    proxy: str | None = None
    ca_file: str | None = None
    verify: bool = True
    enabled: bool = True
    keep: Kept | None = None


def _format(name: str) -> str:
    if name not in FORMATS:
        raise ValueError(f'unknown format "{name}"; available: {", ".join(FORMATS.names())}')
    return name


def _delivery(name: str) -> str:
    if name not in DELIVERIES:
        raise ValueError(f'unknown delivery "{name}"; available: {", ".join(DELIVERIES.names())}')
    return name


def _listen(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and int(port) < 65_536):
        raise ValueError("an address to listen on is HOST:PORT, as in 127.0.0.1:8080")
    return value


class DigestTable(Table):
    """One ``[[digests]]``."""

    name: Annotated[str, AfterValidator(_file_name)]
    title: str | None = None
    formats: tuple[Annotated[str, AfterValidator(_format)], ...] | None = Field(
        default=None, min_length=1
    )
    deliver: tuple[Annotated[str, AfterValidator(_delivery)], ...] | None = Field(
        default=None, min_length=1
    )
    every: Literal["hourly", "daily", "weekly"] | None = None
    at: Clock | None = None
    span: Span | None = None
    rolling: bool | None = None
    tags: tuple[str, ...] | None = None
    languages: tuple[Language, ...] | None = None
    feeds: tuple[str, ...] | None = None
    include: tuple[str, ...] | None = None
    exclude: tuple[str, ...] | None = None
    personal: bool | None = None
    order: Literal["importance", "newest"] | None = None
    advertisements: Literal["last", "drop", "keep"] | None = None
    limit: int | None = Field(default=None, ge=1, le=10_000)
    lead: int | None = Field(default=None, ge=0, le=50)
    section_headlines: int | None = Field(default=None, ge=0, le=10_000)
    section_limit: int | None = Field(default=None, ge=1, le=10_000)
    headlines: int | None = Field(default=None, ge=0, le=10_000)
    language: Language | None = None
    directory: str = "var/digests"
    templates: str | None = None
    link: str | None = None
    mail: tuple[Annotated[str, AfterValidator(mail_address)], ...] | None = None
    unsubscribe: Annotated[str, AfterValidator(unsubscribe_address)] | None = None
    webhooks: tuple[WebhookTable, ...] = ()
    apprise: tuple[AppriseTable, ...] = ()


class DedupeTable(Table):
    """``[dedupe]``."""

    title_window: Span | None = None
    index_window: Span | None = None


class StoriesTable(Table):
    """``[stories]``."""

    live_days: float | None = Field(default=None, gt=0, le=365)
    across_languages: bool | None = None


class RetentionTable(Table):
    """``[retention]``: how long things are kept."""

    items: Kept | None = None
    digests: Span | None = None
    polls: Span | None = None


class WebTable(Table):
    """``[web]``."""

    listen: Annotated[str, AfterValidator(_listen)] | None = None
    hosts: tuple[str, ...] | None = None
    change_feeds: bool | None = None


class FeedsFile(Table):
    """A complete feeds.toml."""

    store: StoreTable = StoreTable()
    reader: ReaderTable = ReaderTable()
    fetch: FetchTable = FetchTable()
    dedupe: DedupeTable = DedupeTable()
    stories: StoriesTable = StoriesTable()
    web: WebTable = WebTable()
    retention: RetentionTable = RetentionTable()
    mute: tuple[PreferenceTable, ...] = ()
    boost: tuple[BoostTable, ...] = ()
    follow: tuple[PreferenceTable, ...] = ()
    mail: MailTable | None = None
    outlets: dict[str, str] = Field(default_factory=dict)
    feeds: tuple[FeedTable, ...] = ()
    digests: tuple[DigestTable, ...] = ()
