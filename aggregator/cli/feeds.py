"""``run.py feeds``: subscriptions. feeds.toml is edited in place; its comments stay."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli import feeds_file, output
from aggregator.cli.context import CommandError, Context, now, of
from aggregator.engine.subscriptions import subscribe, to_feed
from aggregator.polling.subscriptions import resumed
from aggregator.reading import json_rows, wording

if TYPE_CHECKING:
    from aggregator.fetch import Found
    from aggregator.settings import FeedSettings

group = typer.Typer(
    help="Subscriptions: list, status, add, remove, resume, starter, discover, import, export.",
    no_args_is_help=True,
)

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="A tag; repeatable.")]


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    app.add_typer(group, name="feeds")


@group.command("list")
def list_feeds(context: typer.Context, as_json: Json = False) -> None:
    """List the subscriptions in feeds.toml."""
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
    """Show the state of each feed: last poll, next poll and its reason, errors, duplicates.

    The reason also names what most entries of a feed share (guids, links, titles, texts): it
    tells none of them apart and proves nothing. And it warns where most items of a feed are one
    canonical item.
    """
    ours = of(context)
    with ours.store() as store:
        subscribe(store, ours.settings.feeds)
        with store.reading() as view:
            states = view.feeds.states()
            feeds = [one for one in view.feeds.list(include_removed=True) if one.id in states]
            gathered = view.feeds.gathered()
            rows = [
                json_rows.status(
                    feed,
                    states[feed.id],
                    view.histories.get(feed.id).shared.telling_nothing,
                    gathered.get(feed.id),
                )
                for feed in feeds
            ]
        output.show_rows(
            rows if as_json else map(_with_warnings, rows),
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


def _with_warnings(row: dict[str, object]) -> dict[str, object]:
    """A row whose reason also says what of the feed proves nothing, and what gathers its items."""
    notes = [row["why"]] if row["why"] else []
    distrusted, gathered = row["distrusted"], row["gathered"]
    if isinstance(distrusted, list) and distrusted:
        kinds = " and ".join(f"{kind}s" for kind in distrusted)
        notes.append(f"its {kinds} tell nothing apart")
    if isinstance(gathered, dict):
        canonical, count, total = gathered.values()
        notes.append(f"{count} of its {total} items are one, {canonical}: check with `items why`")
    return {**row, "why": "; ".join(map(str, notes))} if notes else row


@group.command("add")
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="A feed, or a page that links to its feeds.")],
    title: Annotated[str | None, typer.Option(help="Display title.")] = None,
    language: Annotated[str | None, typer.Option(help="Language code of its entries.")] = None,
    tag: Tags = None,
    as_given: Annotated[
        bool, typer.Option("--as-given", help="Add the address as it is, without fetching it.")
    ] = False,
) -> None:
    """Subscribe to a feed, or to the first feed that a page links to.

    An address without http:// or https:// is taken for a web site, unless a file with
    that name exists.
    """
    from aggregator.cli.addresses import feeds_at, file_of, is_web
    from aggregator.config import edit

    ours = of(context)
    _refuse_known(ours, url)
    others: list[Found] = []
    if not is_web(ours, url):
        if not as_given and not file_of(ours, url).is_file():
            raise CommandError(
                f"file not found: {file_of(ours, url)}; use --as-given to subscribe anyway"
            )
    elif not as_given:
        first, *others = feeds_at(ours, url)
        title = title or first.title or None
        if first.url != url:
            _refuse_known(ours, first.url)
            url = first.url
    elif "://" not in url:
        url = f"https://{url}"
    feeds_file.change(
        ours,
        edit.add_feeds(
            feeds_file.text(ours), [edit.NewFeed(url, title, tuple(tag or ()), language)]
        ),
    )
    output.say(f"added {url}")
    if others:
        print("the page links to more feeds; add them with `run.py feeds add`:")
        for one in others:
            output.say(f"  {one.url}  {one.title}".rstrip())


@group.command("remove")
def remove(
    context: typer.Context, url: Annotated[str, typer.Argument(help="Address, title or id.")]
) -> None:
    """Unsubscribe from a feed; its items are kept."""
    from aggregator.config import edit

    ours = of(context)
    key = _named(ours, url).key
    try:
        text = edit.remove_feed(feeds_file.text(ours), key)
    except KeyError:
        raise CommandError(
            f"{key} is in {ours.config}, but not in a [[feeds]] table; remove it by hand"
        ) from None
    feeds_file.change(ours, text)
    output.say(f"removed {key}; its items are kept")


@group.command("resume")
def resume(
    context: typer.Context,
    feed: Annotated[str, typer.Argument(help="Title, address or id.")],
) -> None:
    """Resume a feed that is gone (410), in quarantine or waiting after errors.

    A Retry-After that its publisher sent is still honoured.
    """
    from aggregator.fetch import horizon

    ours = of(context)
    settings = _named(ours, feed)
    if not settings.enabled:
        raise CommandError(
            f"{settings.key} is disabled (enabled = false) in {ours.config}; enable it there"
        )
    at = now()
    with ours.store() as store:
        subscribe(store, ours.settings.feeds)
        with store.transaction() as tx:
            before = tx.feeds.state(to_feed(settings).id)
            after = resumed(before, now=at, beyond=horizon(ours.settings.fetch, at))
            tx.feeds.save_state(after)
    when = wording.when(after.next_poll)
    output.say(
        f"{settings.title or settings.key} was {before.state.value}; polling resumes "
        + (
            f"at {when}, when the Retry-After of its publisher ends"
            if when
            else "with the next run"
        )
    )


@group.command("starter")
def starter(
    context: typer.Context,
    languages: Annotated[
        list[str] | None,
        typer.Argument(help="Language codes such as ar en fa; without any, lists the languages."),
    ] = None,
) -> None:
    """Enable the starter feeds in feeds.toml for some languages."""
    from aggregator.config import edit

    ours = of(context)
    text = feeds_file.text(ours)
    known = edit.starter_languages(text)
    if not languages:
        output.say(
            "\n".join(f"{code}  {count} feeds" for code, count in known.items())
            or "your feeds.toml has no starter feeds left"
        )
        return
    if unknown := [code for code in languages if code not in known]:
        left = " ".join(known) or "none"
        raise CommandError(f"no starter feeds for {' '.join(unknown)}; available: {left}")
    changed, count = edit.enable_starter(text, languages)
    feeds_file.change(ours, changed)
    print(f"enabled {count} feeds in {ours.config}; run `run.py once` to poll them")


@group.command("discover")
def discover_feeds(context: typer.Context, url: str, as_json: Json = False) -> None:
    """Find the feeds that a page links to, or that its site has at the usual addresses."""
    from aggregator.cli.addresses import feeds_at

    found = feeds_at(of(context), url)
    output.show_rows(
        ({"url": one.url, "title": one.title, "type": one.type} for one in found),
        as_json=as_json,
        columns=("url", "title", "type"),
    )


@group.command("import")
def import_opml(
    context: typer.Context, file: Annotated[Path, typer.Argument(metavar="OPML")]
) -> None:
    """Subscribe to the feeds in an OPML file; folders become tags."""
    from aggregator.cli import opml
    from aggregator.parse import ParseError, ParserCrashed, ParserMissing, ParserPool

    ours = of(context)
    limits = ours.settings.fetch
    try:
        with ParserPool(seconds=limits.parse_seconds, memory=limits.parse_memory) as parsers:
            added = opml.add(ours, file, parsers)
    except (ParseError, ParserCrashed, ParserMissing, ValueError, OSError) as error:
        raise CommandError(f"{file}: {output.reason(error)}") from error
    for problem in added.problems:
        output.complain(f"{file}: {problem}")
    output.say(str(added))


@group.command("export")
def export(context: typer.Context) -> None:
    """Print the subscriptions as OPML."""
    from aggregator.parse import OpmlFeed, write_opml

    feeds = [
        OpmlFeed(url=feed.key, title=feed.title or "", tags=feed.tags)
        for feed in of(context).settings.feeds
    ]
    sys.stdout.write(write_opml(feeds).decode("utf-8"))


def _named(ours: Context, wanted: str) -> FeedSettings:
    """The subscription with that address, title or id. Raises CommandError."""
    for feed in ours.settings.feeds:
        if wanted in (feed.key, feed.url, feed.title, to_feed(feed).id):
            return feed
    raise CommandError(f"{ours.config} has no feed {wanted}; `run.py feeds list` lists them")


def _refuse_known(ours: Context, url: str) -> None:
    from aggregator.fetch import same_feed

    for feed in ours.settings.feeds:
        if same_feed(feed.key, url):
            raise CommandError(f"{ours.config} already subscribes to that feed, as {feed.key}")
