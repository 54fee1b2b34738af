"""An edition as JSON, for programs. ``docs/digest.md`` lists the fields."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from aggregator.digest.blocks import anchor, stamp
from aggregator.digest.formats.format import Format, embeddable
from aggregator.digest.outlets import outlet_keys
from aggregator.digest.safe import direction, line, link
from aggregator.digest.selection import Edition, newest
from aggregator.model import Item
from aggregator.reading.story_view import Coverage, StoryView

SCHEMA = 2
"""Increased when a field is removed or changes its meaning, not for new fields."""

_TEXT = 2_000


def render_json(edition: Edition) -> str:
    """The edition as one JSON object, keys in a fixed order, text as UTF-8."""
    document = {
        "schema": SCHEMA,
        "name": line(edition.name),
        "title": line(edition.title or edition.name),
        "language": edition.language,
        "since": stamp(edition.since),
        "until": stamp(edition.until),
        "order": edition.order,
        "counts": {
            "stories": edition.total,
            "listed": len(edition.stories),
            "headlines": len(edition.headlines),
            "dropped": len(edition.dropped),
            "items": edition.items,
            "repetitions": edition.folded,
            "feeds": edition.feeds_seen,
        },
        "gaps": {
            "failed": _lines(edition.gaps.failed),
            "unreadable": _lines(edition.gaps.unreadable),
            "beyond": edition.gaps.beyond,
            "advertisements": edition.gaps.advertisements,
            "muted": edition.gaps.muted,
        },
        "stories": [_story(view) for view in edition.stories],
        "headlines": [_headline(view) for view in edition.headlines],
    }
    return embeddable(json.dumps(document, ensure_ascii=False, indent=1)) + "\n"


def _story(view: StoryView) -> dict[str, Any]:
    story = view.story
    items = [item for part in view.coverage for item in part.members]
    return {
        "id": line(story.id),
        "anchor": anchor(story.id),
        "section": line(view.section),
        "headline": line(story.headline),
        "lead": line(story.lead, _TEXT),
        "language": _code(story.language),
        "direction": direction(story.language),
        "link": link(view.coverage[0].item.link) if view.coverage else None,
        "first": stamp(story.first),
        "last": stamp(story.last),
        "newest": stamp(newest(view)) if view.coverage else None,
        "state": line(story.state),
        "listed": _time(view.listed),
        "followed": view.followed,
        "score": story.score,
        "score_parts": {line(name): _plain(value) for name, value in story.score_parts},
        "outlets": _outlets(items),
        "languages": _lines(item.language or "" for item in items),
        "terms": _lines(story.terms),
        "repetitions": len(items) - len(view.coverage),
        "follows": _follows(view),
        "coverage": [_coverage(part) for part in view.coverage],
    }


def _outlets(items: list[Item]) -> list[str]:
    """The name of each outlet once: the first of its feeds."""
    names: dict[str, str] = {}
    keys = outlet_keys(items)
    for item in items:
        names.setdefault(keys[item.id], item.source)
    return _lines(names.values())


def _headline(view: StoryView) -> dict[str, Any]:
    """A story of which only the headline is shown: its main article, and what it stands for."""
    item = view.coverage[0].item
    return {
        "id": line(view.story.id),
        "anchor": anchor(view.story.id),
        "section": line(view.section),
        "headline": line(item.title),
        "language": _code(item.language),
        "link": link(item.link),
        "source": line(item.source),
        "published": _time(item.published),
        "listed": _time(view.listed),
        "followed": view.followed,
        "canonicals": [line(part.canonical) for part in view.coverage if part.new],
    }


def _follows(view: StoryView) -> dict[str, Any] | None:
    if view.earlier is None:
        if view.story.follows is None:
            return None
        return {"id": line(view.story.follows), "headline": None, "link": None}
    earlier = view.earlier
    return {
        "id": line(earlier.story),
        "headline": line(earlier.headline),
        "link": link(earlier.link),
    }


def _coverage(part: Coverage) -> dict[str, Any]:
    return {
        "canonical": line(part.canonical),
        "new": part.new,
        "first_published": _time(part.first_published),
        "item": _item(part.item),
        "copies": [_item(item) for item in part.copies],
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "id": line(item.id),
        "title": line(item.title),
        "lead": line(item.lead, _TEXT),
        "link": link(item.link),
        "url": link(item.url),
        "source": line(item.source),
        "credit": line(item.credit) if item.credit else None,
        "language": _code(item.language),
        "published": _time(item.published),
        "updated": _time(item.updated),
        "seen": stamp(item.seen),
        "tags": _lines(item.tags),
        "flags": _lines(item.flags),
        "revision": item.revision,
    }


def _lines(texts: Iterable[str]) -> list[str]:
    """The distinct texts, gated, in order."""
    return list(dict.fromkeys(filter(None, (line(text) for text in texts))))


def _plain(value: str | float) -> str | float:
    return line(value) if isinstance(value, str) else value


def _code(language: str | None) -> str | None:
    return line(language, 35) if language else None


def _time(time: datetime | None) -> str | None:
    return stamp(time) if time else None


FORMAT = Format("json", ".json", "application/json", render_json)
