"""``run.py once``: poll due feeds, write due digests, print a summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli import output
from aggregator.cli.context import CommandError, Context, now, of
from aggregator.polling.poller import Summary
from aggregator.polling.rounds import poll_due
from aggregator.polling.subscriptions import Waiting, waiting
from aggregator.publish.editions import WriteResult, WrittenDigest, write_due
from aggregator.publish.outbox import Attempt, send_due
from aggregator.reading import wording
from storage import Counts, Store


@dataclass(frozen=True, slots=True)
class Done:
    """What one run did, and what is stored after it."""

    summary: Summary
    written: WriteResult
    waiting: Waiting
    counts: Counts
    last: tuple[tuple[Path, ...], ...]  # the files of earlier digests, where none was due
    attempts: Sequence[Attempt]  # to send messages
    new_stories: int  # increase in stories: founded and split off, less merged; at least 0


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(once)


def once(
    context: typer.Context,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Poll every feed, due or not; Retry-After is still honoured."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object instead of text.")
    ] = False,
) -> None:
    """Poll the feeds that are due, write due digests, print a summary.

    Exits 1 when every feed that was polled failed, or a digest could not be written.
    """
    ours = of(context)
    with ours.store(create=True) as store:
        done = run(ours, store, everything=everything)
    if as_json:
        print(output.line(_row(done)))
    else:
        output.say(_text(done))
    if done.written.problems:
        raise CommandError("\n".join(done.written.problems.values()))
    if done.summary.polled and done.summary.failed == done.summary.polled:
        raise CommandError("all due feeds failed; nothing new was read")


def run(ours: Context, store: Store, *, everything: bool = False) -> Done:
    """Poll feeds and write digests. Raises CommandError if there are no feeds."""
    settings = ours.settings
    if not settings.feeds:
        raise CommandError(
            f"{settings.path} has no feeds; add one with `run.py feeds add URL` "
            "or `run.py feeds starter LANGUAGE`"
        )
    with store.reading() as view:
        before = view.counts().stories
    polled = poll_due(store, settings, clock=now, everything=everything)
    written = write_due(store, settings, now=now())
    attempts = send_due(store, settings, clock=now)
    with store.reading() as view:
        counts = view.counts()
        earlier = [view.digests.last(one.name) for one in settings.digests]
    last = tuple(
        files
        for record in earlier
        if record is not None
        for files in [tuple(path for path in map(Path, record.files) if path.exists())]
        if files
    )
    left = waiting(store, settings.feeds, polled=polled.polled)
    return Done(
        polled.summary, written, left, counts, last, attempts, max(0, counts.stories - before)
    )


def _row(done: Done) -> dict[str, object]:
    summary, tally, counts = done.summary, done.summary.tally, done.counts
    return {
        "polled": summary.polled,
        "not_modified": summary.not_modified,
        "failed": summary.failed,
        "failures": [{"feed": feed, "why": why} for feed, why in summary.failures],
        "not_due": done.waiting.later,
        "ended": done.waiting.ended,
        "next_poll": done.waiting.next_poll,
        "entries": tally.entries,
        "items": tally.items,
        "revisions": tally.revisions,
        "canonical_items": tally.canonicals,
        "stories": done.new_stories,
        "duplicates": dict(sorted(tally.rules.items())),
        "stored": {
            "items": counts.items,
            "canonical_items": counts.canonicals,
            "stories": counts.stories,
        },
        "files": [str(path) for path in done.written.files],
        "sent": [
            {"to": one.message.kind, "result": one.outcome.result.value, "why": one.outcome.why}
            for one in done.attempts
        ],
    }


def _text(done: Done) -> str:
    return "\n".join((*_polled(done), *_stored(done.counts), *_written(done)))


def _polled(done: Done) -> Iterator[str]:
    """What the feeds brought; a single line if nothing was polled."""
    summary, tally, left = done.summary, done.summary.tally, done.waiting
    ended = f"; {left.ended} ended (see `run.py feeds status`)" if left.ended else ""
    if not summary.polled:
        when = wording.when(left.next_poll)
        next_poll = f"; next poll at {when}" if when else ""
        yield f"Nothing was due{next_poll}{ended}. `run.py once --all` polls every feed now."
        return
    later = f"; {left.later} not due yet" if left.later else ""
    yield (
        f"Feeds       {summary.polled} polled, {summary.not_modified} not modified, "
        f"{summary.failed} failed{later}{ended}"
    )
    yield from (f"            {feed}: {why}" for feed, why in summary.failures)
    yield (
        f"Entries     {tally.entries} read, {wording.count(tally.items, 'new item')}, "
        f"{wording.count(tally.revisions, 'revision')}"
    )
    rules = ", ".join(f"{count} by {rule}" for rule, count in tally.rules.most_common())
    yield f"Duplicates  {tally.duplicates} found" + (f" ({rules})" if rules else "")
    yield (
        f"New         {wording.count(tally.canonicals, 'canonical item')}, "
        f"{wording.count(done.new_stories, 'story', 'stories')}"
    )


def _stored(counts: Counts) -> Iterator[str]:
    yield (
        f"In store    {wording.count(counts.items, 'item')}, "
        f"{wording.count(counts.canonicals, 'canonical item')}, "
        f"{wording.count(counts.stories, 'story', 'stories')}"
    )


def _written(done: Done) -> Iterator[str]:
    """One line per digest: the file to open."""
    if not done.written.digests and not done.written.problems:
        yield "Digests     none due; write them now with `run.py digest`"
        for files in done.last:
            yield f"Open        {_place(files)}"
    for one in done.written.digests:
        yield f"Open        {_place(one.files)}  ({wording.count(one.stories, 'story', 'stories')})"
        if not one.stories and done.counts.stories:
            yield _old(one)
    for attempt in done.attempts:
        why = f": {attempt.outcome.why}" if attempt.outcome.why else ""
        yield f"Sent        {attempt.message.kind}, {attempt.outcome.result.value}{why}"


def _place(files: tuple[Path, ...]) -> str:
    """The file to open, and the other formats beside it: ``…/latest.html, plus .md .json``."""
    latest = [path for path in files if path.stem == "latest"] or list(files)
    first = min(latest, key=lambda path: (path.suffix != ".html", path.suffix != ".md"))
    others = " ".join(path.suffix for path in latest if path is not first)
    return f"{_short(first)}, plus {others}" if others else _short(first)


def _short(path: Path) -> str:
    """The path as typed from here: relative if the file is below the working directory."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _old(one: WrittenDigest) -> str:
    """Why a digest is empty although stories are stored."""
    name, span = one.settings.name, _span(one.settings.span)
    return (
        f"            No story has news from the last {span}; "
        f"try `run.py digest {name} --since 30d`."
    )


def _span(span: timedelta) -> str:
    hours = span.total_seconds() / 3_600
    return f"{hours / 24:g} days" if hours >= 48 else f"{hours:g} hours"
