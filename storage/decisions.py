"""Every decision ever made about an item, with its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from aggregator.model import Decision, Keys, Rule
from storage.codecs import (
    evidence,
    evidences,
    micros,
    moment,
    pack_evidence,
    pack_evidences,
    packed,
    strings,
)
from storage.records import DecisionRecord
from storage.schema import decisions, items
from storage.statements import Reader, Row, Statement, Writer, adding, chunks

_ADD = adding(decisions)
_SET_RULE = Statement(
    update(items).where(items.c.id == bindparam("key")).values(rule=bindparam("latest"))
)
_COLUMNS = (
    decisions.c.item,
    decisions.c.at,
    decisions.c.canonical,
    decisions.c.founded,
    decisions.c.evidence,
    decisions.c.refused,
    decisions.c.representative,
    decisions.c.flags,
    decisions.c.engine,
)
_OF = Statement(
    select(*_COLUMNS).where(decisions.c.item == bindparam("key")).order_by(decisions.c.seq)
)
_NAMING = Statement(
    select(items.c.id)
    .join(decisions, decisions.c.item == items.c.id)
    .where(items.c.rule == Rule.CORRECTION.value, decisions.c.evidence.like(bindparam("named")))
    .order_by(items.c.seq)
)


class DecisionReader(Reader):
    """Why items are where they are."""

    def of(self, item: str) -> list[DecisionRecord]:
        """All decisions about an item, oldest first."""
        return [_record(row) for row in self._session.rows(_OF, {"key": item})]

    def latest(self, item: str) -> DecisionRecord | None:
        """The current decision."""
        made = self.of(item)
        return made[-1] if made else None

    def latest_of(self, items: Iterable[str]) -> dict[str, DecisionRecord]:
        """The current decisions of several items; unknown items are left out."""
        found: dict[str, DecisionRecord] = {}
        for chunk in chunks(items):
            newest = (
                select(func.max(decisions.c.seq))
                .where(decisions.c.item.in_(chunk))
                .group_by(decisions.c.item)
            )
            query = select(*_COLUMNS).where(decisions.c.seq.in_(newest))
            found |= {row.item: _record(row) for row in self._session.select(query)}
        return found

    def following(self, correction: str) -> list[str]:
        """The items whose current decision follows a correction, in order of arrival."""
        named = f'%["correction", "{correction}"]%'
        found = []
        for name in dict.fromkeys(self._session.values(_NAMING, {"named": named})):
            latest = self.latest(name)
            if latest and ("correction", correction) in latest.decision.evidence.details:
                found.append(name)
        return found


class Decisions(DecisionReader, Writer):
    """Why items are where they are."""

    def add(self, decision: Decision, at: datetime, *, first: bool = False) -> None:
        """Store a decision; it becomes the current one of its item.

        ``first`` means that the item was just added with it, which saves a write.
        """
        rule = decision.evidence.rule
        values = {
            "seq": self._session.number(decisions),
            "item": decision.item,
            "at": micros(at),
            "canonical": decision.canonical,
            "founded": decision.founded,
            "rule": rule,
            "evidence": pack_evidence(decision.evidence),
            "refused": pack_evidences(decision.refused),
            "representative": decision.representative,
            "flags": packed(decision.flags),
            "engine": decision.rules_version,
        }
        self._session.write(_ADD, values)
        if not first:
            self._session.write(_SET_RULE, {"key": decision.item, "latest": rule})


def _record(row: Row) -> DecisionRecord:
    decision = Decision(
        item=row.item,
        canonical=row.canonical,
        founded=bool(row.founded),
        evidence=evidence(row.evidence),
        keys=Keys(),
        refused=evidences(row.refused),
        representative=row.representative,
        flags=strings(row.flags),
        rules_version=row.engine,
    )
    return DecisionRecord(decision, moment(row.at))
