"""Sessions of the web page: the cookie, and whose it is."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from starlette.responses import Response

from aggregator.engine import web_logins
from aggregator.model.reading_state import User
from aggregator.web.requests import Call
from storage import Store

COOKIE = "aggregator_session"
LIFETIME = timedelta(days=30)


def user_of(store: Store, token: str, now: datetime) -> User | None:
    """Who is logged in with this token."""
    if not token:
        return None
    with store.reading() as view:
        found = view.web_sessions.user(_hash(token), now)
        return next((user for user in view.users.list() if user.id == found), None)


def begin(store: Store, call: Call, user: User, answer: Response, now: datetime) -> None:
    """Log a user in with a new token; whatever session the browser had before ends."""
    end(store, call)
    token = secrets.token_urlsafe(32)
    web_logins.begin(store, user.id, _hash(token), now=now, expires=now + LIFETIME)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        # Behind a proxy only the browser knows whether it speaks TLS.
        secure=call.headers.get("origin", "").startswith("https://"),
    )


def end(store: Store, call: Call) -> None:
    """End the session of a request, if it has one."""
    if token := call.cookies.get(COOKIE):
        web_logins.end(store, _hash(token))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
