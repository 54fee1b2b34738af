"""Locates the article in a page: its lines, without those of the page around it."""

from __future__ import annotations

import logging
from datetime import datetime

from lxml import etree

from aggregator.parse.pages.html import Line, is_box
from aggregator.parse.pages.lines import DateLine, agencies_of, byline_of, date_line
from aggregator.parse.pages.words import is_paragraph, letters
from aggregator.text.clean import squeeze

_ABOVE = 6  # lines above a headline that can contain its date
_HEADER = 30  # lines between a headline and the first paragraph


def span(
    lines: list[Line], text: str, title: str, now: datetime, language: str | None
) -> list[str]:
    """All lines of the part of the page in which trafilatura finds the article.

    trafilatura finds the article but drops short paragraphs; so its result only marks
    the first and the last line, and the smallest element around nearly all of it. Date
    and byline are between the headline and the first line, or directly above the
    headline, often outside that element.
    """
    hits = _hits(lines, _main_text(text))
    bodies = [i for i in hits if is_paragraph(lines[i].text)] or hits
    if not hits:
        return [line.text for line in lines if not _linked(line)]
    home = _common(lines, hits)
    inside = [i for i, line in enumerate(lines) if _is_in(line.element, home)]
    first, last = bodies[0], hits[-1]
    heading = _heading(lines, title, first)
    start = max(inside[0], first - 6) if heading is None else heading
    while (
        last + 1 < len(lines)
        and lines[last + 1].element.getparent() is lines[last].element.getparent()
    ):
        last += 1
    hit, within = set(hits), set(inside)
    taken = _above(lines, start, first, now, language)
    for i in range(start, last + 1):
        line = lines[i]
        if (
            i in hit
            or i == heading
            or (i < first and _tells(line.text, now, language))
            or ((i in within or i < first) and not _linked(line) and not _beside(line, home))
        ):
            taken.append(line.text)
    return taken


def _above(
    lines: list[Line], start: int, first: int, now: datetime, language: str | None
) -> list[str]:
    """Date and byline directly above the headline, the date only if none is below it.

    The top of a page often shows the day on which the page was saved.
    """

    def date(i: int) -> DateLine | None:
        return date_line(lines[i].text, now=now, language=language)

    seen = any((said := date(i)) and said.published for i in range(start, first))
    found = []
    for i in range(start - 1, max(-1, start - 1 - _ABOVE), -1):
        if said := date(i):
            if said.labelled or not seen:
                found.append(i)
            seen = seen or said.published is not None
        elif byline_of(lines[i].text) or agencies_of(lines[i].text):
            found.append(i)
    return [lines[i].text for i in reversed(found)]


def _hits(lines: list[Line], found: list[str]) -> list[int]:
    """The lines in the text found; all paragraphs if that contains none of the body."""
    wanted = {letters(line) for line in found} - {""}
    said = [letters(line.text) for line in lines]
    hits = [i for i, line in enumerate(said) if line in wanted and not _linked(lines[i])]
    if not any(is_paragraph(lines[i].text) for i in hits):
        # trafilatura joins the cells and lines of pages laid out as tables.
        joined = "".join(letters(line) for line in found)[:200_000]
        parts = [i for i, line in enumerate(said) if len(line) >= 20 and line in joined]
        bodies = [i for i in parts or range(len(lines)) if is_paragraph(lines[i].text)]
        hits = [i for i in bodies if not _linked(lines[i])] or hits
    return hits


def _heading(lines: list[Line], title: str, first: int) -> int | None:
    """The line of the headline above ``first``: by its text, or a first-level heading."""
    near = range(first, max(-1, first - _HEADER), -1)
    wanted = letters(title)
    standing = [i for i in near if wanted and letters(lines[i].text) == wanted]
    level = [i for i in near if lines[i].element.tag == "h1"]
    if standing:
        real = [i for i in standing if i in level]
        return (real or standing)[-1]
    return level[0] if level else None


def _tells(text: str, now: datetime, language: str | None) -> bool:
    """Whether the line consists only of a date or a byline."""
    dated = date_line(text, now=now, language=language)
    return bool((dated and dated.sure) or byline_of(text) or agencies_of(text))


def _beside(line: Line, home: etree._Element) -> bool:
    """Whether the line is a caption, or in a box outside the body."""
    element: etree._Element | None = line.element
    while element is not None and element is not home:
        if element.tag in ("figcaption", "aside") or is_box(element):
            return True
        element = element.getparent()
    return False


def _main_text(text: str) -> list[str]:
    import trafilatura  # noqa: PLC0415 - it takes a second to import, and only pages need it

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found = trafilatura.extract(
            text, include_comments=False, include_tables=True, favor_recall=True
        )
    except Exception:  # noqa: BLE001 - it raises whatever its parts raise; the rules go on without
        return []
    return [squeeze(line).lstrip("- ") for line in (found or "").split("\n") if line.strip()]


def _linked(line: Line) -> bool:
    """Whether the line is a link and not a sentence."""
    bare = len(line.text.replace(" ", ""))
    return line.linked * 10 >= bare * 8 and not line.text.rstrip().endswith(
        (".", "。", "؟", "?", "!")
    )


def _common(lines: list[Line], hits: list[int]) -> etree._Element:
    """The smallest element with nine tenths of the text of the lines in ``hits``."""
    weight: dict[etree._Element, int] = {}
    total = 0
    for i in hits:
        size = len(lines[i].text)
        total += size
        for element in (lines[i].element, *lines[i].element.iterancestors()):
            weight[element] = weight.get(element, 0) + size
    home = lines[hits[0]].element.getroottree().getroot()
    while True:
        inner = next((child for child in home if weight.get(child, 0) * 10 >= total * 9), None)
        if inner is None:
            break
        home = inner
    outer = home.getparent()
    if outer is not None and home in {line.element for line in lines}:
        return outer  # one paragraph is nearly all of it
    return home


def _is_in(element: etree._Element, home: etree._Element) -> bool:
    return element is home or any(parent is home for parent in element.iterancestors())
