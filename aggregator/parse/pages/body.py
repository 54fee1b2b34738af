"""From the lines of a page to its article: headline, times, credit, and body whole."""

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

_HEAD = 14  # lines in which headline, date and byline stand
_TAIL = 8  # lines at the end among which rights and invitations stand


@dataclass(slots=True)
class Article:
    """An article as its page has it; times are UTC, one without a zone is taken as UTC."""

    title: str = ""
    paragraphs: list[str] = field(default_factory=list)
    published: datetime | None = None
    updated: datetime | None = None
    timed: bool = False  # a time of day stood beside the date
    zoned: bool = False  # its zone was said
    above: bool = False  # the date stood above the headline
    credit: str | None = None
    folded: bool = False  # the headline stood again in the page


def read_lines(
    lines: list[str],
    *,
    title: str = "",
    authors: tuple[str, ...] = (),
    now: datetime,
    language: str | None,
) -> Article:
    """The article in the ``lines`` of a page, top to bottom.

    ``title`` is the headline where something surer than the lines names it,
    ``authors`` are names that may stand alone on a line above the body.
    Only whole lines are cut, and each for a reason of its own: nothing is cut
    for being short.
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
    """Whether the line is a date or a credit; what it says goes to ``article``.

    A date ``below`` the headline is preferred to one above it, which can be that
    of the day on which the page was saved.
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
    """The first line that can only be body: what stands twice or shouts can be the headline."""
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
    """Set the headline; the lines before it (section, outlet) are returned to be dropped.

    A line that stands twice is the headline. Else it is the first line that is
    no date, credit or button, unless that one is a word or two and a longer one
    follows it.
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
        # A headline that ends like a sentence, and a paragraph right below it.
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
    """Without what announces other articles, and the headlines that follow it."""
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
