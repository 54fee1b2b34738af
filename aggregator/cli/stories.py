"""``run.py stories``: shows groups of related news."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli import following, output, story_corrections
from aggregator.cli.context import CommandError, now, of, parse_time

group = typer.Typer(
    help="Stories: list, show, search; follow, unfollow, followed; same, split, undo.",
    no_args_is_help=True,
)

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Limit = Annotated[int, typer.Option(min=1, help="Maximum number of results.")]
Words = Annotated[list[str], typer.Argument(help="All words must match.")]

COLUMNS = ("id", "last", "outlets", "language", "headline")


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    story_corrections.register(group)
    following.register(group)
    app.add_typer(group, name="stories")


@group.command("list")
def list_stories(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(help="With news since: ISO 8601 or a span like 24h.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="With an item in this language.")] = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List stories, latest news first."""
    from aggregator.reading import json_rows, stories
    from storage import StoryFilter

    ours = of(context)
    at = now()
    with ours.store() as store, store.reading() as view:
        wanted = StoryFilter(since=parse_time(since, at=at) if since else None, language=language)
        found = view.stories.list(wanted, limit=limit)
        views = stories.views(view, (one.id for one in found), ours.settings, now=at)
        output.show_rows(
            (json_rows.story(one, whole=as_json) for one in views),
            as_json=as_json,
            columns=COLUMNS,
        )


@group.command("show")
def show_story(context: typer.Context, story: str, as_json: Json = False) -> None:
    """Show one story: its items, outlets, terms and score. Old ids redirect."""
    from aggregator.reading import explain, json_rows, stories

    ours = of(context)
    with ours.store() as store, store.reading() as view:
        found = stories.view(view, story, ours.settings, now=now())
        if found is None:
            raise CommandError(
                f"no story {story}; find ids with `run.py stories list` or `run.py stories search`"
            )
        row = json_rows.story(found, whole=True)
        if as_json:
            print(output.line(row))
        else:
            output.say(explain.story_text(view, found))


@group.command("search", context_settings={"ignore_unknown_options": True})
def search_stories(
    context: typer.Context, words: Words, limit: Limit = 50, as_json: Json = False
) -> None:
    """Search stories; all words must match. Newest first."""
    from aggregator.reading import json_rows, stories

    ours = of(context)
    with ours.store() as store, store.reading() as view:
        found = view.search.stories(" ".join(words), limit=limit)
        views = stories.views(view, found, ours.settings, now=now())
        output.show_rows(
            (json_rows.story(one, whole=as_json) for one in views),
            as_json=as_json,
            columns=COLUMNS,
        )
