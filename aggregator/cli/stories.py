"""``run.py stories``: related news, grouped."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli import output, story_corrections
from aggregator.cli.context import CommandError, now, of, parse_time
from aggregator.reading import explain, json_rows, stories
from storage import StoryFilter

group = typer.Typer(help="Stories: list, show, search; same, split, undo.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Limit = Annotated[int, typer.Option(min=1, help="At most so many.")]
Words = Annotated[list[str], typer.Argument(help="All of them must occur.")]

COLUMNS = ("id", "last", "outlets", "language", "headline")


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    story_corrections.register(group)
    app.add_typer(group, name="stories")


@group.command("list")
def list_stories(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(help="Grown since: ISO 8601 or a span like 24h.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="With an item in this language.")] = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Stories, those with the latest news first."""
    ours = of(context)
    at = now()
    with ours.store() as store, store.reading() as tx:
        wanted = StoryFilter(since=parse_time(since, at=at) if since else None, language=language)
        found = tx.stories.list(wanted, limit=limit)
        views = stories.views(tx, (one.id for one in found), ours.settings, now=at)
        output.show_rows(
            (json_rows.story(view, whole=as_json) for view in views),
            as_json=as_json,
            columns=COLUMNS,
        )


@group.command("show")
def show_story(context: typer.Context, story: str, as_json: Json = False) -> None:
    """One story: its items, outlets, terms and score. An old id leads to where it went."""
    ours = of(context)
    with ours.store() as store, store.reading() as tx:
        view = stories.view(tx, story, ours.settings, now=now())
        if view is None:
            raise CommandError(
                f"there is no story {story}: `run.py stories list` and `stories search` give ids"
            )
        row = json_rows.story(view, whole=True)
        if as_json:
            print(output.line(row))
        else:
            print(explain.story_text(tx, view))


@group.command("search")
def search_stories(
    context: typer.Context, words: Words, limit: Limit = 50, as_json: Json = False
) -> None:
    """Stories in which all the words occur, newest first."""
    ours = of(context)
    with ours.store() as store, store.reading() as tx:
        found = tx.search.stories(" ".join(words), limit=limit)
        views = stories.views(tx, found, ours.settings, now=now())
        output.show_rows(
            (json_rows.story(view, whole=as_json) for view in views),
            as_json=as_json,
            columns=COLUMNS,
        )
