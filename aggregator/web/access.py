"""Who is calling with a token or with a password in the header, and what that allows."""

from __future__ import annotations

import binascii
from base64 import b64decode
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from aggregator.model.reading_state import User
from aggregator.web import passwords
from aggregator.web.logins import Logins
from aggregator.web.requests import Call
from aggregator.web.service import Service


@dataclass(frozen=True, slots=True)
class Access:
    """A user, and whether this caller may change things."""

    user: User
    writes: bool


async def access(service: Service, logins: Logins, call: Call) -> Access | None:
    """The access that the headers of a request give; None if they give none.

    Known are ``X-Auth-Token: TOKEN``, ``Authorization: Bearer TOKEN``, and ``Authorization:
    Basic`` with the name and API password of a user. Raises WaitError to who guesses.
    """
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    token = call.headers.get("x-auth-token", "")
    if scheme.lower() == "bearer":
        token = value.strip()
    if token:
        return await run_in_threadpool(_by_token, service, token)
    given = _name_and_password(value) if scheme.lower() == "basic" else None
    if given is None:
        return None
    user = await logins.user(call.address, *given)
    return Access(user, writes=True) if user else None


def _by_token(service: Service, token: str) -> Access | None:
    with service.store.reading() as view:
        found = view.api_tokens.with_hash(passwords.hashed_key(token))
        users = {user.id: user for user in view.users.list()} if found else {}
    if found is None or found.feed or found.user not in users:
        return None
    return Access(users[found.user], found.writes)


def _name_and_password(value: str) -> tuple[str, str] | None:
    try:
        text = b64decode(value.strip(), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return None
    name, separator, password = text.partition(":")
    return (name, password) if separator else None
