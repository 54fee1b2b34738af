"""Canonical items, who represents them, and items that move between them."""

from __future__ import annotations

import builtins
from datetime import datetime

from sqlalchemy import bindparam, select, update

from aggregator.model import Canonical, Evidence
from storage.codecs import evidence as evidence_of
from storage.codecs import micros, moment, pack_evidence
from storage.records import Move, RepresentativeRecord
from storage.schema import canonicals, items, representatives, story_members
from storage.statements import Row, Session, Statement, adding
from storage.story_membership import Placing

_COLUMNS = (
    canonicals.c.id,
    canonicals.c.representative,
    canonicals.c.founded,
    story_members.c.story,
)
_JOINED = canonicals.outerjoin(story_members, story_members.c.canonical == canonicals.c.id)

_ADD = adding(canonicals)
_ADD_REPRESENTATIVE = adding(representatives)
_GET = Statement(
    select(*_COLUMNS, canonicals.c.redirect)
    .select_from(_JOINED)
    .where(canonicals.c.id == bindparam("key"))
)
_MEMBERS = Statement(
    select(items.c.id).where(items.c.canonical == bindparam("key")).order_by(items.c.seq)
)
_SET_REPRESENTATIVE = Statement(
    update(canonicals)
    .where(canonicals.c.id == bindparam("key"))
    .values(representative=bindparam("item"))
)
_HISTORY = Statement(
    select(
        representatives.c.canonical,
        representatives.c.item,
        representatives.c.at,
        representatives.c.evidence,
    )
    .where(representatives.c.canonical == bindparam("key"))
    .order_by(representatives.c.seq)
)
_CANONICAL_OF = Statement(select(items.c.canonical).where(items.c.id == bindparam("key")))
_MOVE = Statement(
    update(items).where(items.c.id == bindparam("key")).values(canonical=bindparam("target"))
)
_REDIRECT = Statement(
    update(canonicals)
    .where(canonicals.c.id == bindparam("key"))
    .values(redirect=bindparam("target"))
)
_REDIRECT_FOLLOWERS = Statement(
    update(canonicals)
    .where(canonicals.c.redirect == bindparam("key"))
    .values(redirect=bindparam("target"))
)


class Canonicals:
    """The records that sets of duplicates stand behind."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, canonical: str, representative: str, founded: datetime) -> None:
        """Found a canonical item; nothing happens where it exists.

        One that had been emptied, and redirects, stands for itself again.
        """
        row = self._session.row(_GET, {"key": canonical})
        if row is None:
            values = {
                "seq": self._session.number(canonicals),
                "id": canonical,
                "representative": representative,
                "founded": micros(founded),
                "redirect": None,
            }
            self._session.write(_ADD, values)
        elif row[-1] is not None:
            self._session.write(_REDIRECT, {"key": canonical, "target": None})
            self._session.write(_SET_REPRESENTATIVE, {"key": canonical, "item": representative})

    def resolve(self, canonical: str) -> str | None:
        """The id that stands for ``canonical`` now; none for an id that never was."""
        row = self._session.row(_GET, {"key": canonical})
        return None if row is None else str(row[-1] or row[0])

    def get(self, canonical: str) -> Canonical | None:
        """The canonical item with its items in order of arrival; follows redirects."""
        row = self._session.row(_GET, {"key": canonical})
        if row is not None and row[-1] is not None:
            row = self._session.row(_GET, {"key": row[-1]})
        return None if row is None else self._canonical(row)

    def list(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        story: str | None = None,
        limit: int = 50,
        newest_first: bool = True,
    ) -> builtins.list[Canonical]:
        """Canonical items by when they were founded, ``since`` included, ``until`` not."""
        query = select(*_COLUMNS).select_from(_JOINED).where(canonicals.c.redirect.is_(None))
        if since is not None:
            query = query.where(canonicals.c.founded >= micros(since))
        if until is not None:
            query = query.where(canonicals.c.founded < micros(until))
        if story is not None:
            query = query.where(story_members.c.story == story)
        order = canonicals.c.seq.desc() if newest_first else canonicals.c.seq
        return [
            self._canonical(row) for row in self._session.select(query.order_by(order).limit(limit))
        ]

    def set_representative(
        self, canonical: str, item: str, at: datetime, evidence: Evidence
    ) -> None:
        """Let ``item`` stand for the canonical item from now on, and remember why."""
        self._session.write(_SET_REPRESENTATIVE, {"key": canonical, "item": item})
        self._session.write(
            _ADD_REPRESENTATIVE,
            {
                "seq": self._session.number(representatives),
                "canonical": canonical,
                "item": item,
                "at": micros(at),
                "evidence": pack_evidence(evidence),
            },
        )

    def representative_history(self, canonical: str) -> builtins.list[RepresentativeRecord]:
        """Changes of the representative, oldest first."""
        rows = self._session.rows(_HISTORY, {"key": canonical})
        return [
            RepresentativeRecord(identifier, item, moment(at), evidence_of(why))
            for identifier, item, at, why in rows
        ]

    def move(self, item: str, target: str, at: datetime) -> Move:
        """Put ``item`` behind the canonical item ``target``, founding it where it is new.

        A source left without items redirects to the target for as long as it stays
        empty, and leaves its story (see ``Placing.leave``). A source that loses its
        representative is represented by its first item until ``set_representative``
        says otherwise.
        ``KeyError`` for an unknown item.
        """
        row = self._session.row(_CANONICAL_OF, {"key": item})
        if row is None:
            raise KeyError(item)
        source = str(row[0])
        if source == target:
            return Move(item, source, target, emptied=False)
        self.add(target, item, at)
        self._session.write(_MOVE, {"key": item, "target": target})
        left = [member[0] for member in self._session.rows(_MEMBERS, {"key": source})]
        if not left:
            self._session.write(_REDIRECT_FOLLOWERS, {"key": source, "target": target})
            self._session.write(_REDIRECT, {"key": source, "target": target})
            Placing(self._session).leave(source, target, at)
            return Move(item, source, target, emptied=True)
        standing = self._session.row(_GET, {"key": source})
        if standing is not None and standing[1] == item:
            why = Evidence("moved", reason="The item that stood for it was moved away.")
            self.set_representative(source, left[0], at, why)
        return Move(item, source, target, emptied=False)

    def _canonical(self, row: Row) -> Canonical:
        identifier, representative, founded, story, *_ = row
        members = self._session.rows(_MEMBERS, {"key": identifier})
        return Canonical(
            identifier,
            representative,
            moment(founded),
            story,
            tuple(member[0] for member in members),
        )
