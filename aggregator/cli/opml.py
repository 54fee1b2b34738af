"""Adds the feeds of an OPML list to feeds.toml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aggregator.cli import feeds_file
from aggregator.cli.context import Context
from aggregator.config import edit
from aggregator.fetch import read_file, spelling
from aggregator.parse import ParserPool


@dataclass(frozen=True, slots=True)
class Added:
    """How many feeds of a list are new, how many were known, and what of it is lost."""

    new: int
    known: int
    problems: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"added {self.new} feeds, {self.known} were already subscribed"


def add(ours: Context, path: Path, parsers: ParserPool) -> Added:
    """Subscribe to the feeds in an OPML file, compressed or not; folders become tags.

    Raises ParseError, ParserCrashed, CommandError, and what ``read_file`` raises.
    """
    body, cut = read_file(path, ours.settings.fetch.max_bytes)
    found = parsers.read_opml(body)
    known = {spelling(feed.key) for feed in ours.settings.feeds}
    new: list[edit.NewFeed] = []
    for one in found.feeds:
        if (name := spelling(one.url)) not in known:
            known.add(name)
            new.append(edit.NewFeed(one.url, one.title or None, one.tags))
    feeds_file.change(ours, edit.add_feeds(feeds_file.text(ours), new))
    ours.forget_settings()
    problems = (*found.problems, *(("the compressed file ends early",) if cut else ()))
    return Added(len(new), len(found.feeds) - len(new), problems)
