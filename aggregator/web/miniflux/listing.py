"""Which entries a request of the Miniflux API asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.model import Feed
from aggregator.web.greader.streams import bound, folder_of
from aggregator.web.numbering import Numbering, whole
from aggregator.web.requests import Call
from storage import CanonicalFilter

LIMIT = 100  # entries, where a request does not say how many
MOST = 1_000
DEEPEST = 1_000_000  # entries before a page


class BadRequestError(Exception):
    """The request asks for something that cannot be answered; the message says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page of entries."""

    narrow: CanonicalFilter
    limit: int
    offset: int
    after: int | None  # begin behind this id
    oldest_first: bool
    nothing: bool = False


def wanted(call: Call, feeds: Sequence[Feed], numbers: Numbering) -> Wanted:
    """The page that the parameters ask for. Raises BadRequestError."""
    if call.first("search"):
        raise BadRequestError("search is not supported here; use /api/v1/search")
    narrow = CanonicalFilter()
    statuses = set(call.all("status"))
    if len(statuses & {"read", "unread"}) == 1:
        narrow = replace(narrow, read="read" in statuses)
    if call.first("starred"):
        narrow = replace(narrow, starred=call.first("starred").lower() in ("true", "1"))
    narrow = replace(
        narrow,
        arrived_since=_time(call, "after", "published_after"),
        arrived_until=_time(call, "before", "published_before"),
        changed_since=_time(call, "changed_after"),
        changed_until=_time(call, "changed_before"),
    )
    inside = chosen(call.first("feed_id"), call.first("category_id"), feeds, numbers)
    ascending = call.first("direction") == "asc"
    after = _number(call, "after_entry_id" if ascending else "before_entry_id")
    return Wanted(
        replace(narrow, feeds=inside),
        min(_number(call, "limit") or LIMIT, MOST),
        min(_number(call, "offset") or 0, DEEPEST),
        after,
        ascending,
        nothing=statuses == {"removed"},
    )


def chosen(
    feed: str, category: str, feeds: Sequence[Feed], numbers: Numbering
) -> tuple[str, ...] | None:
    """The feeds with this number or in the folder with this number; None for all."""
    if feed:
        found = numbers.feed(whole(feed) or 0)
        return (found,) if found else ()
    if category:
        folder = numbers.folder(whole(category) or 0)
        return tuple(one.id for one in feeds if folder_of(one) == folder)
    return None


def _time(call: Call, *names: str) -> datetime | None:
    """The time that one of these parameters gives, in seconds since 1970."""
    text = next((call.first(name) for name in names if call.first(name)), "")
    at = bound(text) if text else None
    if text and at is None:
        raise BadRequestError(f"{names[0]} is not a time")
    return at


def _number(call: Call, name: str) -> int | None:
    text = call.first(name)
    number = whole(text) if text else None
    if text and number is None:
        raise BadRequestError(f"{name} is not a number")
    return number
