"""Resolves feeds given on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.cli.context import CommandError
from aggregator.text.identity import feed_id

if TYPE_CHECKING:
    from storage import View


def feed_id_of(view: View, wanted: str) -> str:
    """The id of a feed given by id, address or title. Raises CommandError."""
    for feed in view.feeds.list(include_removed=True):
        if wanted in (feed.id, feed.url, feed.title) or feed_id(wanted) == feed.id:
            return feed.id
    raise CommandError(f"no feed {wanted}; `run.py feeds list` lists them")
