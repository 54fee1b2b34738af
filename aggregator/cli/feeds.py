"""``run.py feeds``: subscriptions. feeds.toml is edited in place; its comments stay."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli import output, rows
from aggregator.cli.context import CommandError, Context, of
from aggregator.config import ConfigError, edit, load
from aggregator.config.edit import NewFeed
from aggregator.fetch import Fetcher, Found, discover, same_feed
from aggregator.parse import OpmlFeed, ParseError, read_opml, write_opml
from aggregator.subscriptions import subscribe, to_feed

group = typer.Typer(
    help="Subscriptions: list, status, add, remove, starter, discover, import, export.",
    no_args_is_help=True,
)

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="A tag; may be given again.")]


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    app.add_typer(group, name="feeds")


@group.command("list")
def list_feeds(context: typer.Context, as_json: Json = False) -> None:
    """The subscriptions in feeds.toml."""
    feeds = of(context).settings.feeds
    output.show_rows(
        (
            {
                "id": to_feed(feed).id,
                "url": feed.key,
                "title": feed.title,
                "language": feed.language,
                "tags": feed.tags,
                "priority": feed.priority,
                "weight": feed.weight,
                "enabled": feed.enabled,
            }
            for feed in feeds
        ),
        as_json=as_json,
        columns=("id", "language", "title", "url", "tags"),
    )


@group.command("status")
def status(context: typer.Context, as_json: Json = False) -> None:
    """How each feed does: last and next poll and why then, errors, rhythm, shares."""
    ours = of(context)
    with ours.store() as store:
        subscribe(store, ours.settings.feeds)
        with store.reading() as tx:
            states = tx.feeds.states()
            feeds = tx.feeds.list(include_removed=True)
        output.show_rows(
            (rows.status(feed, states[feed.id]) for feed in feeds if feed.id in states),
            as_json=as_json,
            columns=(
                "feed",
                "state",
                "last_poll",
                "next_poll",
                "why",
                "errors",
                "entries",
                "duplicates_share",
            ),
        )


@group.command("add")
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="A feed, or a page that names its feeds.")],
    title: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    language: Annotated[str | None, typer.Option(help="What it is written in (code).")] = None,
    tag: Tags = None,
    as_given: Annotated[
        bool, typer.Option("--as-given", help="Do not look at the address; take it as it is.")
    ] = False,
) -> None:
    """Subscribe to a feed; given a page, to the feed that the page names."""
    ours = of(context)
    _refuse_known(ours, url)
    if not as_given and url.startswith(("http://", "https://")):
        found = _discover(ours, url)
        if not found:
            raise CommandError(
                f"{url} is no feed and names none; --as-given takes the address as it is"
            )
        if len(found) > 1:
            for one in found:
                output.complain(f"  {one.url}  {one.title}")
            raise CommandError(f"{url} names {len(found)} feeds: add one of these")
        title = title or found[0].title or None
        if found[0].url != url:
            _refuse_known(ours, found[0].url)
            url = found[0].url
    _change(ours, edit.add_feeds(_text(ours), [NewFeed(url, title, tuple(tag or ()), language)]))
    print(f"added {url}")


@group.command("remove")
def remove(
    context: typer.Context, url: Annotated[str, typer.Argument(help="Its address, title or id.")]
) -> None:
    """End a subscription. Its items stay."""
    ours = of(context)
    key = next(
        (f.key for f in ours.settings.feeds if url in (f.key, f.url, f.title, to_feed(f).id)), None
    )
    if key is None:
        raise CommandError(
            f"{ours.config} does not subscribe to {url}: `run.py feeds list` names all"
        )
    _change(ours, edit.remove_feed(_text(ours), key))
    print(f"removed {key}; its items stay")


@group.command("starter")
def starter(
    context: typer.Context,
    languages: Annotated[
        list[str] | None, typer.Argument(help="Codes such as ar en fa; none lists them.")
    ] = None,
) -> None:
    """Enable the starter feeds in feeds.toml for some languages."""
    ours = of(context)
    text = _text(ours)
    known = edit.starter_languages(text)
    if not languages:
        print(
            "\n".join(f"{code}  {count} feeds" for code, count in known.items()) or "none is left"
        )
        return
    if unknown := [code for code in languages if code not in known]:
        left = " ".join(known) or "none is left"
        raise CommandError(f"no starter feeds for {' '.join(unknown)}; there are: {left}")
    changed, count = edit.enable_starter(text, languages)
    _change(ours, changed)
    print(f"enabled {count} feeds in {ours.config}; `run.py once` polls them")


@group.command("discover")
def discover_feeds(context: typer.Context, url: str, as_json: Json = False) -> None:
    """The feeds that a page names, or that stand at the usual places of its site."""
    found = _discover(of(context), url)
    output.show_rows(
        ({"url": one.url, "title": one.title, "type": one.type} for one in found),
        as_json=as_json,
        columns=("url", "title", "type"),
    )
    if not found:
        raise CommandError(f"{url} names no feed")


@group.command("import")
def import_opml(
    context: typer.Context, file: Annotated[Path, typer.Argument(metavar="OPML")]
) -> None:
    """Subscribe to the feeds in an OPML file; folders become tags."""
    ours = of(context)
    try:
        listed = read_opml(file.read_bytes())
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error
    except ParseError as error:
        raise CommandError(f"{file}: {error}") from error
    known = [feed.key for feed in ours.settings.feeds]
    new: list[NewFeed] = []
    for one in listed:
        if not any(same_feed(one.url, other) for other in known):
            known.append(one.url)
            new.append(NewFeed(one.url, one.title or None, one.tags))
    _change(ours, edit.add_feeds(_text(ours), new))
    print(f"added {len(new)} feeds, {len(listed) - len(new)} were there already")


@group.command("export")
def export(context: typer.Context) -> None:
    """Print the subscriptions as OPML."""
    feeds = [
        OpmlFeed(url=feed.key, title=feed.title or "", tags=feed.tags)
        for feed in of(context).settings.feeds
    ]
    sys.stdout.write(write_opml(feeds).decode("utf-8"))


def _discover(ours: Context, url: str) -> list[Found]:
    async def work() -> list[Found]:
        async with Fetcher(ours.settings.fetch) as fetcher:
            return await discover(fetcher, url)

    return asyncio.run(work())


def _refuse_known(ours: Context, url: str) -> None:
    for feed in ours.settings.feeds:
        if same_feed(feed.key, url):
            raise CommandError(f"{ours.config} subscribes to that feed already, as {feed.key}")


def _text(ours: Context) -> str:
    _ = ours.settings  # a file with mistakes is not edited
    return ours.config.read_text(encoding="utf-8")


def _change(ours: Context, text: str) -> None:
    """Write feeds.toml, unless what came out would not be read again."""
    draft = ours.config.with_name(f".{ours.config.name}.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        load(draft, store=ours.store_url)
        edit.write(ours.config, text)
    except ConfigError as error:
        raise CommandError(f"not written, for it would be wrong: {error}") from error
    except OSError as error:
        raise CommandError(f"{ours.config} cannot be written: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
