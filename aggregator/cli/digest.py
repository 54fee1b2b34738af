"""``run.py digest``: write digests now."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.context import CommandError, now, of, parse_time
from aggregator.publish import editions


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(digest)


def digest(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Digest name; all digests by default.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Start of the period: ISO 8601, or a span like 24h or 7d.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="End of the period; now by default.")] = None,
) -> None:
    """Write digests now, regardless of schedule, and print their paths."""
    ours = of(context)
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
            for path in editions.write(store, ours.settings, one, now=at, since=start, until=end):
                print(path)
