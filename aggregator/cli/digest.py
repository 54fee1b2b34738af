"""``run.py digest``: write digests now; show what is to be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli import output
from aggregator.cli.context import CommandError, Context, now, of, parse_time

if TYPE_CHECKING:
    from aggregator.digest import Edition

OUTBOX = "outbox"
_COLUMNS = ("number", "kind", "target", "state", "tries", "again", "problem")


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(digest)


def digest(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(help=f"Digest name; all by default. `{OUTBOX}` shows what is to be sent."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Start of the period: ISO 8601, or a span like 24h or 7d.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="End of the period; now by default.")] = None,
    preview: Annotated[
        str | None,
        typer.Option(metavar="FORMAT", help="Print it in this format; write no file."),
    ] = None,
    retry: Annotated[
        int | None, typer.Option(help=f"With `{OUTBOX}`: send this message again.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help=f"With `{OUTBOX}`: sent messages too.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help=f"With `{OUTBOX}`: one JSON object per line.")
    ] = False,
) -> None:
    """Write digests now, regardless of schedule, and print their paths.

    They are not recorded: the next scheduled digest shows the same news, and nothing is mailed.
    """
    ours = of(context)
    if name == OUTBOX:
        _outbox(ours, retry, everything=everything, as_json=as_json)
        return
    from aggregator.publish import editions, gather

    at = now()
    wanted = [d for d in ours.settings.digests if name is None or d.name == name]
    if not wanted:
        known = ", ".join(d.name for d in ours.settings.digests)
        raise CommandError(
            f"{ours.settings.path} has no digest named {name}; available: {known or 'none'}"
            if name
            else f"{ours.settings.path} has no digests; add a [[digests]] table"
        )
    start = parse_time(since, at=at) if since else None
    end = parse_time(until, at=at) if until else None
    if start and end and start >= end:
        raise CommandError("--since must be before --until")
    with ours.store() as store:
        for one in wanted:
            if preview:
                edition = gather.make(store, ours.settings, one, now=at, since=start, until=end)
                print(_rendered(edition, preview), end="")
                continue
            for path in editions.write(store, ours.settings, one, now=at, since=start, until=end):
                output.say(str(path))


def _rendered(edition: Edition, format: str) -> str:
    from aggregator.digest import render

    try:
        return render(edition, format)
    except ValueError as error:
        raise CommandError(str(error)) from error


def _outbox(ours: Context, retry: int | None, *, everything: bool, as_json: bool) -> None:
    """Show messages that were not sent, or send one again at the next run."""
    from aggregator.publish import outbox

    with ours.store() as store:
        if retry is not None:
            if not outbox.retry(store, retry, now=now()):
                raise CommandError(f"no message {retry} waits for a retry; see `digest {OUTBOX}`")
            outbox.send_due(store, ours.settings, clock=now)
        with store.reading() as view:
            found = view.outbox.list(sent=everything)
    output.show_rows((outbox.row(one) for one in found), as_json=as_json, columns=_COLUMNS)
