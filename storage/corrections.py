"""User corrections: what is, or is not, the same."""

from __future__ import annotations

import builtins
from datetime import datetime

from sqlalchemy import bindparam, null, select, update

from aggregator.model import Correction, CorrectionKind, Level
from storage.codecs import micros, moment, moment_or_none, named
from storage.records import CorrectionRecord
from storage.schema import corrections
from storage.statements import Reader, Row, Statement, Writer, adding

_COLUMNS = (
    corrections.c.id,
    corrections.c.level,
    corrections.c.kind,
    corrections.c.a,
    corrections.c.b,
    corrections.c.at,
    corrections.c.note,
    corrections.c.undone,
)
_ADD = adding(corrections)
_UNDO = Statement(
    update(corrections)
    .where(corrections.c.id == bindparam("key"), corrections.c.undone.is_(None))
    .values(undone=bindparam("now"))
)
_AGAIN = Statement(
    update(corrections).where(corrections.c.id == bindparam("key")).values(undone=null())
)
_GET = Statement(select(*_COLUMNS).where(corrections.c.id == bindparam("key")))


class CorrectionReader(Reader):
    """Corrections, in the order they were made."""

    def get(self, correction: str) -> CorrectionRecord | None:
        """One correction, even if it was undone."""
        row = self._session.row(_GET, {"key": correction})
        return None if row is None else _record(row)

    def active(self, level: Level | None = None) -> builtins.list[Correction]:
        """The corrections in force, oldest first."""
        return [one.correction for one in self.list(level=level) if one.undone is None]

    def list(self, *, level: Level | None = None) -> builtins.list[CorrectionRecord]:
        """All corrections ever made, oldest first."""
        query = select(*_COLUMNS).order_by(corrections.c.seq)
        if level is not None:
            query = query.where(corrections.c.level == level)
        return [_record(row) for row in self._session.select(query)]


class Corrections(CorrectionReader, Writer):
    """Corrections, in the order they were made."""

    def add(self, correction: Correction) -> None:
        """Add a correction, or restore one that was undone."""
        if self.get(correction.id) is not None:
            self._session.write(_AGAIN, {"key": correction.id})
            return
        values = {
            "seq": self._session.number(corrections),
            "id": correction.id,
            "level": correction.level,
            "kind": correction.kind,
            "a": correction.a,
            "b": correction.b,
            "at": micros(correction.at),
            "note": correction.note,
            "undone": None,
        }
        self._session.write(_ADD, values)

    def undo(self, correction: str, at: datetime) -> bool:
        """Undo a correction; false if none with that id is in force."""
        return self._session.write(_UNDO, {"key": correction, "now": micros(at)}) > 0


def _record(row: Row) -> CorrectionRecord:
    correction = Correction(
        row.id,
        named(Level, row.level),
        named(CorrectionKind, row.kind),
        row.a,
        row.b,
        moment(row.at),
        row.note,
    )
    return CorrectionRecord(correction, moment_or_none(row.undone))
