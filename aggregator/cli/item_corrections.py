"""``run.py items same / split / undo / corrections / rededupe``: corrects duplicates."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli import correction_list, output
from aggregator.cli.context import CommandError, now, of, parse_time
from aggregator.model import CorrectionKind, Level

if TYPE_CHECKING:
    from aggregator.engine import rededupe

Note = Annotated[str, typer.Option(help="A note for later: why.")]


def register(group: typer.Typer) -> None:
    """Add the commands to the items group."""
    group.command("same")(same)
    group.command("split")(split)
    group.command("undo")(undo)
    group.command("corrections")(list_corrections)
    group.command("rededupe")(decide_again)


def same(context: typer.Context, a: str, b: str, note: Note = "") -> None:
    """Mark two items as the same article; later runs never override it."""
    _say(context, CorrectionKind.SAME, a, b, note)


def split(
    context: typer.Context,
    a: str,
    other: Annotated[
        str | None, typer.Argument(help="Split it from this item; from all others by default.")
    ] = None,
    note: Note = "",
) -> None:
    """Mark an item as not the same article as another one, or as any other."""
    _say(context, CorrectionKind.SPLIT, a, other, note)


def undo(
    context: typer.Context,
    correction: Annotated[str, typer.Argument(help="Correction id; see `items corrections`.")],
) -> None:
    """Undo a correction; the items that it moved are decided again."""
    from aggregator.engine import item_corrections
    from aggregator.engine.polls import Engine
    from aggregator.engine.standing_corrections import CorrectionError

    ours = of(context)
    with ours.store() as store:
        try:
            moved = item_corrections.undo(Engine(store, ours.settings), correction, now=now())
        except CorrectionError as error:
            raise CommandError(str(error)) from error
    print(f"{correction} undone; {_count(moved)}")


def list_corrections(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the corrections of items, oldest first."""
    correction_list.show(context, Level.ITEM, as_json=as_json)


def decide_again(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(help="Only items that arrived since: ISO 8601 or a span like 7d.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would change.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Re-run deduplication on stored items with the current rules.

    Use it after changing [dedupe] in feeds.toml, or after an upgrade. On a terminal it
    shows the changes and asks before making them.
    """
    from aggregator.engine import rededupe
    from aggregator.engine.polls import Engine

    ours = of(context)
    at = now()
    start = parse_time(since, at=at) if since else None
    with ours.store() as store:
        asks = sys.stdin.isatty() and not dry_run
        if dry_run or asks:
            with store.reading() as view:
                again = rededupe.plan(view, ours.settings.dedupe, since=start)
            _show_changes(again, as_json=as_json)
        if dry_run or (asks and not typer.confirm("Make these changes?", err=True)):
            return
        engine = Engine(store, ours.settings)
        again = rededupe.apply(engine, ours.settings.dedupe, since=start, now=at)
    if not asks:
        _show_changes(again, as_json=as_json)
    output.complain(f"{len(again.changes)} of {again.decided} items moved")


def _show_changes(again: rededupe.Again, *, as_json: bool) -> None:
    if not again.changes and not as_json:
        print(f"{again.decided} items checked; nothing changes")
        return
    output.show_rows(
        (
            {
                "id": change.item.id,
                "title": change.item.title,
                "before": change.before,
                "after": change.decision.canonical,
                "rule": change.decision.evidence.rule,
                "score": change.decision.evidence.score,
                "partner": change.decision.evidence.partner,
                "reason": change.decision.evidence.reason,
            }
            for change in again.changes
        ),
        as_json=as_json,
        columns=("id", "title", "before", "after", "rule", "reason"),
    )


def _say(context: typer.Context, kind: CorrectionKind, a: str, b: str | None, note: str) -> None:
    from aggregator.engine import item_corrections
    from aggregator.engine.polls import Engine
    from aggregator.engine.standing_corrections import CorrectionError

    ours = of(context)
    correction = item_corrections.make(Level.ITEM, kind, a, b, at=now(), note=note)
    with ours.store() as store:
        try:
            moved = item_corrections.apply(Engine(store, ours.settings), correction, now=now())
        except CorrectionError as error:
            raise CommandError(f"refused: {error}") from error
    print(f"saved as {correction.id}; {_count(moved)}. Undo with: items undo {correction.id}")


def _count(moved: list[str]) -> str:
    return f"{len(moved)} item{'s' if len(moved) != 1 else ''} moved"
