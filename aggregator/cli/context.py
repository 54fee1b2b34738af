"""What every command needs: settings, the store, the clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from aggregator.cli import output
from aggregator.model.errors import UserError

if TYPE_CHECKING:
    from aggregator.settings import Settings
    from storage import Store


class CommandError(UserError):
    """A command cannot do its work; the message says why and what to do."""


@dataclass(slots=True)
class Context:
    """The global options, and the settings and store they select (loaded when first needed)."""

    config: Path
    store_url: str | None
    _settings: Settings | None = field(default=None, repr=False)

    @property
    def settings(self) -> Settings:
        """The settings in feeds.toml. Raises ConfigError."""
        if self._settings is None:
            from aggregator.config import load

            self._settings = load(self.config, store=self.store_url)
        return self._settings

    def forget_settings(self) -> None:
        """Read feeds.toml again when the settings are next needed; it was changed."""
        self._settings = None

    @contextmanager
    def store(self, *, create: bool = False, trust: bool = False) -> Iterator[Store]:
        """The store, open; an upgrade is told on standard error.

        Raises StoreError, also where there is none and not ``create``. ``trust``: see
        ``Store.open``.
        """
        from storage import Store

        with Store.open(self.settings.store, create=create, trust=trust) as store:
            for note in store.notes:
                output.complain(note)
            yield store


def of(context: typer.Context) -> Context:
    """The context that the global options made."""
    found = context.obj
    assert isinstance(found, Context)  # noqa: S101 # set by the callback of the app
    return found


def now() -> datetime:
    """The one clock of the commands, in UTC."""
    return datetime.now(UTC)


def parse_time(text: str, *, at: datetime) -> datetime:
    """A point in time given on the command line.

    ISO 8601 (local where it names no zone), or a span back from ``at`` such as
    ``24h`` or ``7d``. Raises CommandError.
    """
    try:
        span = _span(text)
        return _within(text, _moment(text) if span is None else at - span)
    except OverflowError:
        raise CommandError(
            f'"{text}" is out of range: the year must be between 1900 and 2999'
        ) from None


def _span(text: str) -> timedelta | None:
    from aggregator.config import seconds

    try:
        return timedelta(seconds=seconds(text))
    except ValueError:
        return None


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise CommandError(
            f'"{text}" is not a valid time; use ISO 8601 (2026-11-24T07:00+03:00) '
            "or a span (24h, 7d)"
        ) from None


def _within(text: str, found: datetime) -> datetime:
    """``found``, if it is far enough from the limits of datetime. Raises OverflowError."""
    if not 1900 <= found.year < 3000:
        raise OverflowError(text)
    return found
