"""The title data that startup reads for the whole window: few columns, no texts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from aggregator.model import Keys, KnownTitle
from storage.codecs import micros
from storage.schema import items, title_sketches
from storage.statements import Session, Statement, WriteSession, adding

_MANY = 20_000  # titles per query

_ADD = adding(title_sketches)
_DROP = Statement(delete(title_sketches).where(title_sketches.c.item == bindparam("number")))
_FIRST_SINCE = Statement(
    select(items.c.seq)
    .where(items.c.seen >= bindparam("moment"))
    .order_by(items.c.seen, items.c.seq)
    .limit(1)
)
_KNOWN = Statement(
    select(
        items.c.seq,
        items.c.id,
        items.c.title,
        items.c.language,
        items.c.seen,
        items.c.time,
        title_sketches.c.sketch,
    )
    .outerjoin_from(items, title_sketches, title_sketches.c.item == items.c.seq)
    .where(items.c.seq >= bindparam("start"))
    .order_by(items.c.seq)
    .limit(bindparam("most"))
)


def first_since(session: Session, seen: datetime) -> int | None:
    """The number of the first item seen at ``seen`` or later."""
    number: int | None = session.value(_FIRST_SINCE, {"moment": micros(seen)})
    return number


def titles_since(session: Session, seen: datetime) -> Iterator[KnownTitle]:
    """See ``Items.titles_since``."""
    start = first_since(session, seen)
    while start is not None:
        # By position: startup reads the whole window, and named rows would take 20% longer.
        rows = session.tuples(_KNOWN, {"start": start, "most": _MANY})
        yield from (KnownTitle(*row[1:]) for row in rows)
        start = rows[-1][0] + 1 if len(rows) == _MANY else None


def add_sketch(session: WriteSession, number: int, keys: Keys) -> None:
    """Store the sketch of a new item."""
    if keys.sketch:
        session.write(_ADD, {"item": number, "sketch": keys.sketch})


def replace_sketch(session: WriteSession, number: int, keys: Keys) -> None:
    """Replace the sketch of an item with that of its new title."""
    session.write(_DROP, {"number": number})
    add_sketch(session, number, keys)
