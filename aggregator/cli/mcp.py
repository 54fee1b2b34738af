"""``run.py mcp``: the stories for an assistant that speaks the Model Context Protocol."""

from __future__ import annotations

from importlib.util import find_spec

import typer

from aggregator.cli.context import CommandError, now, of


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(mcp)


def mcp(context: typer.Context) -> None:
    """Serve read-only tools to an assistant on standard input and output: search, stories, why.

    Assistants start this command themselves; docs/web.md says how to tell them. It needs the
    optional package `mcp`.
    """
    if find_spec("mcp") is None:
        raise CommandError(
            'this needs the optional package "mcp"; '
            "install it with `pip install mcp` in the program's environment"
        )
    from aggregator.config import SettingsFile
    from aggregator.web.mcp import server
    from aggregator.web.service import Service

    ours = of(context)
    file = SettingsFile(ours.settings, store=ours.store_url)
    with ours.store() as store:
        server.create(Service(store, "", now, file)).run("stdio")
