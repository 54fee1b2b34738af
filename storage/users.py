"""The users of a store."""

from __future__ import annotations

import builtins
from datetime import datetime

from sqlalchemy import bindparam, select, update

from aggregator.model.reading_state import User
from storage.codecs import micros, moment
from storage.schema import users
from storage.statements import Reader, Row, Statement, Writer, adding

_BY_NAME = Statement(select(users).where(users.c.name == bindparam("key")))
_BY_FEVER_KEY = Statement(
    select(users).where(users.c.fever_key == bindparam("key"), users.c.fever_key != "")
)
_LIST = Statement(select(users).order_by(users.c.seq))
_ADD = adding(users)
_CHANGE = Statement(
    update(users)
    .where(users.c.seq == bindparam("id"))
    .values({name: bindparam(name) for name in ("password", "api_password", "fever_key")})
)


class UserReader(Reader):
    """The users of this store, in the order in which they were added."""

    def named(self, name: str) -> User | None:
        """The user with this name."""
        return _user(self._session.row(_BY_NAME, {"key": name}))

    def with_fever_key(self, hashed: str) -> User | None:
        """The user whose Fever key has this hash; nobody for an empty one."""
        return _user(self._session.row(_BY_FEVER_KEY, {"key": hashed}))

    def list(self) -> builtins.list[User]:
        """All users."""
        return [user for row in self._session.rows(_LIST, {}) if (user := _user(row))]


class Users(UserReader, Writer):
    """The users of this store, in the order in which they were added."""

    def add(self, name: str, at: datetime) -> User:
        """Add a user without passwords; ``name`` must be new."""
        user = User(self._session.number(users), name, created=at)
        values = {"password": "", "api_password": "", "fever_key": "", "created": micros(at)}
        self._session.write(_ADD, {"seq": user.id, "name": name, **values})
        return user

    def save(self, user: User) -> None:
        """Store the passwords of a known user."""
        values = {
            "password": user.password,
            "api_password": user.api_password,
            "fever_key": user.fever_key,
        }
        self._session.write(_CHANGE, {"id": user.id, **values})


def _user(row: Row | None) -> User | None:
    if row is None:
        return None
    return User(
        row.seq, row.name, row.password, row.api_password, row.fever_key, moment(row.created)
    )
