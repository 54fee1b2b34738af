"""Lays out an edition: every text gated, every link checked, every date formatted.

All human-readable formats (HTML, Markdown, Atom) are made from a ``Page``, so that
safety and wording are decided in one place. A format only escapes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from aggregator.digest.names import file_name
from aggregator.digest.outlets import outlet_keys
from aggregator.digest.page import Article, Block, Headline, Page, Section, Text
from aggregator.digest.safe import direction, line, link
from aggregator.digest.selection import Edition, newest
from aggregator.digest.wording import Wording, wording
from aggregator.model import Item
from aggregator.reading.story_view import Coverage, StoryView

_LEAD = 600  # characters
_NAME = 80
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def lay_out(edition: Edition) -> Page:
    """The page of an edition, in the edition's language and time zone."""
    words = wording(edition.language, edition.timezone)
    listed = {view.story.id for view in (*edition.stories, *edition.headlines)}
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
        contents=_contents(edition, words),
        blocks=blocks,
        headlines=_headlines(edition, words),
        more=words.count("more", len(edition.dropped)) if edition.dropped else "",
        command=f"python run.py stories list --since {stamp(edition.since)} --limit {edition.total}"
        if edition.dropped
        else "",
        until=edition.until,
        link=link(edition.link),
        words=words,
    )


def _section(name: str, words: Wording) -> Section | None:
    """The heading of a section: its tag, or the name of its language."""
    kind, _, value = name.partition(":")
    if not kind:
        return None
    title = words.language_name(value) if kind == "language" else line(value, _NAME)
    digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
    return Section(title, f"section-{digest}", f"headlines-{digest}")


def _contents(edition: Edition, words: Wording) -> tuple[Section, ...]:
    names = dict.fromkeys(view.section for view in edition.stories)
    found = (_section(name, words) for name in names)
    return tuple(section for section in found if section is not None)


def _headlines(
    edition: Edition, words: Wording
) -> tuple[tuple[Section | None, tuple[Headline, ...]], ...]:
    groups: dict[str, list[Headline]] = {}
    for view in edition.headlines:
        groups.setdefault(view.section, []).append(_headline(view, edition, words))
    return tuple((_section(name, words), tuple(lines)) for name, lines in groups.items())


def _headline(view: StoryView, edition: Edition, words: Wording) -> Headline:
    """One line, all of one item."""
    item = view.coverage[0].item
    return Headline(
        id=view.story.id,
        anchor=anchor(view.story.id),
        title=_text(item.title, words, item.link, item.language),
        outlet=Text(line(item.source, _NAME) or words.phrase("unnamed")),
        updated=newest(view),
        time=words.short(item.time, edition.until),
        iso=stamp(item.time),
        articles=words.count("articles", len(view.coverage)) if len(view.coverage) > 1 else "",
        since=_since(view, edition, words),
        marks=_marks(view, edition),
    )


def _marks(view: StoryView, edition: Edition) -> tuple[str, ...]:
    """What is remarkable about a story: it was listed before; its news came late."""
    marks = ["update"] if view.listed is not None else []
    if view.coverage[0].item.time <= edition.since:
        marks.append("late")
    return tuple(marks)


def _since(view: StoryView, edition: Edition, words: Wording) -> str:
    """When the story began, if that was before the span and before its main article."""
    first = min(item.time for part in view.coverage for item in part.members)
    head = view.coverage[0].item.time
    if first > edition.since or first >= head:
        return ""
    return words.phrase("began", date=words.near_date(first, edition.until))


def _summary(edition: Edition, words: Wording) -> tuple[str, ...]:
    counts = (
        ("articles", edition.items),
        ("repetitions", edition.folded),
        ("feeds", edition.feeds_seen),
    )
    shown = len(edition.stories)
    stories = words.count("stories", edition.total)
    if 0 < shown < edition.total:
        stories = words.count("stories_of", edition.total, shown=words.number(shown))
    first = (stories,) if edition.total else ()
    return (*first, *(words.count(key, number) for key, number in counts if number))


def _block(view: StoryView, edition: Edition, words: Wording, listed: set[str]) -> Block:
    lead, *rest = view.coverage
    head = lead.item  # headline, lead, outlet and time are all of this one
    updated = newest(view)
    items = [item for part in view.coverage for item in part.members]
    folded = len(items) - len(view.coverage)
    outlets = len(set(outlet_keys(items).values()))
    mixed = not all(part.new for part in view.coverage)
    return Block(
        id=view.story.id,
        anchor=anchor(view.story.id),
        headline=_text(head.title, words, head.link, head.language),
        lead=Text(line(head.lead, _LEAD), None, head.language, direction(head.language)),
        time=words.short(head.time, edition.until),
        iso=stamp(head.time),
        updated=updated,
        published=min(view.story.first, *(item.time for item in items)),
        article=_article(lead, edition, words, mixed),
        related=tuple(_article(part, edition, words, mixed) for part in rest),
        outlets=words.count("outlets", outlets) if outlets > 1 else "",
        repetitions=words.count("repetitions", folded) if folded else "",
        since=_since(view, edition, words),
        section=_section(view.section, words),
        marks=_marks(view, edition),
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
    items = tuple(items)
    keys = outlet_keys(items)
    seen: dict[str, Text] = {}
    for item in items:
        name = line(item.source, _NAME)
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
