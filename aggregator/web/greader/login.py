"""Who is calling: ClientLogin, the Authorization header, the action token."""

from __future__ import annotations

from starlette.responses import JSONResponse, PlainTextResponse, Response

from aggregator.model.reading_state import User
from aggregator.web import passwords
from aggregator.web.logins import Logins, WaitError
from aggregator.web.requests import Call
from aggregator.web.service import Service

_SCHEME = "googlelogin auth="


async def client_login(service: Service, logins: Logins, call: Call) -> Response:
    """Exchange name and API password for a token; 401 where they are wrong, 429 to guessing."""
    try:
        user = await logins.user(call.address, call.first("Email"), call.first("Passwd"))
    except WaitError as error:
        seconds = {"Retry-After": str(error.seconds)}
        return PlainTextResponse("Error=CaptchaRequired\n", 429, headers=seconds)
    if user is None:
        return PlainTextResponse("Error=BadAuthentication\n", 401)
    token = passwords.login_token(service.key, user)
    if call.first("output") == "json":
        return JSONResponse({"SID": token, "LSID": token, "Auth": token})
    return PlainTextResponse(f"SID={token}\nLSID={token}\nAuth={token}\n")


def caller(service: Service, call: Call) -> User | None:
    """The user of a request; None where it is not logged in.

    The header is enough, whatever the action token is: several apps send none, or an empty one.
    Without the header, a POST with either token in ``T`` is enough: one app sends no header there.
    Cookies are never looked at, so no other site can send a request in a user's name.
    """
    header = call.headers.get("authorization", "")
    if header.lower().startswith(_SCHEME):
        return _by_token(service, header[len(_SCHEME) :].strip())
    if call.method == "POST" and call.first("T"):
        return _by_token(service, call.first("T").strip(), action=True)
    return None


def refused() -> Response:
    """The answer to a request that is not logged in, with the headers that apps look for."""
    headers = {"X-Reader-Google-Bad-Token": "true", "Google-Bad-Token": "true"}
    return PlainTextResponse("Unauthorized\n", 401, headers=headers)


def _by_token(service: Service, token: str, *, action: bool = False) -> User | None:
    with service.store.reading() as view:
        users = view.users.list()
    for user in users:
        if not user.api_password:
            continue
        known = [passwords.login_token(service.key, user)]
        if action:
            known.append(passwords.action_token(service.key, user))
        if any(passwords.same(token, one) for one in known):
            return user
    return None
