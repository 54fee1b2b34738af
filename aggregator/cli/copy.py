"""``run.py copy``: copies everything stored into another store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.context import CommandError, of
from aggregator.config import store_url


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(copy)


def copy(
    context: typer.Context,
    target: Annotated[
        str,
        typer.Argument(
            help="A new file, or postgresql://USER@HOST/NAME for an empty database.",
            metavar="STORE",
        ),
    ],
) -> None:
    """Copy the store into a new one: a file, or PostgreSQL.

    Use it to back up (also while the daemon runs) or to move between databases.
    """
    try:
        url = store_url(target, Path.cwd())
    except ValueError as error:
        raise CommandError(str(error)) from None
    with of(context).store() as store:
        print(f"{store.where} copied to {store.copy_to(url)}")
