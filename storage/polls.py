"""The log of polls."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from aggregator.model import Outcome
from storage.codecs import micros, moment, named, packed, strings
from storage.records import PollRecord
from storage.schema import polls
from storage.statements import Reader, Row, Statement, Writer, adding

_ADD = adding(polls)
_PRUNE = Statement(delete(polls).where(polls.c.at < bindparam("before")))


class PollReader(Reader):
    """Every poll of a feed."""

    def recent(self, feed: str | None = None, limit: int = 20) -> list[PollRecord]:
        """The latest polls, of one feed or of all, newest first."""
        query = select(*polls.c).order_by(polls.c.seq.desc()).limit(limit)
        if feed is not None:
            query = query.where(polls.c.feed == feed)
        return [_poll(row) for row in self._session.select(query)]


class Polls(PollReader, Writer):
    """Every poll of a feed."""

    def add(self, poll: PollRecord) -> None:
        """Record one poll."""
        values = {
            "seq": self._session.number(polls),
            "feed": poll.feed,
            "at": micros(poll.at),
            "outcome": poll.outcome.value,
            "status": poll.status,
            "bytes": poll.bytes,
            "elapsed": poll.elapsed,
            "entries": poll.entries,
            "new_items": poll.new_items,
            "duplicates": poll.duplicates,
            "error": poll.error,
            "parser": poll.parser,
            "problems": packed(poll.problems),
        }
        self._session.write(_ADD, values)

    def prune(self, before: datetime) -> int:
        """Delete polls before a given time; return how many."""
        return self._session.write(_PRUNE, {"before": micros(before)})


def _poll(row: Row) -> PollRecord:
    return PollRecord(
        feed=row.feed,
        at=moment(row.at),
        outcome=named(Outcome, row.outcome),
        status=row.status,
        bytes=row.bytes,
        elapsed=row.elapsed,
        entries=row.entries,
        new_items=row.new_items,
        duplicates=row.duplicates,
        error=row.error,
        parser=row.parser,
        problems=strings(row.problems),
    )
