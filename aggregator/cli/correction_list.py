"""Lists corrections, of items or of stories."""

from __future__ import annotations

import typer

from aggregator.cli import output
from aggregator.cli.context import of
from aggregator.model import Level
from aggregator.reading import json_rows

COLUMNS = ("id", "kind", "a", "b", "at", "undone", "note")


def show(context: typer.Context, level: Level, *, as_json: bool) -> None:
    """Print the corrections of ``level`` (item or story), oldest first."""
    with of(context).store() as store, store.reading() as view:
        found = view.corrections.list(level=level)
        output.show_rows(map(json_rows.correction, found), as_json=as_json, columns=COLUMNS)
