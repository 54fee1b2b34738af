"""The web application: which path is answered by what, and what is refused before."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from ipaddress import ip_address

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from aggregator.web import requests
from aggregator.web.greader import login
from aggregator.web.greader.answers import ENDPOINTS, nothing
from aggregator.web.greader.changes import CHANGES
from aggregator.web.greader.service import Answer, Service
from aggregator.web.passwords import Brake
from aggregator.web.requests import Call, TooLargeError
from storage import StoreError

log = logging.getLogger(__name__)

PREFIXES = ("greader/", "api/greader.php/")
"""Where else the API is found: what people type as address, and what apps append to it."""
API = "reader/api/0/"
LOGIN = "accounts/ClientLogin"
LOGINS = 2  # passwords that are checked at once: each takes 64 MB for a moment
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def create(service: Service, *, clock: Callable[[], float], hosts: tuple[str, ...] = ()) -> ASGIApp:
    """The application.

    ``clock`` gives seconds that only grow. ``hosts``: names under which it may be reached, beside
    localhost.
    """
    brake = Brake(clock)
    logins = asyncio.Semaphore(LOGINS)

    async def answer(request: Request) -> Response:
        path = _below_prefix(request.path_params["path"])
        try:
            call = await requests.read(request, path)
        except TooLargeError:
            return _guarded(PlainTextResponse("the body is too large\n", 413))
        except ValueError as error:
            return _guarded(PlainTextResponse(f"{error}\n", 400))
        try:
            if path == LOGIN:
                async with logins:
                    job = login.client_login
                    return _guarded(await run_in_threadpool(job, service, brake, call))
            return _guarded(await run_in_threadpool(_api, service, call))
        except StoreError as error:
            log.error("a request failed: %s", error)
            busy = {"Retry-After": "30"} if error.passing else {}
            return _guarded(PlainTextResponse("the store is not available\n", 503, headers=busy))

    methods = ["GET", "POST"]
    return _HostCheck(Starlette(routes=[Route("/{path:path}", answer, methods=methods)]), hosts)


def _api(service: Service, call: Call) -> Response:
    if not call.path.startswith(API):
        return PlainTextResponse("nothing is served here\n", 404)
    user = login.caller(service, call)
    if user is None:
        return login.refused()
    name = call.path.removeprefix(API).rstrip("/")
    if name in CHANGES and call.method != "POST":
        return PlainTextResponse("use POST\n", 405)
    below = Call(call.method, name, call.address, call.params, call.headers)
    return _endpoint(name)(service, below, user)


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


def _guarded(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


class _HostCheck:
    """Refuses requests under other names: a page elsewhere cannot point its name at this server.

    Addresses in figures are allowed, as no such name can be pointed anywhere.
    """

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        self._app = app
        self._hosts = {"localhost", *(host.casefold().rstrip(".") for host in hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with 421."""
        if scope["type"] == "http" and not self._allowed(_host(scope)):
            message = "this name is not one of [web] hosts in feeds.toml\n"
            await PlainTextResponse(message, 421)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _allowed(self, host: str) -> bool:
        name = host.casefold().rstrip(".")
        if name in self._hosts:
            return True
        try:
            ip_address(name.strip("[]"))
        except ValueError:
            return False
        return True


def _host(scope: Scope) -> str:
    """The name in the Host header without its port; empty unless there is just one."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    found = [value.decode("latin-1") for name, value in headers if name == b"host"]
    if len(found) != 1:
        return ""
    name, separator, port = found[0].rpartition(":")
    return name if separator and port.isdigit() else found[0]
