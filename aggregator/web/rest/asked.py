"""A request of the REST API, its parameters checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from starlette.responses import Response

from aggregator.config import seconds
from aggregator.model.reading_state import User
from aggregator.reading.json_text import line
from aggregator.settings import Settings
from aggregator.web.requests import Call
from aggregator.web.responses import unless_known
from aggregator.web.service import Service

MOST = 200  # rows in one answer
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ProblemError(Exception):
    """The request cannot be answered: an HTTP status, and why in words."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, its user, and the ids in its path by name."""

    service: Service
    call: Call
    user: User
    path: Mapping[str, str]

    @property
    def settings(self) -> Settings:
        """The settings in feeds.toml."""
        return self.service.file.current()

    def text(self, name: str) -> str:
        """A parameter that is needed. Raises ProblemError."""
        value = self.call.first(name)
        if not value:
            raise ProblemError(400, f"{name} is missing")
        return value

    def flag(self, name: str) -> bool | None:
        """A parameter that is true or false; None if it is not given. Raises ProblemError."""
        value = self.call.first(name).lower()
        if value not in ("", "true", "false"):
            raise ProblemError(400, f"{name} must be true or false")
        return value == "true" if value else None

    def limit(self) -> int:
        """How many rows to answer with, at most. Raises ProblemError."""
        value = self.call.first("limit", "50")
        if not (value.isascii() and value.isdigit() and len(value) < 6 and int(value)):
            raise ProblemError(400, "limit must be a number above 0")
        return min(int(value), MOST)

    def time(self, name: str) -> datetime | None:
        """A time: ISO 8601, or a span back from now such as 24h. Raises ProblemError."""
        value = self.call.first(name)
        if not value:
            return None
        try:
            return self.service.now() - timedelta(seconds=seconds(value))
        except (ValueError, OverflowError):
            pass
        try:
            found = datetime.fromisoformat(value)
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError):
            raise ProblemError(400, f"{name} must be an ISO 8601 time or a span (24h)") from None
        if not 1900 <= found.year < 3000:
            raise ProblemError(400, f"{name} is out of range")
        return found

    def cursor(self) -> tuple[datetime, str] | None:
        """Where the page before ended: ``next`` of its answer. Raises ProblemError."""
        value = self.call.first("cursor")
        if not value:
            return None
        micros, _, name = value.partition("-")
        digits = micros.removeprefix("m")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 18 and name.isalnum()):
            raise ProblemError(400, "cursor is not one that was given")
        passed = timedelta(microseconds=int(digits))
        return (_EPOCH - passed if micros.startswith("m") else _EPOCH + passed), name


Endpoint = Callable[[Asked], Response]
Record = TypeVar("Record")


def cursor_of(at: datetime, name: str) -> str:
    """The cursor behind a row with this time and id."""
    micros = (at - _EPOCH) // timedelta(microseconds=1)
    return f"{'m' if micros < 0 else ''}{abs(micros)}-{name}"


def page_of(
    found: Sequence[Record], limit: int, place: Callable[[Record], tuple[datetime, str]]
) -> tuple[Sequence[Record], str | None]:
    """The first ``limit`` of what was found, and the cursor behind them; None if that is all.

    ``place`` gives time and id of a record, by which the list is ordered.
    """
    shown = found[:limit]
    return shown, cursor_of(*place(shown[-1])) if len(found) > limit else None


def one(asked: Asked, row: Mapping[str, object]) -> Response:
    """One object, sent again only if it has changed."""
    return unless_known(asked.call, line(row).encode("utf-8", "replace"))


def many(
    asked: Asked, rows: Sequence[Mapping[str, object]], following: str | None = None
) -> Response:
    """A list of objects under ``data``, and the cursor of the page after it under ``next``."""
    return one(asked, {"data": rows, "next": following})
