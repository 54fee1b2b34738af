"""The web application: which path is answered by what, and what is refused before."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from aggregator.web.feeds_out.routes import routes as feeds_out
from aggregator.web.fever.routes import routes as fever
from aggregator.web.greader.routes import routes as greader
from aggregator.web.logins import Logins
from aggregator.web.miniflux.routes import routes as miniflux
from aggregator.web.pages.routes import routes as pages
from aggregator.web.rest.routes import routes as rest
from aggregator.web.service import Service


def create(
    service: Service,
    *,
    clock: Callable[[], float],
    hosts: tuple[str, ...] = (),
    invitation: str = "",
) -> ASGIApp:
    """The application.

    ``clock`` gives seconds that only grow. ``hosts``: names under which it may be reached, beside
    localhost. ``invitation``: the secret of the link that sets the first password for the page.
    """
    logins = Logins(service, clock)
    routes = [
        *pages(service, logins, invitation),
        *feeds_out(service),
        *fever(service, logins),
        *miniflux(service, logins),
        *rest(service, logins),
        *greader(service, logins),  # last: it takes every path that is left
    ]
    return _HostCheck(Starlette(routes=routes), hosts)


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
