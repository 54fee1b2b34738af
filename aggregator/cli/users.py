"""``run.py users``: who reads with an app, and with which password."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli import output
from aggregator.cli.context import CommandError, now, of

VARIABLE = "AGGREGATOR_API_PASSWORD"
SHORTEST = 10  # characters


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    group = typer.Typer(help="Users of reading apps: list, password.", no_args_is_help=True)
    group.command("list")(list_users)
    group.command("password")(password)
    app.add_typer(group, name="users")


def list_users(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the users."""
    with of(context).store() as store, store.reading() as view:
        rows = [
            {"name": user.name, "created": user.created, "password": bool(user.api_password)}
            for user in view.users.list()
        ]
    output.show_rows(rows, as_json=as_json, columns=("name", "created", "password"))


def password(context: typer.Context, name: str) -> None:
    """Set the password of a user for reading apps; a new user is added.

    Asks for it, or takes it from AGGREGATOR_API_PASSWORD or from the file that
    AGGREGATOR_API_PASSWORD_FILE names. Apps that are logged in have to log in again.
    """
    from aggregator.engine import reading_states
    from aggregator.web import passwords

    chosen = _given()
    if chosen is None:
        chosen = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    if len(chosen) < SHORTEST:
        raise CommandError(f"the password is too short; use at least {SHORTEST} characters")
    with of(context).store(create=True) as store:
        user = reading_states.set_password(store, name, passwords.hashed(chosen), now=now())
    print(f"password of {user.name} set")


def _given() -> str | None:
    """The password in the environment, if there is one."""
    path = os.environ.get(f"{VARIABLE}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    return os.environ.get(VARIABLE)
