"""The answer key of the sample edition: a careful editor's judgement of every entry."""

from __future__ import annotations

import json
from collections.abc import Iterable

from edition_sources import EntrySource, FeedSource


def expected(feeds: Iterable[FeedSource]) -> bytes:
    """The content of ``expected.json``: one object per entry and line, in source order."""
    rows = [
        json.dumps(_row(feed, entry), ensure_ascii=False)
        for feed in feeds
        for entry in feed.entries
    ]
    return ("[\n" + ",\n".join(rows) + "\n]\n").encode()


def _row(feed: FeedSource, entry: EntrySource) -> dict[str, object]:
    row: dict[str, object] = {
        "feed": feed.file,
        "key": entry.key,
        "guid": entry.guid,
        "link": entry.url,
        "title": entry.forms[-1].title,
        "language": feed.language,
        "day": entry.forms[0].day,
        "canonical": entry.canonical,
        "story": entry.story,
    }
    optional = {
        "event": entry.event,
        "follows": entry.follows,
        "rule": entry.rule,
        "flags": list(entry.flags),
        "trap": entry.trap,
    }
    return row | {name: value for name, value in optional.items() if value}
