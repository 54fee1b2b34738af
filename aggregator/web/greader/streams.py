"""Streams: which canonical items a stream id and its conditions select."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from aggregator.model import Feed
from aggregator.web.requests import Call
from storage import CanonicalFilter

MOST = 10_000  # ids in one answer
STATE = "user/-/state/com.google/"
LABEL = "user/-/label/"
UNTAGGED = "Untagged"
"""The folder of feeds without tags: some apps show only feeds that are in a folder."""
SLACK = timedelta(minutes=1)
"""A poll stores its items under the time at which it began; apps ask by the time of the answer."""
_DISTANT = 10**16  # microseconds: the year 2286


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page of a stream, as asked for."""

    narrow: CanonicalFilter
    limit: int
    after: int | None  # the last number of the page before
    oldest_first: bool
    nothing: bool = False  # the stream, or its conditions, can select nothing


def folder_of(feed: Feed) -> str:
    """The folder of a feed: its first tag."""
    return feed.tags[0] if feed.tags else UNTAGGED


def normal(stream: str) -> str:
    """A stream id with the user's own id written as ``-``."""
    head, _, rest = stream.partition("/")
    user, _, name = rest.partition("/")
    return f"user/-/{name}" if head == "user" and user else stream


def wanted(call: Call, stream: str, feeds: Sequence[Feed], *, default: int) -> Wanted:
    """The page that a request asks for."""
    narrow = narrowed(stream, feeds)
    for tag in call.all("it"):
        narrow = narrow and _with(narrow, normal(tag), feeds, has=True)
    for tag in call.all("xt"):
        narrow = narrow and _with(narrow, normal(tag), feeds, has=False)
    since, until = _seconds(call.first("ot")), _seconds(call.first("nt"))
    if narrow and since is not None:
        narrow = replace(narrow, changed_since=since - SLACK)
    if narrow and until is not None:
        narrow = replace(narrow, changed_until=until)
    count = call.first("n")
    limit = int(count) if count.isascii() and count.isdigit() and len(count) < 10 else default
    after = call.first("c")
    return Wanted(
        narrow or CanonicalFilter(),
        max(1, min(limit, MOST)),
        int(after) if after.isascii() and after.isdigit() and len(after) < 17 else None,
        call.first("r") == "o",
        nothing=narrow is None,
    )


def narrowed(stream: str, feeds: Sequence[Feed]) -> CanonicalFilter | None:
    """What a stream selects; None for a stream that does not exist."""
    stream = normal(stream)
    if stream.startswith("feed/"):
        name = stream.removeprefix("feed/")
        found = tuple(feed.id for feed in feeds if name in (feed.id, feed.url))
        return CanonicalFilter(feeds=found) if found else None
    if stream in ("", f"{STATE}reading-list"):
        return CanonicalFilter()
    return _with(CanonicalFilter(), stream, feeds, has=True)


def _with(
    narrow: CanonicalFilter, tag: str, feeds: Sequence[Feed], *, has: bool
) -> CanonicalFilter | None:
    """``narrow``, and with (or without) a tag; None where that selects nothing."""
    match tag.removeprefix(STATE):
        case "read":
            return _agreeing(narrow, "read", has)
        case "kept-unread" | "tracking-kept-unread":
            return _agreeing(narrow, "read", not has)
        case "starred":
            return _agreeing(narrow, "starred", has)
        case "reading-list":
            return narrow if has else None
        case _ if tag.startswith(LABEL):
            return _labelled(narrow, tag.removeprefix(LABEL), feeds, has=has)
        case _:
            return None if has else narrow


def _agreeing(narrow: CanonicalFilter, name: str, value: bool) -> CanonicalFilter | None:
    before = getattr(narrow, name)
    if before is not None and before is not value:
        return None
    return replace(narrow, read=value) if name == "read" else replace(narrow, starred=value)


def _labelled(
    narrow: CanonicalFilter, label: str, feeds: Sequence[Feed], *, has: bool
) -> CanonicalFilter:
    """A folder selects feeds, any other label what the user gave it to."""
    inside = {feed.id for feed in feeds if folder_of(feed) == label}
    if inside:
        base = narrow.feeds if narrow.feeds is not None else tuple(feed.id for feed in feeds)
        return replace(narrow, feeds=tuple(one for one in base if (one in inside) is has))
    if has:
        return replace(narrow, labels=(*narrow.labels, label))
    return replace(narrow, without_labels=(*narrow.without_labels, label))


def _seconds(text: str) -> datetime | None:
    """A time in seconds since 1970; None where there is none, or it makes no sense."""
    return moment(int(text) * 1_000_000) if _whole(text) and len(text) < 12 else None


def bound(text: str) -> datetime | None:
    """The ``ts`` of mark-all-as-read, which apps send in seconds, milli- or microseconds."""
    if not _whole(text) or len(text) > 20:
        return None
    number = int(text)
    factor = 1_000_000 if len(text) <= 11 else 1_000 if len(text) <= 14 else 1
    while number * factor >= _DISTANT * 10:  # nanoseconds
        number //= 1_000
    return moment(number * factor)


def moment(micros: int) -> datetime | None:
    """A time in microseconds since 1970; None beyond what a clock shows."""
    if not 0 < micros < _DISTANT * 10:
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=micros)


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit()


def labels_of(tags: Iterable[str]) -> tuple[str, ...]:
    """The labels among tags."""
    return tuple(tag.removeprefix(LABEL) for tag in tags if tag.startswith(LABEL))
