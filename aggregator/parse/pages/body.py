"""From the lines of a page to its article: headline, times, credit and complete body."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.parse.pages.chrome import (
    is_age,
    is_breadcrumb,
    is_caption,
    is_closing,
    is_machinery,
    is_pointer,
    is_related,
)
from aggregator.parse.pages.lines import agencies_of, byline_of, date_line, same_headline
from aggregator.parse.pages.words import ends_sentence, is_paragraph, letters, size

_HEAD = 14  # lines at the top that can contain headline, date and byline
_TAIL = 8  # lines at the end that can contain copyright notices and invitations


@dataclass(slots=True)
class Article:
    """An article as on its page; times are in UTC, and taken as UTC without a zone."""

    title: str = ""
    paragraphs: list[str] = field(default_factory=list)
    published: datetime | None = None
    updated: datetime | None = None
    timed: bool = False  # the date had a time of day
    zoned: bool = False  # its zone was given
    above: bool = False  # the date was above the headline
    credit: str | None = None
    folded: bool = False  # the headline was repeated in the page


def read_lines(
    lines: list[str],
    *,
    title: str = "",
    authors: tuple[str, ...] = (),
    now: datetime,
    language: str | None,
) -> Article:
    """The article in the ``lines`` of a page, top to bottom.

    ``title`` is the headline if a more reliable source gives it, ``authors`` are names
    that may be alone on a line above the body. Only whole lines are cut, each for a
    specific reason: nothing is cut for being short.
    """
    article = Article(title=title)
    start = _body_start(lines)
    before = [] if title else _find_title(article, lines, start, now, language)
    dropped = {letters(line) for line in before}
    signed = {letters(name) for name in authors}
    kept: list[str] = []
    seen_title, below = bool(title), False
    for index, line in enumerate(lines):
        if same_headline(line, article.title):
            article.folded = article.folded or seen_title
            seen_title = below = True
            continue
        head = index < max(start, 3) and index < _HEAD
        if head and letters(line) in dropped:
            continue
        if head and letters(line) in signed:
            article.credit = article.credit or line
            continue
        last = index >= len(lines) - _TAIL and index > start
        if _taken(article, line, head=head, last=last, below=below, now=now, language=language):
            continue
        if is_machinery(line) or is_closing(line, last=last):
            continue
        if head and (is_breadcrumb(line) or is_age(line) or is_caption(line)):
            continue
        kept.append(line)
    article.paragraphs = _without_related(kept)
    return article


def _taken(
    article: Article,
    line: str,
    *,
    head: bool,
    last: bool,
    below: bool,
    now: datetime,
    language: str | None,
) -> bool:
    """Whether the line is a date or a credit, which is then stored in ``article``.

    A date ``below`` the headline is preferred to one above it, which may be the day on
    which the page was saved.
    """
    if (dated := date_line(line, now=now, language=language)) and (head or dated.sure):
        better = article.published is None or (article.above and below and head)
        if better and dated.published and (head or not article.paragraphs):
            article.published, article.above = dated.published, not (below or dated.labelled)
            article.timed, article.zoned = dated.timed, dated.zoned
        article.updated = article.updated or dated.updated
        article.credit = article.credit or dated.byline
        return True
    if head or last:
        names = byline_of(line) or agencies_of(line)
        if names:
            article.credit = article.credit or names
            return True
    return False


def _body_start(lines: list[str]) -> int:
    """The first line that can only be body; repeated or upper-case lines can be headlines."""
    counts = Counter(map(letters, lines))
    for index, line in enumerate(lines):
        if (
            is_paragraph(line)
            and (size(line) >= 45 or not line.rstrip().endswith(("!", "?", "؟", "！", "？")))
            and (counts[letters(line)] == 1 or index >= _HEAD)
        ):
            return index
    return len(lines)


def _find_title(
    article: Article, lines: list[str], start: int, now: datetime, language: str | None
) -> list[str]:
    """Set the headline; returns the lines before it (section, outlet), to be dropped.

    A line that occurs twice is the headline. Otherwise it is the first line that is not
    a date, credit or button, unless that is only a word or two and a longer one follows.
    """
    candidates = [
        line
        for line in lines[: min(start, _HEAD)]
        if not (
            is_machinery(line)
            or is_related(line)
            or is_breadcrumb(line)
            or date_line(line, now=now, language=language)
        )
    ]
    names = [line for line in candidates if byline_of(line) or agencies_of(line)]
    bare = [line for line in candidates if line not in names]
    folded = [letters(line) for line in lines]
    twice = [
        line
        for line in bare or lines[:1]
        if folded.count(letters(line)) > 1 and (size(line) >= 3 or len(letters(line)) >= 12)
    ]
    if twice:
        article.title = twice[0]
    elif not bare:
        # A headline that ends like a sentence, with a paragraph directly below it.
        first = lines[start] if start + 1 < len(lines) else ""
        article.title = first if size(first) <= 25 and len(first) <= 250 else ""
        return []
    else:
        article.title = bare[0]
        if size(bare[0]) <= 3 and not ends_sentence(bare[0]):
            longer = next((line for line in bare[1:4] if size(line) > size(bare[0]) + 1), None)
            article.title = longer or bare[0]
    before = bare[: bare.index(article.title)] if article.title in bare else []
    return [line for line in before if size(line) <= 4]


def _without_related(lines: list[str]) -> list[str]:
    """Remove announcements of other articles, and the headlines that follow them."""
    kept: list[str] = []
    inside = False
    for index, line in enumerate(lines):
        if is_related(line):
            inside = True
            continue
        if is_pointer(line):
            continue
        if inside and not is_paragraph(line) and not ends_sentence(line):
            rest = lines[index:]
            if not any(map(is_paragraph, rest)) or size(line) >= 5:
                continue
        inside = False
        kept.append(line)
    return kept
