"""Changes what users have done: their marks, labels and passwords.

Reading states never change a decision, so these writes do not make the engine read its state
again.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from aggregator.model.errors import UserError
from aggregator.model.reading_state import UNSEEN, ApiToken, Mark, User, marked
from storage import CanonicalFilter, Store, Transaction

SERVER_KEY = "server key"
"""Where the store keeps the key that login tokens are made with."""
_NAME = re.compile(r"\w[\w.@-]{0,63}")
_ALL = 2**62  # more numbers than there can be


def set_password(store: Store, name: str, hashed: str, *, now: datetime) -> User:
    """Set the API password of a user, who is added if new; ``hashed`` is its argon2 hash.

    Raises UserError for a name that is not one word of at most 64 characters.
    """
    with store.transaction() as tx:
        user = replace(named(tx, name, now), api_password=hashed)
        tx.users.save(user)
        return user


def named(tx: Transaction, name: str, now: datetime) -> User:
    """The user with this name, who is added if new. Raises UserError as ``set_password`` does."""
    if not _NAME.fullmatch(name):
        raise UserError(f'"{name}" is not a user name: use letters, digits, ".", "@", "-" and "_"')
    return tx.users.named(name) or tx.users.add(name, now)


def set_fever_key(store: Store, name: str, hashed: str) -> None:
    """Set what the store keeps of a user's Fever key; empty: Fever is off for that user.

    Raises UserError for an unknown user.
    """
    with store.transaction() as tx:
        tx.users.save(replace(_known(tx, name), fever_key=hashed))


def add_token(
    store: Store, name: str, hashed: str, *, label: str, writes: bool, now: datetime
) -> ApiToken:
    """Add an API token of a user by its hash. Raises UserError for an unknown user."""
    with store.transaction() as tx:
        user = _known(tx, name)
        return tx.api_tokens.add(user.id, hashed, name=label, writes=writes, at=now)


def add_feed_token(store: Store, name: str, hashed: str, feed: str, *, now: datetime) -> ApiToken:
    """Add a token that opens one feed out, by its hash. Raises UserError for an unknown user."""
    with store.transaction() as tx:
        user = _known(tx, name)
        return tx.api_tokens.add(user.id, hashed, name="", writes=False, at=now, feed=feed)


def _known(tx: Transaction, name: str) -> User:
    user = tx.users.named(name)
    if user is None:
        raise UserError(f"no user {name}; add one with `run.py users password {name}`")
    return user


def end_token(store: Store, token: int) -> None:
    """Make an API token invalid. Raises UserError if there is none with this id."""
    with store.transaction() as tx:
        if not tx.api_tokens.end(token):
            raise UserError(f"no token {token}; `run.py users tokens` lists them")


def server_key(store: Store) -> str:
    """The secret key of this store's server, made when first asked for."""
    with store.reading() as view:
        known = view.meta.get(SERVER_KEY)
    if known:
        return known
    with store.transaction() as tx:
        known = tx.meta.get(SERVER_KEY) or secrets.token_hex(32)
        tx.meta.set(SERVER_KEY, known)
        return known


def mark(store: Store, user: int, numbers: Iterable[int], change: Mark, *, now: datetime) -> None:
    """Mark canonical items by number; unknown numbers are skipped.

    A number that redirects is marked together with what stands for it: the user has seen it
    itself, and a later split brings it back.
    """
    with store.transaction() as tx:
        standing = tx.lists.standing(numbers)
        _save(tx, user, {*standing, *standing.values()}, change, now)


def mark_all(
    store: Store, user: int, narrow: CanonicalFilter, change: Mark, *, now: datetime
) -> int:
    """Mark every canonical item that ``narrow`` selects; returns how many."""
    with store.transaction() as tx:
        numbers = tx.lists.numbers(user, narrow, limit=_ALL)
        _save(tx, user, numbers, change, now)
        return len(numbers)


def mark_unread_as_read(
    store: Store, user: int, narrow: CanonicalFilter, until: datetime, *, now: datetime
) -> int:
    """Mark what is unread and had arrived at ``until``; returns how many."""
    if narrow.read:
        return 0
    unread = replace(narrow, read=False, arrived_until=until)
    with store.transaction() as tx:
        return tx.states.mark_read(user, unread, now)


def unmark_read(store: Store, user: int, at: datetime, *, now: datetime) -> int:
    """Mark as unread what was marked read at ``at`` and not changed since; returns how many."""
    with store.transaction() as tx:
        numbers = tx.states.read_at(user, at)
        _save(tx, user, numbers, Mark(read=False), now)
        return len(numbers)


def follow(store: Store, user: int, story: str, *, followed: bool, now: datetime) -> None:
    """Follow a story, or no longer; an unknown story is skipped."""
    with store.transaction() as tx:
        current = tx.stories.resolve(story)
        if current is not None:
            tx.states.follow(user, current, now, followed=followed)


def _save(tx: Transaction, user: int, numbers: Iterable[int], change: Mark, now: datetime) -> None:
    wanted = list(numbers)
    before = tx.states.of(user, wanted)
    after = {number: marked(before.get(number, UNSEEN), change) for number in wanted}
    changed = {number: new for number, new in after.items() if new != before.get(number, UNSEEN)}
    tx.states.save(user, changed, now)
