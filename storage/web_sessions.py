"""Logins of the web page, by the hash of their token."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from storage.codecs import micros
from storage.schema import web_sessions
from storage.statements import Reader, Statement, Writer, adding

_HASH = web_sessions.c.token_hash
_USER = Statement(
    select(web_sessions.c.user).where(
        bindparam("key") == _HASH, web_sessions.c.expires > bindparam("now")
    )
)
_ADD = adding(web_sessions)
_END = Statement(delete(web_sessions).where(bindparam("key") == _HASH))
_END_ALL = Statement(delete(web_sessions).where(web_sessions.c.user == bindparam("owner")))
_END_EXPIRED = Statement(delete(web_sessions).where(web_sessions.c.expires <= bindparam("now")))


class WebSessionReader(Reader):
    """Who is logged in."""

    def user(self, token_hash: str, now: datetime) -> int | None:
        """The id of the user whose session this is; None once it has expired or ended."""
        found: int | None = self._session.value(_USER, {"key": token_hash, "now": micros(now)})
        return found


class WebSessions(WebSessionReader, Writer):
    """Who is logged in."""

    def add(self, token_hash: str, user: int, *, now: datetime, expires: datetime) -> None:
        """Add a session; those that have expired are deleted."""
        self._session.write(_END_EXPIRED, {"now": micros(now)})
        values = {
            "token_hash": token_hash,
            "user": user,
            "created": micros(now),
            "expires": micros(expires),
        }
        self._session.write(_ADD, values)

    def end(self, token_hash: str) -> None:
        """End a session."""
        self._session.write(_END, {"key": token_hash})

    def end_all(self, user: int) -> None:
        """End all sessions of a user."""
        self._session.write(_END_ALL, {"owner": user})
