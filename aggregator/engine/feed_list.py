"""Changes the subscriptions in feeds.toml while the program runs, for pages and apps.

A running daemon notices the change and polls what is new. The store gets it at once, so that the
next answer shows it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from urllib.parse import urlsplit

from aggregator.config import ConfigError, SettingsFile, edit
from aggregator.engine.subscriptions import subscribe, to_feed
from aggregator.fetch import (
    Fetcher,
    Found,
    NotFound,
    Refused,
    checked_address,
    discover,
    same_feed,
    spelling,
)
from aggregator.model import Feed
from aggregator.model.errors import UserError
from aggregator.parse import OpmlFeed, ParseError, read_opml, write_opml
from aggregator.settings import FeedSettings, FetchLimits, Settings
from storage import Store

LONGEST = 200  # characters of a title or tag


class KnownFeedError(UserError):
    """The feed is among the subscriptions already."""

    def __init__(self, feed: Feed) -> None:
        super().__init__(f"already subscribed to {feed.url}")
        self.feed = feed


class FeedList:
    """The subscriptions in feeds.toml.

    Changes raise UserError with what is wrong, and nothing is changed then: for an address that a
    poll would refuse, an unknown feed, or a file that is invalid or cannot be written.
    """

    def __init__(self, store: Store, file: SettingsFile) -> None:
        self._store = store
        self._file = file

    def feed(self, feed: str) -> Feed | None:
        """The subscription with this id or address."""
        found = _find(self._file.current(), feed)
        return to_feed(found) if found else None

    def add(self, address: str, *, title: str = "", tags: Iterable[str] = ()) -> str:
        """Subscribe to the feed at ``address``, or to the first that a page there links to.

        Returns its address. Raises KnownFeedError, a UserError.
        """
        settings = self._file.current()
        found = _discovered(address, settings.fetch)
        for one in settings.feeds:
            if same_feed(one.key, found.url):
                raise KnownFeedError(to_feed(one))
        new = edit.NewFeed(found.url, _line(title or found.title) or None, _lines(tags))
        self._change(lambda text: edit.add_feeds(text, [new]))
        return found.url

    def remove(self, feed: str) -> str:
        """Unsubscribe from the feed with this id or address; its items are kept."""
        key = self._known(feed).key
        self._change(lambda text: edit.remove_feed(text, key))
        return key

    def rename(self, feed: str, title: str) -> None:
        """Give a feed another title; without one, its publisher's is shown."""
        key = self._known(feed).key
        self._change(lambda text: edit.change_feed(text, key, title=_line(title)))

    def move(self, feed: str, add: Iterable[str], remove: Iterable[str]) -> None:
        """Put tags before those that a feed has, and take others away; the first is its folder."""
        found = self._known(feed)
        new = _lines(add)
        gone = {*new, *remove}
        tags = (*new, *(tag for tag in found.tags if tag not in gone))
        self._change(lambda text: edit.change_feed(text, found.key, tags=tags))

    def rename_tag(self, old: str, new: str | None) -> None:
        """Rename a tag of all feeds that have it; None removes it."""
        settings = self._file.current()
        chosen = [digest.name for digest in settings.digests if old in (digest.tags or ())]
        if chosen:
            raise UserError(f'the digest "{chosen[0]}" selects feeds by the tag "{old}"')
        names = _lines([new] if new else [])
        tagged = [feed for feed in settings.feeds if old in feed.tags]

        def change(text: str) -> str:
            for feed in tagged:
                renamed = (name for tag in feed.tags for name in (names if tag == old else (tag,)))
                text = edit.change_feed(text, feed.key, tags=tuple(dict.fromkeys(renamed)))
            return text

        if tagged:
            self._change(change)

    def read_opml(self, body: bytes) -> tuple[int, int]:
        """Subscribe to the feeds of an OPML file; how many were new, and how many known.

        Their addresses are checked as written; what cannot be polled is found by the first poll.
        """
        settings = self._file.current()
        try:
            listed = read_opml(body).feeds
        except ParseError as error:
            raise UserError(f"not an OPML file: {error}") from None
        known = {spelling(feed.key) for feed in settings.feeds}
        new: list[edit.NewFeed] = []
        for one in listed:
            name = spelling(one.url)
            if name in known or not _allowed(one, settings.fetch):
                continue
            known.add(name)
            new.append(edit.NewFeed(one.url, _line(one.title or "") or None, _lines(one.tags)))
        if new:
            self._change(lambda text: edit.add_feeds(text, new))
        return len(new), len(listed) - len(new)

    def opml(self) -> bytes:
        """The subscriptions as OPML."""
        feeds = self._file.current().feeds
        return write_opml(OpmlFeed(feed.key, feed.title or "", feed.tags) for feed in feeds)

    def _known(self, feed: str) -> FeedSettings:
        found = _find(self._file.current(), feed)
        if found is None:
            raise UserError(f"{self._file.path} has no feed {feed}")
        return found

    def _change(self, change: Callable[[str], str]) -> None:
        try:
            settings = self._file.change(change)
        except ConfigError as error:
            raise UserError(f"not saved: {error}") from None
        except KeyError as error:
            raise UserError(
                f"{error.args[0]} is not in a [[feeds]] table of {self._file.path}; "
                "change it by hand"
            ) from None
        except OSError as error:
            raise UserError(f"cannot write {self._file.path}: {error.strerror}") from None
        subscribe(self._store, settings.feeds)


def _find(settings: Settings, feed: str) -> FeedSettings | None:
    for one in settings.feeds:
        if feed in (one.key, to_feed(one).id):
            return one
    with suppress(ValueError):
        return next((one for one in settings.feeds if same_feed(one.key, feed)), None)
    return None


def _discovered(address: str, limits: FetchLimits) -> Found:
    """The feed at an address. Raises UserError."""

    async def work() -> list[Found]:
        async with Fetcher(limits) as fetcher:
            return await discover(fetcher, address)

    try:
        given = checked_address(address, limits.allow_hosts)
        found = asyncio.run(work())
        if found and urlsplit(found[0].url).hostname != urlsplit(given).hostname:
            checked_address(found[0].url)  # another site named it: allow_hosts is not for that
    except (Refused, NotFound) as error:
        raise UserError(f"could not fetch {address}: {error}") from None
    if not found:
        raise UserError(f"{address} is not a feed and links to none")
    return found[0]


def _allowed(feed: OpmlFeed, limits: FetchLimits) -> bool:
    try:
        checked_address(feed.url, limits.allow_hosts)
    except Refused:
        return False
    return "://" in feed.url


def _line(text: str) -> str:
    """A text as one line without control characters, of bounded length."""
    printable = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(printable.split())[:LONGEST].rstrip()


def _lines(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for text in texts if (line := _line(text))))
