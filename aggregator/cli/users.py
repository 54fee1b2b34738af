"""``run.py users``: who reads, with which passwords, and with which tokens."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli import output
from aggregator.cli.context import CommandError, now, of

VARIABLE = "AGGREGATOR_API_PASSWORD"
PAGE_VARIABLE = "AGGREGATOR_WEB_PASSWORD"
USER_VARIABLE = "AGGREGATOR_WEB_USER"
SHORTEST = 10  # characters


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    group = typer.Typer(
        help="Users of the page and of apps: list, password, fever; token, feed, tokens, revoke.",
        no_args_is_help=True,
    )
    group.command("list")(list_users)
    group.command("password")(password)
    group.command("fever")(fever)
    group.command("token")(token)
    group.command("feed")(feed)
    group.command("tokens")(tokens)
    group.command("revoke")(revoke)
    app.add_typer(group, name="users")


def list_users(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the users."""
    with of(context).store() as store, store.reading() as view:
        rows = [
            {
                "name": user.name,
                "created": user.created,
                "password": bool(user.api_password),
                "page": bool(user.password),
                "fever": bool(user.fever_key),
            }
            for user in view.users.list()
        ]
    columns = ("name", "created", "password", "page", "fever")
    output.show_rows(rows, as_json=as_json, columns=columns)


def password(
    context: typer.Context,
    name: str,
    page: Annotated[
        bool, typer.Option("--page", help="The password for the web page, not for apps.")
    ] = False,
) -> None:
    """Set the password of a user for reading apps, or for the web page; a new user is added.

    Asks for it, or takes it from AGGREGATOR_API_PASSWORD (with --page, AGGREGATOR_WEB_PASSWORD), or
    from the file that the variable with _FILE appended names. Apps and browsers that are logged in
    with it have to log in again.
    """
    from aggregator.engine import reading_states, web_logins
    from aggregator.web import passwords

    chosen = given(PAGE_VARIABLE if page else VARIABLE)
    if chosen is None:
        chosen = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        _refuse_short(chosen)
    save = web_logins.set_password if page else reading_states.set_password
    with of(context).store(create=True) as store:
        user = save(store, name, passwords.hashed(chosen), now=now())
    print(f"password of {user.name}{' for the page' if page else ''} set")


def given(variable: str) -> str | None:
    """The password in the environment, if there is one. Raises CommandError if it is too short."""
    path = os.environ.get(f"{variable}_FILE")
    chosen = os.environ.get(variable) or None
    if path:
        try:
            chosen = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise CommandError(
                f"{variable}_FILE: {path} cannot be read: {error.strerror}"
            ) from error
    if chosen is not None:
        _refuse_short(chosen)
    return chosen


def user_given(variable: str) -> str:
    """The name in the environment, or the usual one."""
    return os.environ.get(variable) or "reader"


def _refuse_short(chosen: str) -> None:
    if len(chosen) < SHORTEST:
        raise CommandError(f"the password is too short; use at least {SHORTEST} characters")


def fever(
    context: typer.Context,
    name: str,
    off: Annotated[bool, typer.Option("--off", help="Switch Fever off for this user.")] = False,
) -> None:
    """Switch the Fever API on for a user: makes a password of its own and prints it.

    It is made at random, as Fever keeps passwords by a weak hash. Switching it on again makes
    another one.
    """
    from aggregator.engine import reading_states
    from aggregator.web import passwords

    made = "" if off else secrets.token_urlsafe(16)
    key = passwords.hashed_key(passwords.fever_key(name, made)) if made else ""
    with of(context).store() as store:
        reading_states.set_fever_key(store, name, key)
    print(f"Fever password of {name}: {made}" if made else f"Fever is off for {name}")


def token(
    context: typer.Context,
    name: str,
    write: Annotated[bool, typer.Option("--write", help="It may also change things.")] = False,
    label: Annotated[str, typer.Option(help="What it is for; shown in `users tokens`.")] = "",
) -> None:
    """Make a token for a program that uses the API, and print it; it is shown only now."""
    from aggregator.engine import reading_states
    from aggregator.web import passwords

    made = secrets.token_urlsafe(32)
    with of(context).store() as store:
        hashed = passwords.hashed_key(made)
        reading_states.add_token(store, name, hashed, label=label, writes=write, now=now())
    print(made)


def feed(
    context: typer.Context,
    name: str,
    digest: Annotated[str, typer.Option(help="The stories of this digest.")] = "",
    tag: Annotated[str, typer.Option(help="The stories of feeds with this tag.")] = "",
    search: Annotated[str, typer.Option(help="The stories in which these words occur.")] = "",
) -> None:
    """Make a secret address at which other programs read stories as a feed, and print it.

    It is that of an Atom feed; with .json or .rss in place of .atom it gives these. `run.py web`
    or the daemon serves it. It is shown only now; `users revoke ID` ends it.
    """
    from aggregator.web.feeds_out.addresses import chosen, open_address

    given_names = [(kind, one) for kind, one in
                   (("digest", digest), ("tag", tag), ("search", search)) if one]  # fmt: skip
    if len(given_names) != 1:
        raise CommandError("say one of --digest, --tag and --search")
    ours = of(context)
    wanted = chosen(*given_names[0], ours.settings)
    with ours.store() as store:
        print(open_address(store, name, wanted, now=now()).format("atom"))


def tokens(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the tokens of all users."""
    with of(context).store() as store, store.reading() as view:
        names = {user.id: user.name for user in view.users.list()}
        rows = [
            {
                "id": one.id,
                "user": names.get(one.user, ""),
                "label": one.name,
                "scope": one.feed or ("write" if one.writes else "read"),
                "created": one.created,
            }
            for one in view.api_tokens.list()
        ]
    output.show_rows(rows, as_json=as_json, columns=("id", "user", "label", "scope", "created"))


def revoke(context: typer.Context, token: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """Make a token invalid."""
    from aggregator.engine import reading_states

    with of(context).store() as store:
        reading_states.end_token(store, token)
    print(f"token {token} is no longer valid")
