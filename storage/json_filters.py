"""Filter conditions shared by several queries."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Column, ColumnElement, and_, func, or_, select

from storage.codecs import micros


def behind(
    time: Column[int],
    seq: Column[int],
    ident: Column[str],
    last: tuple[datetime, str],
    newest_first: bool,
) -> ColumnElement[bool]:
    """Whether a row follows, by time and then by number, the one with this time and id."""
    at, name = micros(last[0]), last[1]
    number = select(seq).where(ident == name).scalar_subquery()
    if newest_first:
        return or_(time < at, and_(time == at, seq < number))
    return or_(time > at, and_(time == at, seq > number))


def listed(column: Column[str], value: str, sqlite: bool) -> ColumnElement[bool]:
    """Whether the JSON list in ``column`` contains the string ``value``."""
    position = (func.instr if sqlite else func.strpos)(column, encoded(value))
    return position > 0


def encoded(value: str) -> str:
    """``value`` as it stands in a JSON list."""
    return json.dumps(value, ensure_ascii=False)
