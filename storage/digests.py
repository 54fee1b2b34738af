"""Which digests were written, and what stood in them."""

from __future__ import annotations

import builtins

from sqlalchemy import bindparam, select

from storage.codecs import micros, moment, packed, strings
from storage.records import DigestRecord
from storage.schema import digest_stories, digests
from storage.statements import Row, Session, Statement, adding

_ADD = adding(digests)
_ADD_STORY = adding(digest_stories)
_COLUMNS = (
    digests.c.seq,
    digests.c.name,
    digests.c.at,
    digests.c.since,
    digests.c.until,
    digests.c.files,
)
_LAST = Statement(
    select(*_COLUMNS)
    .where(digests.c.name == bindparam("called"))
    .order_by(digests.c.seq.desc())
    .limit(1)
)
_STORIES = Statement(
    select(digest_stories.c.story)
    .where(digest_stories.c.digest == bindparam("number"))
    .order_by(digest_stories.c.position)
)
_LISTED = Statement(
    select(digest_stories.c.digest).where(digest_stories.c.story == bindparam("key")).limit(1)
)


class Digests:
    """The digests that were written."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, digest: DigestRecord) -> None:
        """Remember that a digest was written."""
        number = self._session.number(digests)
        values = {
            "seq": number,
            "name": digest.name,
            "at": micros(digest.at),
            "since": micros(digest.since),
            "until": micros(digest.until),
            "files": packed(digest.files),
        }
        self._session.write(_ADD, values)
        listed = [
            {"digest": number, "position": position, "story": story}
            for position, story in enumerate(digest.stories)
        ]
        self._session.write_many(_ADD_STORY, listed)

    def last(self, name: str) -> DigestRecord | None:
        """The latest digest of that name."""
        row = self._session.row(_LAST, {"called": name})
        return None if row is None else self._record(row)

    def list(self, name: str | None = None, *, limit: int = 20) -> builtins.list[DigestRecord]:
        """Digests, the latest first."""
        query = select(*_COLUMNS).order_by(digests.c.seq.desc()).limit(limit)
        if name is not None:
            query = query.where(digests.c.name == name)
        return [self._record(row) for row in self._session.select(query)]

    def was_listed(self, story: str) -> bool:
        """Whether any digest showed that very story id."""
        return self._session.row(_LISTED, {"key": story}) is not None

    def _record(self, row: Row) -> DigestRecord:
        number, name, at, since, until, files = row
        rows = self._session.rows(_STORIES, {"number": number})
        return DigestRecord(
            name,
            moment(at),
            moment(since),
            moment(until),
            strings(files),
            tuple(listed[0] for listed in rows),
        )
