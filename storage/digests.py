"""Which digests were written, and what they contained."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import bindparam, case, func, select, update

from storage.codecs import micros, moment, packed, strings
from storage.records import DigestRecord
from storage.schema import digest_items, digest_stories, digests
from storage.statements import Reader, Row, Statement, Writer, adding

_FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
_CHUNK = 500  # items per query
_ADD = adding(digests)
_ADD_STORY = adding(digest_stories)
_ADD_ITEM = adding(digest_items)
_COLUMNS = (
    digests.c.seq,
    digests.c.name,
    digests.c.at,
    digests.c.since,
    digests.c.until,
    digests.c.files,
    digests.c.written,
)
_LAST = Statement(
    select(*_COLUMNS)
    .where(digests.c.name == bindparam("called"), digests.c.until <= bindparam("latest"))
    .order_by(digests.c.seq.desc())
    .limit(1)
)
_TOLD_UNTIL = Statement(select(digests.c.until).order_by(digests.c.seq.desc()).limit(1))
_STORIES = Statement(
    select(digest_stories.c.story)
    .where(digest_stories.c.digest == bindparam("number"))
    .order_by(digest_stories.c.position)
)
_ITEMS = Statement(
    select(digest_items.c.item)
    .where(
        digest_items.c.digest == bindparam("number"), digest_items.c.dropped == bindparam("dropped")
    )
    .order_by(digest_items.c.item)
)
_FINISH = Statement(
    update(digests)
    .where(digests.c.seq == bindparam("number"))
    .values(files=bindparam("paths"), written=True)
)
_LISTED = Statement(
    select(digest_stories.c.digest).where(digest_stories.c.story == bindparam("key")).limit(1)
)


class DigestReader(Reader):
    """The digests that were written."""

    def last(self, name: str, *, until: datetime = _FOREVER) -> DigestRecord | None:
        """The latest digest with that name whose period ends at ``until`` or earlier."""
        row = self._session.row(_LAST, {"called": name, "latest": micros(until)})
        return None if row is None else self._record(row)

    def told_until(self) -> datetime | None:
        """The end of the period of the latest digest of any name; None if there is none."""
        until = self._session.value(_TOLD_UNTIL, {})
        return None if until is None else moment(int(until))

    def list(self, name: str | None = None, *, limit: int = 20) -> builtins.list[DigestRecord]:
        """Digests, latest first."""
        query = select(*_COLUMNS).order_by(digests.c.seq.desc()).limit(limit)
        if name is not None:
            query = query.where(digests.c.name == name)
        return [self._record(row) for row in self._session.select(query)]

    def listed(self, name: str, items: Sequence[str], *, before: int) -> dict[str, datetime | None]:
        """Which of these items earlier digests with that name accounted for, and when last shown.

        None for one that was only counted. Earlier digests are those with a number below
        ``before``.
        """
        shown = case((digest_items.c.dropped, None), else_=digests.c.until)
        query = (
            select(digest_items.c.item, func.max(shown).label("until"))
            .join(digests, digests.c.seq == digest_items.c.digest)
            .where(digests.c.name == name, digests.c.seq < before)
            .group_by(digest_items.c.item)
        )
        found: dict[str, datetime | None] = {}
        for start in range(0, len(items), _CHUNK):
            part = digest_items.c.item.in_(items[start : start + _CHUNK])
            rows = self._session.select(query.where(part))
            found |= {row.item: row.until and moment(row.until) for row in rows}
        return found

    def was_listed(self, story: str) -> bool:
        """Whether any digest showed exactly this story id."""
        return self._session.value(_LISTED, {"key": story}) is not None

    def _record(self, row: Row) -> DigestRecord:
        return DigestRecord(
            name=row.name,
            at=moment(row.at),
            since=moment(row.since),
            until=moment(row.until),
            files=strings(row.files),
            stories=tuple(self._session.values(_STORIES, {"number": row.seq})),
            items=tuple(self._session.values(_ITEMS, {"number": row.seq, "dropped": False})),
            dropped=tuple(self._session.values(_ITEMS, {"number": row.seq, "dropped": True})),
            written=bool(row.written),
            number=row.seq,
        )


class Digests(DigestReader, Writer):
    """The digests that were written."""

    def add(self, digest: DigestRecord) -> int:
        """Store a digest and return its number. If not ``written``, call ``finish`` later."""
        number = self._session.number(digests)
        values = {
            "seq": number,
            "name": digest.name,
            "at": micros(digest.at),
            "since": micros(digest.since),
            "until": micros(digest.until),
            "files": packed(digest.files),
            "written": digest.written,
        }
        self._session.write(_ADD, values)
        listed = [
            {"digest": number, "position": position, "story": story}
            for position, story in enumerate(digest.stories)
        ]
        self._session.write_many(_ADD_STORY, listed)
        shown = set(digest.items)
        items = [
            {"digest": number, "item": item, "dropped": item not in shown}
            for item in sorted({*shown, *digest.dropped})
        ]
        self._session.write_many(_ADD_ITEM, items)
        return number

    def finish(self, number: int, files: tuple[str, ...]) -> None:
        """Record that the files of the digest with this number were written."""
        self._session.write(_FINISH, {"number": number, "paths": packed(files)})
