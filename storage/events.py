"""Events: every effect ever applied, numbered in order; never changed or deleted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import get_args

from sqlalchemy import bindparam, select

from aggregator.model.effects import Effect, Event
from storage.codecs import Unreadable, micros, moment, record
from storage.schema import events
from storage.statements import Reader, Statement, Writer, adding

_ADD = adding(events)
_AFTER = Statement(
    select(events.c.seq, events.c.at, events.c.kind, events.c.payload)
    .where(events.c.seq > bindparam("sequence"))
    .order_by(events.c.seq)
    .limit(bindparam("most"))
)
_LAST = Statement(select(events.c.seq).order_by(events.c.seq.desc()).limit(1))
_KINDS: dict[str, type[Effect]] = {kind.__name__: kind for kind in get_args(Effect)}
_KEPT = {kind: tuple(one.name for one in fields(kind) if one.compare) for kind in get_args(Effect)}
"""The fields of each effect that its event stores."""


class EventReader(Reader):
    """The event log, for consumers that read it later, at their own pace."""

    def after(self, sequence: int, limit: int = 1_000) -> list[Event]:
        """At most ``limit`` events with a number above ``sequence``, in order.

        Numbers are consecutive from 1, so a consumer that remembers the last one misses none.
        """
        rows = self._session.rows(_AFTER, {"sequence": sequence, "most": limit})
        return [Event(row.seq, moment(row.at), effect_of(row.kind, row.payload)) for row in rows]

    def last(self) -> int:
        """The number of the latest event; 0 if there is none."""
        return int(self._session.value(_LAST, {}) or 0)


class Events(EventReader, Writer):
    """The event log, for consumers that read it later, at their own pace."""

    def add(self, effects: Sequence[Effect], at: datetime) -> None:
        """Record effects as events, in the transaction that applies them."""
        now = micros(at)
        rows = [
            {
                "seq": self._session.number(events),
                "at": now,
                "kind": type(effect).__name__,
                "payload": _packed(effect),
            }
            for effect in effects
        ]
        self._session.write_many(_ADD, rows)


def _packed(effect: Effect) -> str:
    values = {name: getattr(effect, name) for name in _KEPT[type(effect)]}
    values |= {name: micros(at) for name, at in values.items() if isinstance(at, datetime)}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def effect_of(kind: str, stored: str) -> Effect:
    """The effect stored in an event; ``Unreadable`` if it was not written by ``add``."""
    try:
        return record(_KINDS[kind], stored)
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"an event cannot be read: {kind} {stored[:80]}") from error
