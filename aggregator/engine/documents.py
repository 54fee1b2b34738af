"""Makes items from feed documents, in processing order, for polls, imports and replay."""

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
    """Each entry of ``document`` with its item; None for entries without content.

    Oldest first, or in document order if ``in_order``. ``seen`` gives the arrival time of
    an entry.
    """
    for entry in processing_order(document, in_order=in_order):
        yield entry, make_item(feed, entry, document, seen=seen(entry), profile=profile)


def processing_order(document: Document, *, in_order: bool) -> Iterable[Entry]:
    """The entries of ``document``, oldest first; or in document order if ``in_order``."""
    return document.entries if in_order else oldest_first(document.entries)


def oldest_first(entries: Iterable[Entry]) -> list[Entry]:
    """Entries by time; those without one keep their position in the document.

    Feeds list the newest first, so the document is read from its end.
    """
    backwards = list(reversed(list(entries)))
    latest = _EPOCH
    timed: list[tuple[datetime, int, Entry]] = []
    for place, entry in enumerate(backwards):
        latest = entry.published or latest
        timed.append((latest, place, entry))
    return [entry for _, _, entry in sorted(timed, key=lambda one: one[:2])]
