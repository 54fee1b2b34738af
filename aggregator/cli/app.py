"""The program's outer edge: global options, and errors said in one sentence."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli import (
    check,
    compare,
    copy,
    daemon,
    digest,
    evaluate,
    feeds,
    importing,
    items,
    once,
    output,
    replay,
    stories,
)
from aggregator.cli.context import CommandError, Context
from aggregator.config import ConfigError
from aggregator.publish.deliveries.files import DigestError
from storage import StoreError

app = typer.Typer(
    name="run.py",
    help="Polls news feeds and shows every story once.\n\n"
    "Begin with `run.py once`: it polls the feeds in feeds.toml and writes the digests. "
    "`run.py daemon` does the same for good.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _globals(
    context: typer.Context,
    config: Annotated[
        Path,
        typer.Option(envvar="AGGREGATOR_CONFIG", help="The configuration to use.", metavar="FILE"),
    ] = Path("feeds.toml"),
    store: Annotated[
        str | None,
        typer.Option(
            envvar="AGGREGATOR_STORE",
            help="The store: a file, sqlite:///PATH or postgresql://... (not feeds.toml's).",
            metavar="URL",
        ),
    ] = None,
) -> None:
    context.obj = Context(config, store)


for group in (
    once,
    daemon,
    digest,
    feeds,
    items,
    stories,
    importing,
    replay,
    compare,
    evaluate,
    check,
    copy,
):
    group.register(app)


def main() -> None:
    """Run one command; exit 0 when it did its work, 1 when not, 2 on wrong usage."""
    output.utf8(sys.stdout)
    output.utf8(sys.stderr)
    try:
        app()
    except (CommandError, ConfigError, StoreError, DigestError) as error:
        output.complain(str(error))
        sys.exit(1)
    except UnicodeEncodeError as error:
        output.complain(f"an argument is no text in UTF-8: {error.object!a}")
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
