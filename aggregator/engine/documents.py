"""From a feed document to its items in the order in which they count: polls, imports, replay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from aggregator.model import Document, Entry, Feed, Item
from aggregator.text.boilerplate import FeedProfile
from aggregator.text.item_factory import make_item

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def items(
    feed: Feed,
    document: Document,
    profile: FeedProfile,
    *,
    seen: Callable[[Entry], datetime],
    in_order: bool = False,
) -> Iterator[tuple[Entry, Item | None]]:
    """Each entry of ``document`` with its item; None where it says nothing.

    Oldest first; ``in_order`` takes the entries as they stand. ``seen`` tells when an entry
    arrived.
    """
    entries = trusted(document.entries)
    for entry in entries if in_order else oldest_first(entries):
        yield entry, make_item(feed, entry, document, seen=seen(entry), profile=profile)


def oldest_first(entries: Iterable[Entry]) -> list[Entry]:
    """Entries by time; those without one stand where the document has them.

    Feeds list the newest first, so the document is read from its end.
    """
    backwards = list(reversed(list(entries)))
    latest = _EPOCH
    timed: list[tuple[datetime, int, Entry]] = []
    for place, entry in enumerate(backwards):
        latest = entry.published or latest
        timed.append((latest, place, entry))
    return [entry for _, _, entry in sorted(timed, key=lambda one: one[:2])]


def trusted(entries: Sequence[Entry]) -> list[Entry]:
    """Entries without the guids that several different ones of a document share."""
    links: dict[str, set[str]] = {}
    for entry in entries:
        if entry.guid:
            links.setdefault(entry.guid, set()).add(entry.link or entry.title)
    shared = {guid for guid, found in links.items() if len(found) > 1}
    return [replace(e, guid=None) if e.guid in shared else e for e in entries]
