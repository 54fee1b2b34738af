"""Feeds out as documents: one entry a story, made as digests are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.digest import Edition, newest, render
from aggregator.publish.editions import identify
from aggregator.publish.gather import make
from aggregator.settings import DigestSettings, Settings
from storage import Store

SPAN = timedelta(days=7)
"""How far back a feed reaches: readers that were off for some days miss nothing."""
STORIES = 200  # in one feed


class Kind(StrEnum):
    """What the stories of a feed out are chosen by."""

    DIGEST = "digest"
    TAG = "tag"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class FeedOut:
    """A feed out: the name of a digest or tag, or the words of a search."""

    kind: Kind
    name: str

    @property
    def key(self) -> str:
        """The feed as the store has it."""
        return f"{self.kind}:{self.name}"


def feed_of(key: str) -> FeedOut | None:
    """The feed with this key; None if it is none."""
    kind, _, name = key.partition(":")
    return FeedOut(Kind(kind), name) if kind in set(Kind) and name else None


def document(
    store: Store, settings: Settings, feed: FeedOut, format: str, *, now: datetime
) -> str | None:
    """A feed in a format of digests; None if its digest is not in feeds.toml."""
    wanted = _wanted(feed, settings)
    if wanted is None:
        return None
    identify(store)
    words = feed.name if feed.kind is Kind.SEARCH else ""
    since = now - max(SPAN, wanted.span)
    edition = make(store, settings, wanted, now=now, since=since, words=words)
    return render(_steady(edition), format)


def _wanted(feed: FeedOut, settings: Settings) -> DigestSettings | None:
    """What to select: every story in full, the latest first."""
    found: DigestSettings | None = DigestSettings(feed.key, title=feed.name)
    if feed.kind is Kind.DIGEST:
        found = next((one for one in settings.digests if one.name == feed.name), None)
    elif feed.kind is Kind.TAG:
        found = DigestSettings(feed.key, title=feed.name, tags=(feed.name,))
    if found is None:
        return None
    return replace(
        found,
        order="newest",
        limit=STORIES,
        section_limit=STORIES,
        lead=0,
        headlines=0,
        link=None,
        templates=None,
    )


def _steady(edition: Edition) -> Edition:
    """The edition with a span that its stories give: it changes only when they do."""
    times = [newest(one) for one in edition.stories]
    if not times:
        day = edition.until.replace(hour=0, minute=0, second=0, microsecond=0)
        return replace(edition, since=day, until=day)
    return replace(edition, since=min(times), until=max(times))
