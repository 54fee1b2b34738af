"""The history of each feed that the engine learns from: one record per feed."""

from __future__ import annotations

import json
from dataclasses import asdict

from sqlalchemy import bindparam, select, update

from aggregator.model import FeedHistory, SeenEntry, Shared
from storage.codecs import Unreadable
from storage.schema import feed_histories
from storage.statements import Reader, Statement, Writer, adding

_GET = Statement(select(feed_histories.c.record).where(feed_histories.c.feed == bindparam("key")))
_SET = Statement(
    update(feed_histories)
    .where(feed_histories.c.feed == bindparam("key"))
    .values(record=bindparam("content"))
)
_ADD = adding(feed_histories)


class FeedHistoryReader(Reader):
    """Histories by feed."""

    def get(self, feed: str) -> FeedHistory:
        """The history of a feed; empty if it has not delivered a document."""
        stored = self._session.value(_GET, {"key": feed})
        return FeedHistory() if stored is None else history_of(stored)


class FeedHistories(FeedHistoryReader, Writer):
    """Histories by feed."""

    def save(self, feed: str, history: FeedHistory) -> None:
        """Save ``history``, replacing the previous one."""
        content = _packed(history)
        if not self._session.write(_SET, {"key": feed, "content": content}):
            self._session.write(_ADD, {"feed": feed, "record": content})


def _packed(history: FeedHistory) -> str:
    entries = [[one.keys, one.title, one.edges, int(one.short)] for one in history.entries]
    record = {
        "entries": entries,
        "sentences": history.sentences,
        "shared": {name: marks for name, marks in asdict(history.shared).items() if marks},
    }
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def history_of(stored: str) -> FeedHistory:
    """A history from its JSON text; ``Unreadable`` if it is none."""
    try:
        record = json.loads(stored)
        entries = tuple(
            SeenEntry(tuple(keys), title, tuple(edges), bool(short))
            for keys, title, edges, short in record["entries"]
        )
        shared = {name: tuple(marks) for name, marks in record.get("shared", {}).items()}
        return FeedHistory(entries, tuple(record["sentences"]), Shared(**shared))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"a feed's history cannot be read: {error}") from error
