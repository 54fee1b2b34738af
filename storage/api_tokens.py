"""Tokens of programs that use the API, by their hash."""

from __future__ import annotations

import builtins
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from aggregator.model.reading_state import ApiToken
from storage.codecs import micros, moment
from storage.schema import api_tokens
from storage.statements import Reader, Row, Statement, Writer, adding

_LIST = Statement(select(api_tokens).order_by(api_tokens.c.seq))
_BY_HASH = Statement(select(api_tokens).where(api_tokens.c.token_hash == bindparam("key")))
_ADD = adding(api_tokens)
_END = Statement(delete(api_tokens).where(api_tokens.c.seq == bindparam("number")))


class ApiTokenReader(Reader):
    """Tokens in the order in which they were made."""

    def list(self) -> builtins.list[ApiToken]:
        """All tokens."""
        return [_token(row) for row in self._session.rows(_LIST, {})]

    def with_hash(self, token_hash: str) -> ApiToken | None:
        """The token with this hash."""
        row = self._session.row(_BY_HASH, {"key": token_hash})
        return None if row is None else _token(row)


class ApiTokens(ApiTokenReader, Writer):
    """Tokens in the order in which they were made."""

    def add(
        self,
        user: int,
        token_hash: str,
        *,
        name: str,
        writes: bool,
        at: datetime,
        feed: str = "",
    ) -> ApiToken:
        """Add a token; ``writes``: it may also change things; ``feed``: all that it opens."""
        made = ApiToken(self._session.number(api_tokens), user, name, writes, at, feed)
        values = {
            "seq": made.id,
            "user": user,
            "token_hash": token_hash,
            "name": name,
            "writes": writes,
            "created": micros(at),
            "feed": feed,
        }
        self._session.write(_ADD, values)
        return made

    def end(self, token: int) -> bool:
        """Delete a token; whether there was one."""
        return self._session.write(_END, {"number": token}) > 0


def _token(row: Row) -> ApiToken:
    return ApiToken(row.seq, row.user, row.name, bool(row.writes), moment(row.created), row.feed)
