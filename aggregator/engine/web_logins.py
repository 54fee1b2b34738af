"""Changes who can log in to the web page, and who is logged in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from aggregator.engine import reading_states
from aggregator.model.errors import UserError
from aggregator.model.reading_state import User
from storage import Store


def set_password(
    store: Store, name: str, hashed: str, *, now: datetime, first: bool = False
) -> User:
    """Set the password of a user for the web page, and end the sessions of that user.

    The user is added if new; ``hashed`` is the argon2 hash. Raises UserError for a name that is
    not one word of at most 64 characters, and, with ``first``, if anybody has a password already.
    """
    with store.transaction() as tx:
        if first and any(user.password for user in tx.users.list()):
            raise UserError("A password has been set already.")
        user = replace(reading_states.named(tx, name, now), password=hashed)
        tx.users.save(user)
        tx.web_sessions.end_all(user.id)
        return user


def begin(store: Store, user: int, token_hash: str, *, now: datetime, expires: datetime) -> None:
    """Log a user in with a new token, of which only the hash is stored."""
    with store.transaction() as tx:
        tx.web_sessions.add(token_hash, user, now=now, expires=expires)


def end(store: Store, token_hash: str) -> None:
    """Log out."""
    with store.transaction() as tx:
        tx.web_sessions.end(token_hash)
