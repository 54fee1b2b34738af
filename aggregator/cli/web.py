"""``run.py web``: serves the stories to browsers and reading apps."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli import output
from aggregator.cli.context import now, of
from aggregator.cli.users import PAGE_VARIABLE, USER_VARIABLE, given, user_given

if TYPE_CHECKING:
    from storage import Store


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(web)


def web(
    context: typer.Context,
    listen: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="Where to listen; overrides [web] listen."),
    ] = None,
) -> None:
    """Serve the stories as a web page, and to reading apps, until stopped.

    The first time it prints a link with which to set your password. Reading apps that know the
    Google Reader API need one of their own: `run.py users password NAME`.
    """
    from aggregator.config import SettingsFile
    from aggregator.web import server

    ours = of(context)
    if listen is not None:
        server.listen_address(listen)
    file = SettingsFile(ours.settings, store=ours.store_url)
    with ours.store(create=True) as store:
        _set_given_password(store)
        invitation = "" if _anybody(store) else secrets.token_urlsafe(24)

        def listening(address: str) -> None:
            output.complain(f"serving the web page and reading apps on http://{address}/")
            if invitation:
                output.complain("set your password for the page, once, at")
                output.complain(f"  http://{address}/start?key={invitation}")

        server.serve(store, file, listen=listen, listening=listening, invitation=invitation)


def _set_given_password(store: Store) -> None:
    """Set the password for the page that the environment gives, unless it is set already."""
    from aggregator.engine import web_logins
    from aggregator.web import passwords

    chosen = given(PAGE_VARIABLE)
    if chosen is None:
        return
    name = user_given(USER_VARIABLE)
    with store.reading() as view:
        known = view.users.named(name)
    if known is None or not passwords.matches(known.password, chosen):
        web_logins.set_password(store, name, passwords.hashed(chosen), now=now())


def _anybody(store: Store) -> bool:
    """Whether anybody has a password for the page."""
    with store.reading() as view:
        return any(user.password for user in view.users.list())
