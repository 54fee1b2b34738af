"""``run.py once``: poll what is due, write the digests that are due, say what came of it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli import output
from aggregator.cli.context import CommandError, Context, now, of
from aggregator.daemon.poller import Poller, Summary
from aggregator.editions import Written, write_due
from aggregator.fetch import horizon
from aggregator.pipeline import Engine
from aggregator.subscriptions import due_feeds, subscribe
from storage import Counts, Store

BATCH = 1_000_000  # `once` takes everything that is due


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(once)


def once(
    context: typer.Context,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object instead of text.")
    ] = False,
) -> None:
    """Poll the feeds that are due, write due digests, print a summary.

    Exits 1 when every feed that was polled failed, or a digest could not be written.
    """
    ours = of(context)
    with ours.store() as store:
        summary, written, left = run(ours, store)
        with store.reading() as tx:
            counts = tx.counts()
    if as_json:
        print(output.line(_row(summary, counts, written.files)))
    else:
        print(_text(summary, counts, written.files, left))
    if written.problems:
        raise CommandError("\n".join(written.problems))
    if summary.polled and summary.failed == summary.polled:
        raise CommandError("every feed that was due failed; nothing new was read")


def run(ours: Context, store: Store) -> tuple[Summary, Written, int]:
    """Poll and write; returns the summary, the files, and how many feeds were not due."""
    settings = ours.settings
    if not settings.feeds:
        raise CommandError(
            f"{settings.path} subscribes to no feed: add one with `run.py feeds add URL` "
            "or `run.py feeds starter LANGUAGE`"
        )
    subscribe(store, settings.feeds)
    at = now()
    beyond = horizon(settings.fetch, at)
    due = due_feeds(store, settings.feeds, now=at, limit=BATCH, beyond=beyond)
    enabled = sum(feed.enabled for feed in settings.feeds)
    engine = Engine(store, settings)

    async def work() -> Summary:
        async with Poller(engine, settings.fetch, clock=now, seed=os.getpid()) as poller:
            return await poller.round(due)

    summary = asyncio.run(work())
    written = write_due(store, settings, now=now())
    return summary, written, enabled - len(due)


def _row(summary: Summary, counts: Counts, written: tuple[Path, ...]) -> dict[str, object]:
    tally = summary.tally
    return {
        "polled": summary.polled,
        "not_modified": summary.not_modified,
        "failed": summary.failed,
        "failures": [{"feed": feed, "why": why} for feed, why in summary.failures],
        "entries": tally.entries,
        "items": tally.items,
        "revisions": tally.revisions,
        "canonical_items": tally.canonicals,
        "stories": tally.stories,
        "duplicates": dict(sorted(tally.rules.items())),
        "stored": {
            "items": counts.items,
            "canonical_items": counts.canonicals,
            "stories": counts.stories,
        },
        "files": [str(path) for path in written],
    }


def _text(summary: Summary, counts: Counts, written: tuple[Path, ...], left: int) -> str:
    tally = summary.tally
    rules = ", ".join(f"{count} by {rule}" for rule, count in tally.rules.most_common())
    lines = [
        f"Feeds       {summary.polled} polled, {summary.not_modified} not modified, "
        f"{summary.failed} failed" + (f"; {left} not due yet" if left else ""),
        *(f"            {feed}: {why}" for feed, why in summary.failures),
        f"Entries     {tally.entries} read, {tally.items} new items, {tally.revisions} revisions",
        f"Duplicates  {tally.duplicates} found" + (f" ({rules})" if rules else ""),
        f"New         {tally.canonicals} canonical items, {tally.stories} stories",
        f"In store    {counts.items} items, {counts.canonicals} canonical items, "
        f"{counts.stories} stories",
    ]
    if written:
        lines.append("Written     " + "\n            ".join(str(path) for path in written))
    else:
        lines.append("Written     nothing: no digest was due")
    return "\n".join(lines)
