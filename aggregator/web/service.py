"""What every endpoint gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aggregator.config import SettingsFile
from aggregator.engine.feed_list import FeedList
from aggregator.model import Feed
from storage import Store, View


@dataclass(frozen=True, slots=True)
class Service:
    """What endpoints need: the store, the key of its tokens, the time, feeds.toml."""

    store: Store
    key: str
    now: Callable[[], datetime]
    file: SettingsFile

    @property
    def feeds(self) -> FeedList:
        """The subscriptions, to change them."""
        return FeedList(self.store, self.file)


def all_feeds(view: View) -> list[Feed]:
    """Also those that were removed: their items are still listed."""
    return view.feeds.list(include_removed=True)
