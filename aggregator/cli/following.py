"""``run.py stories follow / unfollow / followed``: the stories that the reader follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli import output
from aggregator.cli.context import CommandError, Context, now, of

if TYPE_CHECKING:
    from storage import View

_COLUMNS = ("id", "last", "outlets", "language", "headline")
Who = Annotated[
    str | None, typer.Option("--user", help="The user; by default the one of [reader].")
]


def register(group: typer.Typer) -> None:
    """Add the commands to the stories group."""
    group.command("follow")(follow)
    group.command("unfollow")(unfollow)
    group.command("followed")(followed)


def follow(context: typer.Context, story: str, user: Who = None) -> None:
    """Follow a story: digests show its news in a section of their own."""
    _change(of(context), story, user, followed=True)


def unfollow(context: typer.Context, story: str, user: Who = None) -> None:
    """No longer follow a story."""
    _change(of(context), story, user, followed=False)


def followed(
    context: typer.Context,
    user: Who = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the stories that are followed, the latest followed last."""
    from aggregator.reading import followed_stories, json_rows, stories

    ours = of(context)
    with ours.store() as store, store.reading() as view:
        ids = followed_stories.of(view, _name(ours, view, user))
        found = stories.views(view, ids, ours.settings, now=now())
        output.show_rows(
            (json_rows.story(one, whole=as_json) for one in found),
            as_json=as_json,
            columns=_COLUMNS,
        )


def _change(ours: Context, story: str, user: str | None, *, followed: bool) -> None:
    from aggregator.engine import reading_states

    with ours.store() as store:
        with store.reading() as view:
            found = view.stories.resolve(story)
            name = _name(ours, view, user)
        if found is None:
            raise CommandError(
                f"no story {story}; find ids with `run.py stories list` or `run.py stories search`"
            )
        at = now()
        with store.transaction() as tx:
            reader = reading_states.named(tx, name, at)
        reading_states.follow(store, reader.id, found, followed=followed, now=at)
    output.say(f"{found} is {'followed' if followed else 'no longer followed'} by {name}")


def _name(ours: Context, view: View, user: str | None) -> str:
    """The name of the user that a command is about. Raises CommandError for an unknown ``user``."""
    from aggregator.reading import followed_stories

    if user is None:
        return followed_stories.reader_name(view, ours.settings)
    if view.users.named(user) is None:
        raise CommandError(f"no user {user}; `run.py users list` shows them")
    return user
