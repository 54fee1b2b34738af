"""Lays out an edition: every text gated, every link checked, every date formatted.

All human-readable formats (HTML, Markdown, Atom) are made from a ``Page``, so that
safety and wording are decided in one place. A format only escapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from weakref import ref

from aggregator.digest.blocks import NAME, block, headline, section, stamp
from aggregator.digest.names import file_name
from aggregator.digest.page import Block, Page, Part, Section, Text
from aggregator.digest.safe import direction, line, link
from aggregator.digest.sections import FOLLOWED
from aggregator.digest.selection import Edition, Gaps
from aggregator.digest.wording import Wording, wording
from aggregator.reading.story_view import StoryView
from aggregator.text.languages import spaced

_LEAD = 280  # characters of the leads that open the digest
_SHORT = 160  # of those in the sections
_RELATED = 2  # related articles shown at once, where a story is told at length
_PACE = 230  # words read in a minute
_WORD = 2  # characters of a word in a script without spaces


_last: tuple[Callable[[], Edition | None], Page] | None = None
"""The page made last, and what refers to its edition without keeping it."""


def lay_out(edition: Edition) -> Page:
    """The page of an edition, in the edition's language and time zone.

    Made once for several formats in a row.
    """
    global _last  # noqa: PLW0603 - a memory of one page, assigned as a whole
    if (last := _last) is not None and last[0]() is edition:
        return last[1]
    page = _laid_out(edition)
    _last = (ref(edition), page)
    return page


def _laid_out(edition: Edition) -> Page:
    words = wording(edition.language, edition.timezone)
    parts = tuple(part for part in _parts(edition, words) if part)
    title = line(edition.title or edition.name)
    return Page(
        title=Text(title, None, words.language, direction(words.language)),
        name=line(edition.name, NAME),
        folder=file_name(edition.name),
        language=words.language,
        direction=direction(words.language),
        day=words.day(edition.until),
        span=words.phrase(
            "span", since=words.moment(edition.since), until=words.moment(edition.until)
        ),
        summary=_summary(edition, words),
        reading=words.phrase("reading", n=words.number(_minutes(parts))) if parts else "",
        parts=parts,
        more=words.count("more", len(edition.dropped)) if edition.dropped else "",
        command=f"python run.py stories list --since {stamp(edition.since)} --limit {edition.total}"
        if edition.dropped
        else "",
        gaps=_gaps(edition.gaps, words),
        until=edition.until,
        link=link(edition.link),
        place=edition.place,
        templates=edition.templates,
        installation=edition.installation,
        words=words,
    )


def _gaps(gaps: Gaps, words: Wording) -> tuple[str, ...]:
    """What the digest lacks, one sentence each."""
    counts = (
        ("unreadable", len(gaps.unreadable)),
        ("beyond", gaps.beyond),
        ("left_out", gaps.advertisements),
        ("muted", gaps.muted),
    )
    failed = (words.phrase("failed_format", name=line(name, NAME)) for name in gaps.failed)
    told = (words.phrase(key, n=words.number(count)) for key, count in counts if count)
    return (*failed, *told)


def _parts(edition: Edition, words: Wording) -> Iterator[Part]:
    """The lead stories, then the sections: each with its stories and its bare headlines."""
    listed = {view.story.id for view in (*edition.stories, *edition.headlines)}
    opening = edition.stories[: edition.lead]
    yield Part(None, tuple(_blocks(opening, edition, words, listed, lead=_LEAD)), (), (), _RELATED)
    full, bare = _grouped(edition.stories[edition.lead :]), _grouped(edition.headlines)
    names = list(dict.fromkeys((*full, *bare)))
    for name in names:
        lines = tuple(headline(view, edition, words) for view in bare.get(name, ()))
        yield Part(
            section(name, words) or (_rest(words) if len(names) > 1 or edition.lead else None),
            tuple(_blocks(full.get(name, ()), edition, words, listed, lead=_SHORT)),
            lines[: edition.section_headlines],
            lines[edition.section_headlines :],
            _RELATED if name == FOLLOWED else 0,
        )


def _grouped(views: Iterable[StoryView]) -> dict[str, list[StoryView]]:
    groups: dict[str, list[StoryView]] = {}
    for view in views:
        groups.setdefault(view.section, []).append(view)
    return groups


def _rest(words: Wording) -> Section:
    """What belongs to no section."""
    return Section(words.phrase("more_news"), "headlines")


def _blocks(
    views: Iterable[StoryView], edition: Edition, words: Wording, listed: set[str], *, lead: int
) -> Iterator[Block]:
    return (block(view, edition, words, listed, lead=lead) for view in views if view.coverage)


def _minutes(parts: Iterable[Part]) -> int:
    """How long the stories in full and the open headlines take to read."""
    texts = [text for part in parts for one in part.blocks for text in (one.headline, one.lead)]
    texts += [one.title for part in parts for one in part.headlines]
    words = sum(
        len(text.text.split()) if spaced(text.language) else len(text.text) / _WORD
        for text in texts
    )
    return max(1, round(words / _PACE))


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
