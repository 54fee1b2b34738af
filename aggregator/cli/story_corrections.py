"""``run.py stories same / split / undo / corrections``: corrects stories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from aggregator.cli import correction_list
from aggregator.cli.context import CommandError, now, of
from aggregator.model import Correction, Level

Note = Annotated[str, typer.Option(help="A note for later: why.")]


def register(group: typer.Typer) -> None:
    """Add the commands to the stories group."""
    group.command("same")(same)
    group.command("split")(split)
    group.command("undo")(undo)
    group.command("corrections")(list_corrections)


def same(context: typer.Context, a: str, b: str, note: Note = "") -> None:
    """Merge two stories. The older one keeps its id; later runs never override it."""
    from aggregator.engine import story_corrections
    from aggregator.engine.polls import Engine
    from aggregator.engine.standing_corrections import CorrectionError

    ours = of(context)
    with ours.store() as store:
        try:
            corrections = story_corrections.same(
                Engine(store, ours.settings), a, b, now=now(), note=note
            )
        except CorrectionError as error:
            raise CommandError(f"refused: {error}") from error
    _saved(corrections)


def split(
    context: typer.Context,
    story: str,
    items: Annotated[
        list[str], typer.Argument(metavar="ITEM…", help="Item ids; see `stories show`.")
    ],
    note: Note = "",
) -> None:
    """Move items out of a story, together, into a story of their own."""
    from aggregator.engine import story_corrections
    from aggregator.engine.polls import Engine
    from aggregator.engine.standing_corrections import CorrectionError

    ours = of(context)
    with ours.store() as store:
        engine = Engine(store, ours.settings)
        try:
            corrections = story_corrections.split(engine, story, items, now=now(), note=note)
        except CorrectionError as error:
            raise CommandError(f"refused: {error}") from error
    _saved(corrections)


def _saved(corrections: Sequence[Correction]) -> None:
    for correction in corrections:
        print(f"saved as {correction.id}. Undo with: stories undo {correction.id}")


def undo(
    context: typer.Context,
    correction: Annotated[str, typer.Argument(help="Correction id; see `stories corrections`.")],
) -> None:
    """Undo a correction, and its moves as far as nothing has changed since."""
    from aggregator.engine import story_corrections
    from aggregator.engine.polls import Engine
    from aggregator.engine.standing_corrections import CorrectionError

    ours = of(context)
    with ours.store() as store:
        try:
            change = story_corrections.undo(Engine(store, ours.settings), correction, now=now())
        except CorrectionError as error:
            raise CommandError(str(error)) from error
    what = f"{change.story} -> {change.into}" if change else "no story changed"
    print(f"{correction} undone; {what}")


def list_corrections(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the corrections of stories, oldest first."""
    correction_list.show(context, Level.STORY, as_json=as_json)
