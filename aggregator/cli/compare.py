"""``run.py compare``: the verdict on two headlines, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli import documents, output
from aggregator.cli.context import CommandError
from aggregator.cli.evaluate import side


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(compare)


def compare(
    a: Annotated[str | None, typer.Argument(help="One headline.")] = None,
    b: Annotated[str | None, typer.Argument(help="The other.")] = None,
    pairs: Annotated[
        Path | None,
        typer.Option(
            help="JSON Lines with id, a and b (headlines, or objects with title, body, lang)."
        ),
    ] = None,
    language: Annotated[str | None, typer.Option(help="Language code of both.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Compare two headlines: the same or not, and why.

    With --pairs one JSON line for each pair: id, same, score, threshold, rule, reason,
    titles (as compared, differences in [brackets]), differs (the differing words of
    each), guards (rules that vetoed a match).
    """
    from aggregator.engine.compare_titles import Side, verdict
    from aggregator.reading import explain

    if pairs is not None:
        for where, value in documents.objects(pairs):
            left, right = (side(where, value, name) for name in ("a", "b"))
            print(output.line({"id": value.get("id"), **explain.verdict_row(verdict(left, right))}))
        return
    if a is None or b is None:
        raise CommandError("give two headlines, or --pairs FILE.jsonl")
    found = verdict(Side(a, language=language), Side(b, language=language))
    if as_json:
        print(output.line(explain.verdict_row(found)))
    else:
        output.say(explain.verdict_text(found))
