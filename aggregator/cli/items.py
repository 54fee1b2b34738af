"""``run.py items``: shows stored items and explains how they were grouped."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli import feed_names, item_corrections, output
from aggregator.cli.context import CommandError, now, of, parse_time

group = typer.Typer(help="Items: list, show, why, search; same, split, undo.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Limit = Annotated[int, typer.Option(min=1, help="Maximum number of results.")]
Words = Annotated[list[str], typer.Argument(help="All words must match.")]

COLUMNS = ("id", "published", "language", "source", "title")


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    item_corrections.register(group)
    app.add_typer(group, name="items")


@group.command("list")
def list_items(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(help="Published since: ISO 8601 or a span like 24h.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Published before.")] = None,
    feed: Annotated[str | None, typer.Option(help="Only this feed (id, address or title).")] = None,
    language: Annotated[str | None, typer.Option(help="Only this language (code).")] = None,
    rule: Annotated[
        str | None,
        typer.Option(help="Only items decided by this rule: url, title, fuzzy, body ..."),
    ] = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List items, newest first."""
    from aggregator.reading import json_rows
    from storage import ItemFilter

    ours = of(context)
    at = now()
    with ours.store() as store, store.reading() as view:
        wanted = ItemFilter(
            since=parse_time(since, at=at) if since else None,
            until=parse_time(until, at=at) if until else None,
            feed=feed_names.feed_id_of(view, feed) if feed else None,
            language=language,
            rule=rule,
        )
        found = view.items.list(wanted, limit=limit)
        output.show_rows(
            (json_rows.item(view, item) for item in found), as_json=as_json, columns=COLUMNS
        )


@group.command("show")
def show_item(context: typer.Context, item: str, as_json: Json = False) -> None:
    """Show one item in full."""
    from aggregator.reading import json_rows

    ours = of(context)
    with ours.store() as store, store.reading() as view:
        found = view.items.get(item)
        if found is None:
            raise _unknown(item)
        output.show_fields(json_rows.item(view, found, whole=True), as_json=as_json)


@group.command("why")
def why_item(context: typer.Context, item: str, as_json: Json = False) -> None:
    """Explain why an item was grouped as it was."""
    from aggregator.reading import explain

    ours = of(context)
    with ours.store() as store, store.reading() as view:
        found = view.items.get(item)
        if found is None:
            raise _unknown(item)
        if as_json:
            print(output.line(explain.why_row(view, found)))
        else:
            output.say(explain.why_text(view, found))


@group.command("search", context_settings={"ignore_unknown_options": True})
def search_items(
    context: typer.Context, words: Words, limit: Limit = 50, as_json: Json = False
) -> None:
    """Search items; all words must match. Newest first."""
    from aggregator.reading import json_rows

    ours = of(context)
    with ours.store() as store, store.reading() as view:
        found = view.search.items(" ".join(words), limit=limit)
        output.show_rows(
            (json_rows.item(view, item) for item in found), as_json=as_json, columns=COLUMNS
        )


def _unknown(item: str) -> CommandError:
    return CommandError(
        f"no item {item}; find ids with `run.py items list` or `run.py items search`"
    )
