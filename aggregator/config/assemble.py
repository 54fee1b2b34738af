"""Makes Settings from a schema-valid feeds.toml, with the checks that a schema cannot express."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel

from aggregator.config import schema
from aggregator.config.delivery_tables import Secret
from aggregator.config.lines import Lines
from aggregator.config.problems import Problem
from aggregator.model import Trust
from aggregator.settings import (
    APPRISE_EXTRA,
    LANGUAGES_EXTRA,
    LANGUAGES_MODULE,
    AppriseService,
    BackupSettings,
    ClusterSettings,
    DedupeSettings,
    DigestSettings,
    FeedSettings,
    FetchLimits,
    MailSettings,
    Preference,
    RetentionSettings,
    Settings,
    Webhook,
    WebSettings,
)

_SQLITE = "sqlite:///"
_LOCAL = ("localhost", "127.0.0.1", "::1")

T = TypeVar(
    "T",
    FetchLimits,
    DedupeSettings,
    ClusterSettings,
    DigestSettings,
    WebSettings,
    BackupSettings,
    RetentionSettings,
    MailSettings,
    Preference,
)


def _importable(module: str) -> bool:
    """Whether a module can be imported; the optional one loads its model only later."""
    try:
        import_module(module)
    except ImportError:
        return False
    return True


def store_url(url: str, base: Path) -> str:
    """The store's address, with a relative SQLite path resolved against ``base``.

    A bare path is an SQLite file. Raises ValueError for other databases than
    SQLite and PostgreSQL.
    """
    if "://" not in url:
        url = _SQLITE + url
    if url.startswith(("postgresql://", "postgresql+psycopg://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(_SQLITE) or url == _SQLITE:
        raise ValueError("a store is a file, sqlite:///PATH or postgresql://...")
    return f"{_SQLITE}{base / url.removeprefix(_SQLITE)}"


def feed_url(url: str, base: Path) -> str:
    """An http(s) address unchanged, a local path made absolute.

    Raises ValueError for any other scheme and for addresses with a password.
    """
    parts = urlsplit(url)
    if parts.scheme in ("http", "https"):
        if not parts.hostname:
            raise ValueError("the address has no host")
        if parts.password is not None or parts.username is not None:
            raise ValueError("no credentials in addresses; use auth with { env = ... }")
        return url
    if parts.scheme == "file":
        return str(Path(parts.path))
    if "://" in url:
        raise ValueError(f"{parts.scheme}: is not supported; use http, https or a local file")
    return str((base / url).resolve())


class Assembly:
    """Turns tables into settings and collects the errors found."""

    def __init__(self, path: Path, lines: Lines, environment: Mapping[str, str]) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self._base = path.parent
        self._lines = lines
        self._environment = environment

    def settings(self, tables: schema.FeedsFile, *, store: str | None) -> Settings:
        """Build the settings; errors are in ``problems`` afterwards."""
        fetch = _given(tables.fetch, FetchLimits())
        if fetch.min_interval > fetch.max_interval:
            self._mistake(("fetch", "min_interval"), "min_interval is larger than max_interval")
        address, base = (store, Path.cwd()) if store else (tables.store.url, self._base)
        try:
            address = store_url(address, base)
        except ValueError as error:
            self._mistake(("store", "url"), f'"url" in [store]: {error}')
        stories = _given(tables.stories, ClusterSettings())
        if stories.across_languages and not _importable(LANGUAGES_MODULE):
            self._mistake(
                ("stories", "across_languages"),
                f'"across_languages" in [stories] needs the optional package "{LANGUAGES_EXTRA}"',
                f"install it with `make {LANGUAGES_EXTRA}`, or set it to false",
            )
        return Settings(
            path=self.path,
            store=address,
            fetch=fetch,
            feeds=tuple(self._feeds(tables.feeds)),
            digests=tuple(self._digests(tables)),
            dedupe=_given(tables.dedupe, DedupeSettings()),
            stories=stories,
            web=_given(tables.web, WebSettings()),
            retention=_given(tables.retention, RetentionSettings()),
            backup=self._backup(tables.store.backup),
            mail=self._mail(tables),
            languages=tables.reader.languages,
            timezone=tables.reader.timezone,
            reader=tables.reader.user,
            mute=tuple(_given(table, Preference()) for table in tables.mute),
            boost=tuple(_given(table, Preference()) for table in tables.boost),
            follow=tuple(_given(table, Preference()) for table in tables.follow),
            outlets=tuple(tables.outlets.items()),
        )

    def _backup(self, table: schema.BackupTable) -> BackupSettings:
        plain = _given(table.model_copy(update={"directory": None}), BackupSettings())
        folder = None if table.directory is None else (self._base / table.directory).resolve()
        return replace(plain, directory=folder)

    def _mistake(self, where: tuple[str | int, ...], message: str, hint: str = "") -> None:
        self.problems.append(Problem(message, self._lines.of(where), hint))

    def _feeds(self, tables: tuple[schema.FeedTable, ...]) -> Iterator[FeedSettings]:
        first: dict[str, int] = {}
        for index, table in enumerate(tables):
            where = ("feeds", index, "url")
            try:
                url = feed_url(table.url, self._base)
            except ValueError as error:
                self._mistake(where, f'"url" in [[feeds]]: {error}')
                continue
            if url in first:
                line = self._lines.of(("feeds", first[url], "url"))
                self._mistake(where, f"duplicate feed {table.url}", f"first on line {line}")
                continue
            first[url] = index
            yield self._feed(table, index, url)

    def _feed(self, table: schema.FeedTable, index: int, url: str) -> FeedSettings:
        headers = tuple(
            (name, self._secret(("feeds", index, "headers", name), value))
            for name, value in table.headers.items()
        )
        auth = None
        if table.auth is not None:
            where = ("feeds", index, "auth")
            user, password = table.auth.user, table.auth.password
            auth = (self._secret(where, user), self._secret(where, password))
        return FeedSettings(
            url=url,
            key=table.url,
            headers=headers,
            auth=auth,
            trust=Trust(table.identity, **table.trust.model_dump()),
            ca_file=self._base / table.ca_file if table.ca_file else None,
            **table.model_dump(
                include={
                    "title",
                    "tags",
                    "language",
                    "interval",
                    "priority",
                    "weight",
                    "proxy",
                    "verify",
                    "enabled",
                    "keep",
                }
            ),
        )

    def _secret(self, where: tuple[str | int, ...], value: str | Secret) -> str:
        if isinstance(value, str):
            return value
        found = self._environment.get(value.env)
        if found is None:
            self._mistake(where, f"the environment variable {value.env} is not set")
        return found or ""

    def _digests(self, tables: schema.FeedsFile) -> Iterator[DigestSettings]:
        first: dict[str, int] = {}
        known = {table.url for table in tables.feeds} | {t.title for t in tables.feeds if t.title}
        for index, table in enumerate(tables.digests):
            if table.name.casefold() in first:
                self._mistake(("digests", index, "name"), f"two digests are named {table.name}")
            first[table.name.casefold()] = index
            for feed in table.feeds or ():
                if feed not in known:
                    self._mistake(
                        ("digests", index, "feeds"),
                        f'digest "{table.name}": unknown feed "{feed}"',
                        "use the url or title of a feed, exactly as in [[feeds]]",
                    )
            if table.rolling and (table.mail or table.webhooks or table.apprise):
                self._mistake(
                    ("digests", index, "rolling"),
                    f'digest "{table.name}" repeats its stories ("rolling") and cannot be sent',
                )
            if table.mail and tables.mail is None:
                self._mistake(("digests", index, "mail"), '"mail" needs a [mail] table')
            plain = table.model_copy(
                update=dict.fromkeys(("directory", "templates", "webhooks", "apprise"))
            )
            digest = _given(plain, DigestSettings(name=table.name))
            yield replace(
                digest,
                directory=(self._base / table.directory).resolve(),
                templates=(self._base / table.templates).resolve() if table.templates else None,
                webhooks=tuple(self._webhooks(table, index)),
                apprise=tuple(self._services(table, index)),
            )

    def _mail(self, tables: schema.FeedsFile) -> MailSettings | None:
        table = tables.mail
        if table is None:
            return None
        user, password = table.user or "", table.password
        mail = MailSettings(
            host=table.host,
            sender=table.sender,
            user=self._secret(("mail", "user"), user),
            password=self._secret(("mail", "password"), password) if password else "",
            ca_file=self._base / table.ca_file if table.ca_file else None,
        )
        plain = table.model_copy(update=dict.fromkeys(("user", "password", "ca_file")))
        mail = _given(plain, mail)
        if mail.user and mail.security == "none" and mail.host not in _LOCAL:
            self._mistake(("mail", "security"), "a password is not sent without TLS")
        return mail

    def _webhooks(self, table: schema.DigestTable, index: int) -> Iterator[Webhook]:
        where = ("digests", index, "webhooks")
        for hook in table.webhooks:
            if not hook.url.startswith(("https://", "http://")):
                self._mistake(where, '"url" in "webhooks" begins with https:// or http://')
            yield Webhook(hook.url, self._secret(where, hook.secret))

    def _services(self, table: schema.DigestTable, index: int) -> Iterator[AppriseService]:
        where = ("digests", index, "apprise")
        if table.apprise and not _importable(APPRISE_EXTRA):
            self._mistake(
                where,
                f'"apprise" needs the optional package "{APPRISE_EXTRA}"',
                f"install it with `pip install {APPRISE_EXTRA}` in the program's environment",
            )
        for service in table.apprise:
            yield AppriseService(service.name, self._secret(where, service.url))


def _given(table: BaseModel, default: T) -> T:
    """``default`` with the values given in ``table``."""
    given: dict[str, Any] = {
        name: value
        for name in type(table).model_fields
        if (value := getattr(table, name)) is not None
    }
    return replace(default, **given)
