"""Where the Google Reader API is found, and which endpoint answers."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from aggregator.web.answering import route
from aggregator.web.greader import login
from aggregator.web.greader.answers import ENDPOINTS, Answer, nothing
from aggregator.web.greader.changes import CHANGES
from aggregator.web.logins import Logins
from aggregator.web.requests import Call
from aggregator.web.service import Service

PREFIXES = ("greader/", "api/greader.php/")
"""Where else the API is found: what people type as address, and what apps append to it."""
API = "reader/api/0/"
LOGIN = "accounts/ClientLogin"


def routes(service: Service, logins: Logins) -> list[Route]:
    """All that no other route takes."""

    async def answer(call: Call) -> Response:
        call = call.at(_below_prefix(call.path))
        if call.path == LOGIN:
            return await login.client_login(service, logins, call)
        return await run_in_threadpool(_api, service, call)

    return [route("/{path:path}", answer, methods=("GET", "POST"))]


def _api(service: Service, call: Call) -> Response:
    if not call.path.startswith(API):
        return PlainTextResponse("nothing is served here\n", 404)
    user = login.caller(service, call)
    if user is None:
        return login.refused()
    name = call.path.removeprefix(API).rstrip("/")
    if name in CHANGES and call.method != "POST":
        return PlainTextResponse("use POST\n", 405)
    return _endpoint(name)(service, call.at(name), user)


def _endpoint(name: str) -> Answer:
    if name.startswith("stream/contents/"):
        return ENDPOINTS["stream/contents"]
    return ENDPOINTS.get(name, nothing)


def _below_prefix(path: str) -> str:
    path = path.lstrip("/")
    for prefix in PREFIXES:
        if path.startswith(prefix):
            return path.removeprefix(prefix).lstrip("/")
    return path
