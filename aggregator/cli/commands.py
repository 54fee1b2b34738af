"""The commands by name; each command's module is imported on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from typer._click import Command, HelpFormatter
    from typer._click import Context as ClickContext


class Row(NamedTuple):
    """A command: the module in ``aggregator.cli`` that registers it, and a line of help."""

    module: str
    help: str


COMMANDS = {
    "once": Row("once", "Poll the feeds that are due, write due digests, print a summary."),
    "daemon": Row("daemon", "Poll what is due and write digests on schedule, until stopped."),
    "web": Row("web", "Serve the stories to reading apps (Google Reader API), until stopped."),
    "mcp": Row("mcp", "Serve read-only tools to an assistant (Model Context Protocol)."),
    "users": Row("users", "Users: list, password, fever; token, feed, tokens, revoke."),
    "digest": Row("digest", "Write digests now, whatever their schedule, and print the paths."),
    "feeds": Row("feeds", "Subscriptions: list, status, add, remove, import, export, and more."),
    "items": Row("items", "Items: list, show, why, search; same, split, undo."),
    "stories": Row("stories", "Stories: list, show, search; same, split, undo."),
    "import": Row("importing", "Import files into the store: feeds, OPML, JSON Lines, pages."),
    "replay": Row("replay", "Run documents through the engines in file order; one JSON line each."),
    "compare": Row("compare", "Compare two headlines: the same or not, and why."),
    "evaluate": Row("evaluate", "Score duplicate and story detection on labelled data."),
    "check": Row("check", "Check feeds.toml and the store; lists every error and exits 1."),
    "store": Row("store", "The store: check, backup, restore, vacuum, stats, export, import."),
    "copy": Row("copy", "Copy the store into a new one: a file, or PostgreSQL."),
}


class Commands(TyperGroup):
    """The commands of the program, each imported on first use."""

    def list_commands(self, ctx: ClickContext) -> list[str]:
        """Their names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: ClickContext, cmd_name: str) -> Command | None:
        """The command of that name, imported now; None for an unknown name."""
        row = COMMANDS.get(cmd_name)
        if row is None:
            return None
        holder = typer.Typer(rich_markup_mode=None, add_completion=False)
        import_module(f"aggregator.cli.{row.module}").register(holder)
        return typer.main.get_group(holder).commands[cmd_name]

    def format_commands(self, ctx: ClickContext, formatter: HelpFormatter) -> None:
        """Write names and help texts without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.help) for name, row in COMMANDS.items()])
