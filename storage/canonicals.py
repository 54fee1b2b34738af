"""Canonical items, their representatives, and items that move between them."""

from __future__ import annotations

import builtins
from datetime import datetime

from sqlalchemy import bindparam, null, select, update

from aggregator.model import Canonical, Evidence, Rule
from aggregator.model.effects import (
    CanonicalFounded,
    CanonicalRedirected,
    CanonicalRestored,
    RepresentativeChanged,
)
from storage.codecs import evidence as evidence_of
from storage.codecs import micros, moment, pack_evidence
from storage.records import RepresentativeRecord
from storage.schema import canonicals, items, representatives, story_members
from storage.statements import Reader, Row, Statement, Writer, adding

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
_RESTORE = Statement(
    update(canonicals)
    .where(canonicals.c.id == bindparam("key"))
    .values(
        seq=bindparam("arrival"),
        representative=bindparam("item"),
        founded=bindparam("at"),
        redirect=null(),
        changed=bindparam("now"),
    )
)
_FEED_OF = Statement(select(items.c.feed).where(items.c.id == bindparam("key")))
_TOUCH = Statement(
    update(canonicals).where(canonicals.c.id == bindparam("key")).values(changed=bindparam("now"))
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

CanonicalEffect = CanonicalFounded | CanonicalRestored | CanonicalRedirected | RepresentativeChanged


class CanonicalReader(Reader):
    """Canonical items: one record for each set of duplicates."""

    def resolve(self, canonical: str) -> str | None:
        """The current id of ``canonical`` after redirects; None for an unknown id."""
        row = self._session.row(_GET, {"key": canonical})
        return None if row is None else str(row.redirect or row.id)

    def get(self, canonical: str) -> Canonical | None:
        """The canonical item with its items in order of arrival; follows redirects."""
        row = self._session.row(_GET, {"key": canonical})
        if row is not None and row.redirect is not None:
            row = self._session.row(_GET, {"key": row.redirect})
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
        """Canonical items by creation time, from ``since`` (inclusive) to ``until`` (exclusive)."""
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

    def representative_history(self, canonical: str) -> builtins.list[RepresentativeRecord]:
        """Changes of the representative, oldest first."""
        rows = self._session.rows(_HISTORY, {"key": canonical})
        return [
            RepresentativeRecord(row.canonical, row.item, moment(row.at), evidence_of(row.evidence))
            for row in rows
        ]

    def _canonical(self, row: Row) -> Canonical:
        members = tuple(self._session.values(_MEMBERS, {"key": row.id}))
        return Canonical(row.id, row.representative, moment(row.founded), row.story, members)


class Canonicals(CanonicalReader, Writer):
    """Canonical items: one record for each set of duplicates."""

    def apply(self, effect: CanonicalEffect, at: datetime, *, feed: str | None = None) -> None:
        """Write what one effect says, made at ``at``.

        ``feed`` is that of a founding item which is not stored yet.
        """
        match effect:
            case CanonicalFounded(canonical, item, founded):
                number = self._session.number(canonicals)
                values = {
                    "seq": number,
                    "number": number,
                    "feed": feed or self._session.value(_FEED_OF, {"key": item}) or "",
                    "changed": micros(at),
                    "id": canonical,
                    "representative": item,
                    "founded": micros(founded),
                    "redirect": None,
                }
                self._session.write(_ADD, values)
            case CanonicalRestored(canonical, item, founded):
                again = {"item": item, "at": micros(founded), "now": micros(at)}
                again["arrival"] = self._session.number(canonicals)
                self._session.write(_RESTORE, {"key": canonical, **again})
            case CanonicalRedirected(canonical, into):
                self._session.write(_REDIRECT_FOLLOWERS, {"key": canonical, "target": into})
                self._session.write(_REDIRECT, {"key": canonical, "target": into})
            case RepresentativeChanged():
                self._represent(effect, at)

    def touch(self, canonical: str, at: datetime) -> None:
        """Remember that the items behind ``canonical`` changed at ``at``."""
        self._session.write(_TOUCH, {"key": canonical, "now": micros(at)})

    def _represent(self, effect: RepresentativeChanged, at: datetime) -> None:
        chosen = {"key": effect.canonical, "item": effect.item}
        self._session.write(_SET_REPRESENTATIVE, chosen)
        self._session.write(
            _ADD_REPRESENTATIVE,
            {
                "seq": self._session.number(representatives),
                "canonical": effect.canonical,
                "item": effect.item,
                "at": micros(at),
                "evidence": pack_evidence(effect.evidence or Evidence(Rule.REPRESENTATIVE)),
            },
        )
