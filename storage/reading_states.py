"""What users have done with canonical items and stories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, false, func, insert, literal, select, true

from aggregator.model.reading_state import UNSEEN, ReadingState, merged
from storage.canonical_lists import CanonicalFilter, narrowed
from storage.codecs import micros, packed, strings
from storage.schema import canonicals, followed_stories, reading_states
from storage.statements import Reader, Row, Statement, Writer, adding, chunks

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

_STATE = (
    reading_states.c.user,
    reading_states.c.number,
    reading_states.c.read,
    reading_states.c.starred,
    reading_states.c.hidden,
    reading_states.c.labels,
)
_OF_NUMBER = Statement(select(*_STATE).where(reading_states.c.number == bindparam("key")))
_NUMBER = Statement(select(canonicals.c.number).where(canonicals.c.id == bindparam("key")))
_FOLLOWED = Statement(
    select(followed_stories.c.story)
    .where(followed_stories.c.user == bindparam("owner"))
    .order_by(followed_stories.c.changed, followed_stories.c.story)
)
_FOLLOWERS = Statement(
    select(followed_stories.c.user).where(followed_stories.c.story == bindparam("key"))
)
_LABELS = Statement(
    select(reading_states.c.labels)
    .distinct()
    .where(reading_states.c.user == bindparam("owner"), reading_states.c.labels != "[]")
)
_READ_AT = Statement(
    select(reading_states.c.number).where(
        reading_states.c.user == bindparam("owner"),
        reading_states.c.changed == bindparam("now"),
        reading_states.c.read.is_(True),
    )
)
_ADD = adding(reading_states)
_DROP = Statement(
    delete(reading_states).where(
        reading_states.c.user == bindparam("owner"), reading_states.c.number == bindparam("key")
    )
)
_FOLLOW = Statement(insert(followed_stories))
_UNFOLLOW = Statement(
    delete(followed_stories).where(
        followed_stories.c.user == bindparam("owner"), followed_stories.c.story == bindparam("key")
    )
)


class ReadingStateReader(Reader):
    """Read, starred, hidden and labels by user and number of the canonical item."""

    def of(self, user: int, numbers: Iterable[int]) -> dict[int, ReadingState]:
        """The states of these canonical items; those that have none are left out."""
        found: dict[int, ReadingState] = {}
        for chunk in chunks(numbers):
            query = select(*_STATE).where(
                reading_states.c.user == user, reading_states.c.number.in_(chunk)
            )
            found |= {row.number: _state(row) for row in self._session.select(query)}
        return found

    def labels(self, user: int) -> list[str]:
        """The labels that ``user`` has given to anything, sorted."""
        rows = self._session.values(_LABELS, {"owner": user})
        return sorted({label for row in rows for label in strings(row)})

    def read_at(self, user: int, at: datetime) -> list[int]:
        """The numbers of what is read and was last changed at exactly that moment."""
        return self._session.values(_READ_AT, {"owner": user, "now": micros(at)})

    def followed(self, user: int) -> list[str]:
        """The stories that ``user`` follows, the latest last."""
        return self._session.values(_FOLLOWED, {"owner": user})


class ReadingStates(ReadingStateReader, Writer):
    """Read, starred, hidden and labels by user and number of the canonical item."""

    def save(self, user: int, states: Mapping[int, ReadingState], at: datetime) -> None:
        """Store states as changed at ``at``; a state in which nothing is set needs no row."""
        keys = [{"owner": user, "key": number} for number in states]
        self._session.write_many(_DROP, keys)
        rows = [
            {
                "user": user,
                "number": number,
                "read": state.read,
                "starred": state.starred,
                "hidden": state.hidden,
                "labels": packed(state.labels),
                "changed": micros(at),
            }
            for number, state in states.items()
            if state != UNSEEN
        ]
        self._session.write_many(_ADD, rows)

    def mark_read(self, user: int, narrow: CanonicalFilter, at: datetime) -> int:
        """Mark what ``narrow`` selects as read, all in one statement; returns how many."""
        state = reading_states.c
        sqlite = self._session.sqlite
        chosen = narrowed(
            select(
                literal(user),
                canonicals.c.number,
                true(),
                func.coalesce(state.starred, false()),
                func.coalesce(state.hidden, false()),
                func.coalesce(state.labels, packed(())),
                literal(micros(at)),
            ),
            user,
            narrow,
            sqlite=sqlite,
        )
        add = _insert(sqlite=sqlite)
        names = [*_STATE, reading_states.c.changed]
        statement = add.from_select(names, chosen).on_conflict_do_update(
            index_elements=["user", "number"],
            set_={"read": true(), "changed": add.excluded.changed},
        )
        return self._session.change(statement)

    def carry(self, canonical: str, into: str, at: datetime) -> None:
        """Add every user's state of ``canonical``, which redirects to ``into``, to that of it."""
        source, target = (self._session.value(_NUMBER, {"key": one}) for one in (canonical, into))
        states = {row.user: _state(row) for row in self._session.rows(_OF_NUMBER, {"key": source})}
        if not states:
            return
        before = {row.user: _state(row) for row in self._session.rows(_OF_NUMBER, {"key": target})}
        for user, state in states.items():
            old = before.get(user, UNSEEN)
            if (new := merged(old, state)) != old:
                self.save(user, {target: new}, at)

    def follow(self, user: int, story: str, at: datetime, *, followed: bool = True) -> None:
        """Let ``user`` follow ``story``, or no longer follow it."""
        self._session.write(_UNFOLLOW, {"owner": user, "key": story})
        if followed:
            self._session.write(_FOLLOW, {"user": user, "story": story, "changed": micros(at)})

    def carry_story(self, story: str, into: str, at: datetime) -> None:
        """Let the followers of ``story``, which redirects to ``into``, follow that instead."""
        for user in self._session.values(_FOLLOWERS, {"key": story}):
            self.follow(user, story, at, followed=False)
            self.follow(user, into, at)


def _insert(*, sqlite: bool) -> sqlite.Insert | postgresql.Insert:
    """An insert that can replace rows; only the dialect in use is imported (PostgreSQL: 0.1 s)."""
    if sqlite:
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert  # noqa: PLC0415

        return sqlite_insert(reading_states)
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert  # noqa: PLC0415

    return postgresql_insert(reading_states)


def _state(row: Row) -> ReadingState:
    return ReadingState(bool(row.read), bool(row.starred), bool(row.hidden), strings(row.labels))
