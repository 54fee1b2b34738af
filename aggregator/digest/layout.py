"""Lays out an edition: every text gated, every link checked, every date formatted.

All human-readable formats (HTML, Markdown, Atom) are made from a ``Page``, so that
safety and wording are decided in one place. A format only escapes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.digest.names import file_name
from aggregator.digest.rank import outlet_key
from aggregator.digest.safe import direction, line, link
from aggregator.digest.selection import Edition, newest
from aggregator.digest.wording import Wording, wording
from aggregator.model import Item
from aggregator.reading.story_view import Coverage, StoryView

_LEAD = 600  # characters
_NAME = 80
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text with its link target and language."""

    text: str
    href: str | None = None
    language: str | None = None
    direction: str = "auto"


@dataclass(frozen=True, slots=True)
class Article:
    """One canonical item: its title, all outlets that carry it, collapsed duplicates."""

    title: Text
    outlets: tuple[Text, ...]
    time: str  # formatted for people
    iso: str  # machine-readable
    repetitions: str  # empty if there are none
    first_published: str  # empty unless republished
    credit: str
    new: bool  # set only if the story also has older articles


@dataclass(frozen=True, slots=True)
class Block:
    """One story on the page."""

    id: str
    anchor: str
    headline: Text
    lead: Text
    time: str
    iso: str
    updated: datetime
    published: datetime
    article: Article  # the main article
    related: tuple[Article, ...]
    outlets: str  # '5 outlets'; empty for one
    repetitions: str  # of the whole story
    update: bool  # listed before, and has something new
    follows: Text | None
    why: tuple[tuple[str, str], ...]  # the factors of its score
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A complete digest."""

    title: Text
    name: str
    folder: str  # name of the folder that ``deliver`` writes to
    language: str
    direction: str
    day: str
    span: str
    summary: tuple[str, ...]
    blocks: tuple[Block, ...]
    more: str  # phrase with the number of stories beyond the limit
    until: datetime
    link: str | None
    words: Wording


def lay_out(edition: Edition) -> Page:
    """The page of an edition, in the edition's language and time zone."""
    words = wording(edition.language, edition.timezone)
    listed = {view.story.id for view in edition.stories}
    blocks = tuple(
        _block(view, edition, words, listed) for view in edition.stories if view.coverage
    )
    title = line(edition.title or edition.name)
    return Page(
        title=Text(title, None, words.language, direction(words.language)),
        name=line(edition.name, _NAME),
        folder=file_name(edition.name),
        language=words.language,
        direction=direction(words.language),
        day=words.day(edition.until),
        span=words.phrase(
            "span", since=words.moment(edition.since), until=words.moment(edition.until)
        ),
        summary=_summary(edition, words),
        blocks=blocks,
        more=words.count("more", edition.total - len(edition.stories))
        if edition.total > len(edition.stories)
        else "",
        until=edition.until,
        link=link(edition.link),
        words=words,
    )


def _summary(edition: Edition, words: Wording) -> tuple[str, ...]:
    counts = (
        ("stories", len(edition.stories)),  # the other counts are shown at the end
        ("articles", edition.items),
        ("repetitions", edition.folded),
        ("feeds", edition.feeds_seen),
    )
    return tuple(words.count(key, number) for key, number in counts if number)


def _block(view: StoryView, edition: Edition, words: Wording, listed: set[str]) -> Block:
    lead, *rest = view.coverage
    updated = newest(view)
    # The story's headline and lead belong to its headline article. If another article is the
    # main one, its own title and lead are shown.
    own = lead.item.title == view.story.headline or not lead.item.title
    headline = view.story.headline if own else lead.item.title
    summary = (own and view.story.lead) or lead.item.lead
    language = (own and view.story.language) or lead.item.language
    items = [item for part in view.coverage for item in part.members]
    folded = len(items) - len(view.coverage)
    outlets = len({outlet_key(item.source, item.feed) for item in items})
    mixed = not all(part.new for part in view.coverage)
    return Block(
        id=view.story.id,
        anchor=anchor(view.story.id),
        headline=_text(headline, words, lead.item.link, language),
        lead=Text(line(summary, _LEAD), None, language, direction(language)),
        time=words.short(updated, edition.until),
        iso=stamp(updated),
        updated=updated,
        published=min(view.story.first, *(item.time for item in items)),
        article=_article(lead, edition, words, mixed),
        related=tuple(_article(part, edition, words, mixed) for part in rest),
        outlets=words.count("outlets", outlets) if outlets > 1 else "",
        repetitions=words.count("repetitions", folded) if folded else "",
        update=view.listed is not None,
        follows=_follows(view, words, listed),
        why=_why(view, words),
        tags=tuple(dict.fromkeys(line(tag, _NAME) for item in items for tag in item.tags if tag)),
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
        credit=words.phrase("credit", name=line(item.credit, _NAME)) if item.credit else "",
        new=mixed and coverage.new,
    )


def _outlets(items: Iterable[Item], words: Wording) -> Iterable[Text]:
    """Every outlet once, linked to its own article."""
    seen: dict[str, Text] = {}
    for item in items:
        name = line(item.source, _NAME)
        text = Text(name or words.phrase("unnamed"), link(item.link) or link(item.url))
        key = outlet_key(item.source, item.feed)
        if key not in seen or (seen[key].href is None and text.href):
            seen[key] = text
    return seen.values()


def _text(text: str, words: Wording, href: str | None, language: str | None) -> Text:
    shown = line(text)
    if not shown:
        return Text(words.phrase("untitled"), link(href), words.language, direction(words.language))
    return Text(shown, link(href), language, direction(language))


def _follows(view: StoryView, words: Wording, listed: set[str]) -> Text | None:
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
