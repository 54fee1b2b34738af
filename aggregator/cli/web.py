"""``run.py web``: serves the stories to reading apps."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli import output
from aggregator.cli.context import of


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
    """Serve the stories to reading apps that know the Google Reader API, until stopped.

    Add a user first: `run.py users password NAME`.
    """
    from aggregator.config import SettingsFile
    from aggregator.web import server

    ours = of(context)
    if listen is not None:
        server.listen_address(listen)
    file = SettingsFile(ours.settings, store=ours.store_url)
    with ours.store(create=True) as store:
        server.serve(
            store,
            file,
            listen=listen,
            listening=lambda address: output.complain(f"serving reading apps on http://{address}/"),
        )
