"""From a feed document to its items in the order in which they count: polls, imports, replay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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
    entries = document.entries
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
