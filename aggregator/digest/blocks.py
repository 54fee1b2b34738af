"""Lays out stories: in full, as one headline, or as a related article."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache

from aggregator.digest.marks import article_marks, story_marks
from aggregator.digest.outlets import outlet_keys
from aggregator.digest.page import Article, Block, Headline, Section, Text
from aggregator.digest.safe import direction, line, link
from aggregator.digest.selection import Edition, newest
from aggregator.digest.wording import Wording
from aggregator.model import Item
from aggregator.reading.story_view import Coverage, StoryView
from aggregator.text.titles import normal_form

NAME = 80
"""Characters of the name of an outlet, a section or a digest."""
VERSIONS = 5
"""Other headlines that are shown of one article."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def section(name: str, words: Wording) -> Section | None:
    """The heading of a section: its tag, or the name of its language."""
    kind, _, value = name.partition(":")
    if not kind:
        return None
    if kind == "followed":
        title = words.phrase("followed")
    else:
        title = words.language_name(value) if kind == "language" else line(value, NAME)
    digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
    return Section(title, f"section-{digest}")


def headline(view: StoryView, edition: Edition, words: Wording) -> Headline:
    """A story as one line, all of one item."""
    item = view.coverage[0].item
    return Headline(
        id=view.story.id,
        anchor=anchor(view.story.id),
        title=_text(item.title, words, item.link, item.language),
        outlet=Text(line(item.source, NAME) or words.phrase("unnamed")),
        updated=newest(view),
        time=words.short(item.time, edition.until),
        iso=stamp(item.time),
        articles=words.count("articles", len(view.coverage)) if len(view.coverage) > 1 else "",
        since=_since(view, edition, words),
        marks=story_marks(view, edition.since),
    )


def block(
    view: StoryView, edition: Edition, words: Wording, listed: Collection[str], *, lead: int
) -> Block:
    """A story in full. ``listed``: the stories on the page; ``lead``: characters of its lead."""
    main, *rest = view.coverage
    head = main.item  # headline, lead, outlet and time are all of this one
    updated = newest(view)
    items = [item for part in view.coverage for item in part.members]
    folded = len(items) - len(view.coverage)
    outlets = len(set(outlet_keys(items).values()))
    mixed = not all(part.new for part in view.coverage)
    return Block(
        id=view.story.id,
        anchor=anchor(view.story.id),
        headline=_text(head.title, words, head.link, head.language),
        lead=Text(line(head.lead, lead), None, head.language, direction(head.language)),
        time=words.short(head.time, edition.until),
        iso=stamp(head.time),
        updated=updated,
        published=min(view.story.first, *(item.time for item in items)),
        article=_article(main, edition, words, mixed),
        related=tuple(_article(part, edition, words, mixed) for part in rest),
        outlets=words.count("outlets", outlets) if outlets > 1 else "",
        repetitions=words.count("repetitions", folded) if folded else "",
        since=_since(view, edition, words),
        section=section(view.section, words),
        marks=story_marks(view, edition.since),
        follows=_follows(view, words, listed),
        why=_why(view, words),
        tags=tuple(dict.fromkeys(line(tag, NAME) for item in items for tag in item.tags if tag)),
    )


def _article(coverage: Coverage, edition: Edition, words: Wording, mixed: bool) -> Article:
    """Lay out one article; ``mixed`` says whether the story also has older ones."""
    item = coverage.item
    first = coverage.first_published
    return Article(
        title=_text(item.title, words, item.link, item.language),
        outlets=tuple(_outlets(coverage.members, words)),
        time=words.short(item.time, edition.until),
        iso=stamp(item.time),
        repetitions=words.count("repetitions", len(coverage.copies)) if coverage.copies else "",
        first_published=words.phrase("first_published", date=words.date(first)) if first else "",
        credit=words.phrase("credit", name=line(item.credit, NAME)) if item.credit else "",
        new=mixed and coverage.new,
        marks=article_marks(item),
        versions=tuple(_versions(coverage, words)),
    )


def _versions(coverage: Coverage, words: Wording) -> Iterator[Text]:
    """The other headlines of an article, each with the outlet that chose it.

    One that differs by a word or less from those before it says nothing else.
    """
    seen = [_words(coverage.item.title, coverage.item.language)] if coverage.copies else []
    for copy in coverage.copies:
        own = _words(copy.title, copy.language)
        if all(len(own ^ other) > 1 for other in seen) and own and len(seen) <= VERSIONS:
            seen.append(own)
            outlet = line(copy.source, NAME) or words.phrase("unnamed")
            told = line(f"{copy.title} — {outlet}")
            yield Text(told, link(copy.link), copy.language, direction(copy.language))


@lru_cache(maxsize=16_384)  # one edition is written in several formats
def _words(title: str, language: str | None) -> frozenset[str]:
    return frozenset(normal_form(title, language).split())


def _since(view: StoryView, edition: Edition, words: Wording) -> str:
    """When the story began, if that was before the span and before its main article."""
    first = min(item.time for part in view.coverage for item in part.members)
    head = view.coverage[0].item.time
    if first > edition.since or first >= head:
        return ""
    return words.phrase("began", date=words.near_date(first, edition.until))


def _outlets(items: Iterable[Item], words: Wording) -> Iterable[Text]:
    """Every outlet once, linked to its own article."""
    items = tuple(items)
    keys = outlet_keys(items)
    seen: dict[str, Text] = {}
    for item in items:
        name = line(item.source, NAME)
        text = Text(name or words.phrase("unnamed"), link(item.link) or link(item.url))
        key = keys[item.id]
        if key not in seen or (seen[key].href is None and text.href):
            seen[key] = text
    return seen.values()


def _text(text: str, words: Wording, href: str | None, language: str | None) -> Text:
    shown = line(text)
    if not shown:
        return Text(words.phrase("untitled"), link(href), words.language, direction(words.language))
    return Text(shown, link(href), language, direction(language))


def _follows(view: StoryView, words: Wording, listed: Collection[str]) -> Text | None:
    """The story that this one follows, linked to this page or to the earlier article."""
    earlier = view.earlier
    if earlier is None:
        return None
    here = f"#{anchor(earlier.story)}" if earlier.story in listed else link(earlier.link)
    return Text(line(earlier.headline) or words.phrase("untitled"), here)


def _why(view: StoryView, words: Wording) -> tuple[tuple[str, str], ...]:
    """The factors of the score in words; factors without a phrase are left out."""
    parts = [("score", view.story.score), *view.story.score_parts]
    return tuple(
        (words.phrase(f"part_{name}"), words.number(value))
        for name, value in parts
        if f"part_{name}" in words.texts and isinstance(value, int | float)
    )


def anchor(story: str) -> str:
    """The fragment of a story on a page."""
    if _ID.fullmatch(story):
        return f"story-{story}"
    return f"story-{hashlib.sha256(story.encode('utf-8', 'replace')).hexdigest()[:16]}"


def stamp(time: datetime) -> str:
    """A time as ISO 8601 in UTC, to the second: ``2026-11-24T07:00:00Z``."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
