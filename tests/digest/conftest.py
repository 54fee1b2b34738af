"""Stories to make editions of; every text here was written for these tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.model import Item, Story
from aggregator.reading.story_view import Coverage, Earlier, StoryView

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def item(key: str, title: str, **said: Any) -> Item:
    """An item that was published an hour before now, unless ``said`` otherwise."""
    hours = said.pop("hours", 1.0)
    values: dict[str, Any] = {
        "id": f"i{key}",
        "feed": f"f{key}",
        "identity": key,
        "title": title,
        "seen": NOW - timedelta(hours=hours),
        "published": NOW - timedelta(hours=hours),
        "lead": f"{title}, in a sentence.",
        "link": f"https://{key}.example/news/1",
        "url": f"https://{key}.example/news/1",
        "language": "en",
        "source": f"The {key.title()}",
    }
    return Item(**(values | said))


def coverage(key: str, title: str, *copies: Item, **said: Any) -> Coverage:
    """A canonical item with its repetitions."""
    first = said.pop("first_published", None)
    new = said.pop("new", True)
    return Coverage(item(key, title, **said), f"c{key}", copies, first, new)


def view(key: str, *parts: Coverage, **said: Any) -> StoryView:
    """A story that takes its headline and lead from its first article."""
    first = parts[0].item
    items = [i for part in parts for i in part.members]
    earlier: Earlier | None = said.pop("earlier", None)
    values: dict[str, Any] = {
        "id": f"s{key}",
        "headline": first.title,
        "lead": first.lead,
        "language": first.language,
        "first": min(i.time for i in items),
        "last": max(i.time for i in items),
        "canonicals": tuple(part.canonical for part in parts),
        "outlets": tuple(dict.fromkeys(i.source for i in items)),
        "languages": tuple(dict.fromkeys(i.language for i in items if i.language)),
    }
    return StoryView(Story(**(values | said)), parts, earlier)


class Make:
    """The builders, and the time they count from."""

    now = NOW
    item = staticmethod(item)
    coverage = staticmethod(coverage)
    view = staticmethod(view)


@pytest.fixture(scope="session")
def make() -> type[Make]:
    return Make


@pytest.fixture
def harbour(make: type[Make]) -> StoryView:
    """One story of three articles, one of them carried three times."""
    return make.view(
        "harbour",
        make.coverage(
            "herald",
            "Harbour bridge closes for repairs",
            make.item("post", "HARBOUR BRIDGE CLOSES FOR REPAIRS", hours=0.8),
            make.item("wire", "Harbour bridge closes for repairs - Wire", hours=0.9),
        ),
        make.coverage("times", "Ferries take over while the bridge is shut", hours=2),
        make.coverage("gazette", "Why the harbour bridge rusts", hours=3),
    )


Builder = Callable[..., StoryView]
