"""The program's outer edge: global options, and errors reported in one sentence."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from aggregator import __version__
from aggregator.cli import output
from aggregator.cli.commands import Commands
from aggregator.cli.context import Context
from aggregator.model.errors import UserError

app = typer.Typer(
    name="run.py",
    cls=Commands,
    help="Polls news feeds and shows every story once.\n\n"
    "Start with `run.py once`: it polls the feeds in feeds.toml and writes the digests. "
    "`run.py daemon` keeps doing so until stopped.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"Every Story Once {__version__}")
        raise typer.Exit


@app.callback()
def _globals(
    context: typer.Context,
    config: Annotated[
        Path,
        typer.Option(envvar="AGGREGATOR_CONFIG", help="Configuration file.", metavar="FILE"),
    ] = Path("feeds.toml"),
    store: Annotated[
        str | None,
        typer.Option(
            envvar="AGGREGATOR_STORE",
            help="Store to use instead of that in feeds.toml: a file or postgresql://...",
            metavar="URL",
        ),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    context.obj = Context(config, store)


def _read_names_as_utf8() -> None:
    """Start again in Python's UTF-8 mode where the locale has letters for ASCII names only."""
    if not sys.flags.utf8_mode and sys.getfilesystemencoding() != "utf-8":
        again = [sys.executable, "-X", "utf8", *sys.orig_argv[1:]]
        os.execv(sys.executable, again)  # noqa: S606 - no shell: the same program, asked the same


def main() -> None:
    """Run one command; exit 0 when it did its work, 1 when not, 2 on wrong usage."""
    _read_names_as_utf8()
    output.utf8(sys.stdout)
    output.utf8(sys.stderr)
    try:
        app()
    except UserError as error:
        output.complain(str(error))
        sys.exit(1)
    except UnicodeEncodeError as error:
        output.complain(f"an argument is not valid UTF-8: {error.object!a}")
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): not an error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        output.complain(f"{where}{error.strerror or error}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
