"""What is made of a document before it is decided: items, keys, features. Pure.

Most of the time that an item takes goes into reading its text, and that needs nothing but the
document and its feed's history. So it can be done in another process, ahead of the decisions
(``item_worker``); what comes back is used if it was made from the history that is stored when
the document is decided, and made again otherwise. The items are the same either way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice

from aggregator import cluster, dedupe
from aggregator.engine.documents import processing_order
from aggregator.model import Document, Entry, Feed, FeedHistory, Item, Keys
from aggregator.text.boilerplate import FeedProfile
from aggregator.text.clean import gate
from aggregator.text.feed_history import entry_keys, profile_of, remember
from aggregator.text.identity import item_id
from aggregator.text.item_factory import make_item, within_reason
from aggregator.text.urls import safe_link


@dataclass(frozen=True, slots=True)
class Made:
    """The item of an entry, with what deciding needs of it (made when needed if missing)."""

    item: Item
    keys: Keys | None = None
    features: bytes = b""  # cluster.Features, packed


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was made of a document of a feed with a certain history."""

    history: FeedHistory  # after the document
    seen: datetime  # the arrival time of the items
    in_order: bool
    made: tuple[Made | None, ...]  # by entry, in processing order; it may end before the entries
    before: FeedHistory = field(default_factory=FeedHistory)  # without it


def prepare(
    feed: Feed,
    document: Document,
    before: FeedHistory,
    *,
    seen: datetime,
    in_order: bool = False,
    enough: Callable[[], bool] = lambda: False,
) -> Prepared:
    """Make the items of ``document``, until ``enough()``.

    ``before`` is the feed's history without the document. Entries that it contains get an item
    only, because most of them are unchanged and need no decision.
    """
    history = remember(before, document)
    profile = profile_of(history)
    listed = {key for entry in before.entries for key in entry.keys}
    made: list[Made | None] = []
    for entry in processing_order(document, in_order=in_order):
        item = make_item(feed, entry, document, seen=seen, profile=profile)
        if item is None:
            made.append(None)
        elif listed.isdisjoint(entry_keys(entry)):
            features = cluster.features_of(item).pack()
            made.append(Made(item, dedupe.item_keys(item), features))
        else:
            made.append(Made(item))
        if enough():
            break
    return Prepared(history, seen, in_order, tuple(made), before)


def check_made(made: Made) -> None:
    """Refuse what no decision could use; raises ValueError. It may come from another process."""
    times = (made.item.seen, made.item.published, made.item.updated)
    if any(time is not None and time.tzinfo is not UTC for time in times):
        raise ValueError("a time that is not in UTC")
    if made.features:
        cluster.unpack(made.features)
    if made.keys and not all(-(2**63) <= band < 2**63 for band in made.keys.bands):
        raise ValueError("a band that is not a 64-bit number")


class Preparation:
    """The items of a document as it is decided: those that were prepared, or made now."""

    def __init__(
        self,
        feed: Feed,
        document: Document,
        before: FeedHistory,
        prepared: Prepared | None,
        *,
        in_order: bool,
    ) -> None:
        """``before``: the feed's history as stored."""
        self._feed, self._document, self._in_order = feed, document, in_order
        self.before = before
        fits = prepared is not None and prepared.before == before and prepared.in_order == in_order
        self._made = prepared.made if prepared is not None and fits else ()
        self.history = (
            prepared.history if prepared is not None and fits else remember(before, document)
        )

    @cached_property
    def _profile(self) -> FeedProfile:
        return profile_of(self.history)

    def items(self, seen: datetime, after: int = 0) -> Iterator[tuple[int, Made]]:
        """The items that arrive at ``seen``, each with the place of its entry in processing order.

        The first ``after`` entries are left out, and those without content.
        """
        entries = processing_order(self._document, in_order=self._in_order)
        for place, entry in islice(enumerate(entries), after, None):
            made = self._made[place] if place < len(self._made) else self._now(entry, seen)
            if made is not None and place < len(self._made):
                made = _arrived(self._feed, entry, made, seen) or self._now(entry, seen)
            if made is not None:
                yield place, made

    def _now(self, entry: Entry, seen: datetime) -> Made | None:
        item = make_item(self._feed, entry, self._document, seen=seen, profile=self._profile)
        return None if item is None else Made(item)


def _arrived(feed: Feed, entry: Entry, made: Made, seen: datetime) -> Made | None:
    """What was made of ``entry``, arriving at ``seen``; None if that must be made again.

    It comes from a process that reads hostile documents. What the gate and the check of links
    let through, and what says whose item it is, is checked again here.
    """
    item = made.item
    right = (
        item.feed == feed.id
        and item.id == item_id(feed.id, item.identity)
        and (item.tags, item.priority, item.weight) == (feed.tags, feed.priority, feed.weight)
        and (item.link is None or safe_link(item.link) == item.link)
        and all(gate(text) == text for text in (item.title, item.text, item.lead, item.source))
        and item.published == within_reason(entry.published, seen)
        and item.updated == within_reason(entry.updated, seen)
    )
    if not right:
        return None
    return made if item.seen == seen else replace(made, item=replace(item, seen=seen))
