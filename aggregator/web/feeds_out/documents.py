"""The documents of feeds out that were made last."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

from aggregator.publish import feeds_out
from aggregator.publish.feeds_out import FeedOut
from aggregator.web.service import Service

KEPT = timedelta(minutes=5)
"""How long a document is answered again: making one reads all stories of its span."""
_DOCUMENTS = 50


class Documents:
    """The documents of a server, each kept for some minutes."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._kept: OrderedDict[tuple[str, str], tuple[datetime, str | None]] = OrderedDict()
        self._lock = Lock()

    def document(self, feed: FeedOut, format: str) -> str | None:
        """A feed in a format of digests; None if its digest is no longer in feeds.toml."""
        now, key = self._service.now(), (feed.key, format)
        with self._lock:  # one at a time: they take long, and mostly the same is asked for
            made, text = self._kept.get(key, (None, None))
            if made is not None and made <= now < made + KEPT:
                return text
            settings = self._service.file.current()
            text = feeds_out.document(self._service.store, settings, feed, format, now=now)
            self._kept[key] = now, text
            self._kept.move_to_end(key)
            if len(self._kept) > _DOCUMENTS:
                self._kept.popitem(last=False)
            return text
