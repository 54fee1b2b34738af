"""Messages to send: recorded before they are sent, and never sent by two at once."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, select, update

from storage.codecs import micros, moment
from storage.records import OutboxMessage, OutboxState
from storage.schema import outbox
from storage.statements import Reader, Row, Statement, Writer, adding

_ADD = adding(outbox)
_OPEN = (OutboxState.WAITING, OutboxState.SENDING)
_CLAIM = Statement(
    update(outbox)
    .where(
        outbox.c.seq == bindparam("number"),
        outbox.c.state == OutboxState.WAITING,
        outbox.c.again == bindparam("expected"),
    )
    .values(again=bindparam("until"), tries=outbox.c.tries + 1)
)
_BEGIN = Statement(
    update(outbox)
    .where(
        outbox.c.seq == bindparam("number"),
        outbox.c.state == OutboxState.WAITING,
        outbox.c.again == bindparam("until"),
    )
    .values(state=OutboxState.SENDING)
)
_END = Statement(
    update(outbox)
    .where(outbox.c.seq == bindparam("number"))
    .values(state=bindparam("ended"), again=bindparam("later"), problem=bindparam("why"))
)
_SENT = Statement(
    update(outbox)
    .where(outbox.c.seq == bindparam("number"))
    .values(state=OutboxState.SENT, payload="", problem="", again=bindparam("at"))
)


class OutboxReader(Reader):
    """Messages to send and those that were sent."""

    def due(self, now: datetime, *, limit: int = 100) -> builtins.list[OutboxMessage]:
        """Messages whose time has come, oldest first.

        One in the state SENDING was left by a process that ended while sending it.
        """
        query = (
            select(outbox)
            .where(outbox.c.state.in_(_OPEN), outbox.c.again <= micros(now))
            .order_by(outbox.c.again, outbox.c.seq)
            .limit(limit)
        )
        return [_message(row) for row in self._session.select(query)]

    def list(self, *, sent: bool = False, limit: int = 50) -> builtins.list[OutboxMessage]:
        """Messages that were not sent, or with ``sent`` all, latest first."""
        query = select(outbox).order_by(outbox.c.seq.desc()).limit(limit)
        if not sent:
            query = query.where(outbox.c.state != OutboxState.SENT)
        return [_message(row) for row in self._session.select(query)]

    def get(self, number: int) -> OutboxMessage | None:
        """The message with that number."""
        rows = self._session.select(select(outbox).where(outbox.c.seq == number))
        return _message(rows[0]) if rows else None


class Outbox(OutboxReader, Writer):
    """Messages to send and those that were sent."""

    def add(self, messages: Iterable[OutboxMessage]) -> None:
        """Record messages that are to be sent."""
        for one in messages:
            self._session.write(
                _ADD,
                {
                    "seq": self._session.number(outbox),
                    "digest": one.digest,
                    "kind": one.kind,
                    "target": one.target,
                    "message": one.message,
                    "payload": one.payload,
                    "made": micros(one.made),
                    "state": one.state,
                    "tries": one.tries,
                    "again": micros(one.again),
                    "problem": one.problem,
                },
            )

    def claim(self, one: OutboxMessage, *, until: datetime) -> bool:
        """Take a waiting message for this process until that time; False if another has it."""
        values = {"number": one.number, "expected": micros(one.again), "until": micros(until)}
        return self._session.write(_CLAIM, values) == 1

    def begin(self, number: int, *, until: datetime) -> bool:
        """Note that a message claimed ``until`` is about to leave; False if the claim is lost."""
        return self._session.write(_BEGIN, {"number": number, "until": micros(until)}) == 1

    def end(self, number: int, state: OutboxState, *, again: datetime, problem: str) -> None:
        """Note what came of a message that was not, or not certainly, delivered."""
        values = {"number": number, "ended": state, "later": micros(again), "why": problem}
        self._session.write(_END, values)

    def sent(self, number: int, at: datetime) -> None:
        """Note that a message was delivered; its content is no longer needed."""
        self._session.write(_SENT, {"number": number, "at": micros(at)})


def _message(row: Row) -> OutboxMessage:
    return OutboxMessage(
        digest=row.digest,
        kind=row.kind,
        target=row.target,
        message=row.message,
        payload=row.payload,
        made=moment(row.made),
        state=OutboxState(row.state),
        tries=row.tries,
        again=moment(row.again),
        problem=row.problem,
        number=row.seq,
    )
