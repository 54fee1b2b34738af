"""An edition as it is laid out: every text gated, every link checked, every date told.

All human-readable formats (HTML, Markdown, Atom) are written from a ``Page``, so
that what is safe and what is said is decided once. A format only escapes.
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
    """One line of text, where it leads to, and the language it is in."""

    text: str
    href: str | None = None
    language: str | None = None
    direction: str = "auto"


@dataclass(frozen=True, slots=True)
class Article:
    """One canonical item: its title, every outlet that carries it, what was folded."""

    title: Text
    outlets: tuple[Text, ...]
    time: str  # as told
    iso: str  # as a machine reads it
    repetitions: str  # empty where none was folded
    first_published: str  # empty unless republished
    credit: str
    new: bool  # set only where the story has older articles as well


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
    article: Article  # the one that leads
    related: tuple[Article, ...]
    outlets: str  # '5 outlets'; empty for one
    repetitions: str  # of the whole story
    update: bool  # listed before, and something new came
    follows: Text | None
    why: tuple[tuple[str, str], ...]  # the parts of its score
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole digest."""

    title: Text
    name: str
    folder: str  # under the digest's directory, as deliver writes it
    language: str
    direction: str
    day: str
    span: str
    summary: tuple[str, ...]
    blocks: tuple[Block, ...]
    more: str  # how many stories the limit left out
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
        ("stories", len(edition.stories)),  # the rest is told at the end
        ("articles", edition.items),
        ("repetitions", edition.folded),
        ("feeds", edition.feeds_seen),
    )
    return tuple(words.count(key, number) for key, number in counts if number)


def _block(view: StoryView, edition: Edition, words: Wording, listed: set[str]) -> Block:
    lead, *rest = view.coverage
    updated = newest(view)
    # The story's own headline and lead belong to its own language's article; where
    # another one leads, that one speaks for itself.
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
    """One article as laid out; ``mixed`` is whether the story also has older ones."""
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
    """Every outlet once, each a link to what it published itself."""
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
    """What the story continues: a place on this page, else the earlier article."""
    earlier = view.earlier
    if earlier is None:
        return None
    here = f"#{anchor(earlier.story)}" if earlier.story in listed else link(earlier.link)
    return Text(line(earlier.headline) or words.phrase("untitled"), here)


def _why(view: StoryView, words: Wording) -> tuple[tuple[str, str], ...]:
    """The parts of the score, in words; a part without a word here is left out."""
    parts = [("score", view.story.score), *view.story.score_parts]
    return tuple(
        (words.phrase(f"part_{name}"), words.number(value))
        for name, value in parts
        if f"part_{name}" in words.texts and isinstance(value, int | float)
    )


def anchor(story: str) -> str:
    """The fragment under which a story stands on a page."""
    if _ID.fullmatch(story):
        return f"story-{story}"
    return f"story-{hashlib.sha256(story.encode('utf-8', 'replace')).hexdigest()[:16]}"


def stamp(time: datetime) -> str:
    """A time as ISO 8601 in UTC, to the second: ``2026-11-24T07:00:00Z``."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
