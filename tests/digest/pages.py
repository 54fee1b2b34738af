"""Editions of a few stories, and their pages read back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import html5lib
from markdown_it import MarkdownIt

from aggregator.digest import Edition, render, select
from aggregator.reading.story_view import StoryView
from aggregator.settings import DigestSettings

DAY = timedelta(hours=24)


def edition_of(make: Any, *views: StoryView, **said: Any) -> Edition:
    settings = DigestSettings(name="daily", **{"title": "The day", **said})
    return select(
        settings,
        views,
        since=make.now - DAY,
        until=make.now,
        made=make.now,
        feeds_seen=7,
        listed={"iold": make.now - 2 * DAY},
    )


def page(edition: Edition) -> Any:
    return html5lib.parse(render(edition, "html"), namespaceHTMLElements=False)


def text_of(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def marked(edition: Edition) -> Any:
    rendered = MarkdownIt("commonmark").render(render(edition, "md"))
    return html5lib.parse(rendered, namespaceHTMLElements=False)


def links(element: Any) -> list[str]:
    return [a.get("href") for a in element.iter("a") if not a.get("href").startswith("#")]
