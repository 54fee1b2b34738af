"""Interprets response headers: pure functions on header values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

Headers = Sequence[tuple[str, str]]
"""Lower-case names and values, in the received order."""

RETRY_LEAST = 60.0  # seconds
RETRY_MOST = 86_400.0
_MOST_VALUE = 1_024  # maximum characters of a validator that is kept
_DIGITS = re.compile(r"[0-9]{1,15}", re.ASCII)
_MAX_AGE = re.compile(r'(?:^|[\s,])max-age\s*=\s*"?([0-9]{1,15})', re.ASCII | re.IGNORECASE)
_NEXT_LINK = re.compile(r",\s*(?=<)")
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))', re.IGNORECASE)


def first(headers: Headers, name: str) -> str | None:
    """The value of the first header called ``name`` (lower case)."""
    return next((value for key, value in headers if key == name), None)


def joined(headers: Headers, name: str) -> str:
    """All values of a list header as one, or an empty string."""
    return ", ".join(value for key, value in headers if key == name)


def validator(headers: Headers, name: str) -> str | None:
    """An ETag or Last-Modified exactly as received, or None if unusable."""
    value = first(headers, name)
    return value if value and len(value) <= _MOST_VALUE else None


def http_date(value: str | None) -> datetime | None:
    """An HTTP date as UTC, or None for anything else."""
    if not value or len(value) > 100:
        return None
    try:
        found = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def retry_after(headers: Headers, now: datetime) -> float | None:
    """Seconds to wait according to Retry-After, clamped to between a minute and a day.

    Accepts seconds or a date (RFC 9110, 10.2.3); negative and invalid values are
    ignored.
    """
    value = (first(headers, "retry-after") or "").strip()
    if _DIGITS.fullmatch(value):
        seconds = float(value)
    else:
        date = http_date(value)
        if date is None or date <= now:
            return None
        seconds = (date - now).total_seconds()
    return min(max(seconds, RETRY_LEAST), RETRY_MOST)


def max_age(headers: Headers, now: datetime) -> float | None:
    """Seconds for which the answer stays fresh (RFC 9111, 4.2), or None.

    ``max-age`` of Cache-Control minus ``Age``, or Expires minus Date. ``no-cache`` and
    ``no-store`` say nothing about when to poll again.
    """
    found = _MAX_AGE.search(joined(headers, "cache-control"))
    if found:
        age = (first(headers, "age") or "").strip()
        fresh = float(found[1]) - (float(age) if _DIGITS.fullmatch(age) else 0.0)
        return fresh if fresh > 0 else None
    expires = http_date(first(headers, "expires"))
    if expires is None:
        return None
    fresh = (expires - (http_date(first(headers, "date")) or now)).total_seconds()
    return fresh if fresh > 0 else None


def content_length(headers: Headers) -> int | None:
    """The announced size of the body in bytes, or None."""
    value = (first(headers, "content-length") or "").strip()
    return int(value) if _DIGITS.fullmatch(value) else None


def links(headers: Headers, relation: str) -> list[str]:
    """Targets of the Link headers with this relation (RFC 8288), in order."""
    given = joined(headers, "link")[:20_000].strip()
    if not given:
        return []
    found = []
    for link in _NEXT_LINK.split(given):
        target, closed, parameters = link.removeprefix("<").partition(">")
        rel = _REL.search(parameters) if closed else None
        if rel and relation in (rel[1] or rel[2] or "").lower().split():
            found.append(target.strip())
    return found
