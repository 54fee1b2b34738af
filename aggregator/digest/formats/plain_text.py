"""An edition as plain text, for terminals and mail without markup."""

from __future__ import annotations

from collections.abc import Iterator

from aggregator.digest.formats.format import Format
from aggregator.digest.layout import lay_out
from aggregator.digest.page import Article, Block, Headline, Page, Text
from aggregator.digest.selection import Edition


def render_plain_text(page: Page) -> str:
    """The page as lines of text; addresses are on separate lines."""
    return "\n\n".join(_parts(page)) + "\n"


def _parts(page: Page) -> Iterator[str]:
    yield "\n".join((page.title.text, page.day, _joined(page.span, *page.summary, page.reading)))
    if not page.blocks:
        yield f"{page.words.phrase('nothing_new')}\n{page.words.phrase('nothing_detail')}"
    for part in page.parts:
        if part.section:
            yield f"== {part.section.title} =="
        for block in part.blocks:
            yield "\n".join(_story(block, page))
        if part.lines:
            yield "\n".join(line for one in part.lines for line in _bare(one, page))
    if page.more:
        yield f"{page.more}\n  {page.command}"
    if page.gaps:
        yield "\n".join(page.gaps)
    if page.blocks:
        yield page.words.phrase("end")


def _bare(one: Headline, page: Page) -> Iterator[str]:
    marks = (page.words.phrase(key) for key in one.marks)
    yield _joined(f"- {one.title.text}", *marks, one.outlet.text, one.time, one.since, one.articles)
    yield from _address(one.title)


def _story(block: Block, page: Page) -> Iterator[str]:
    words = page.words
    yield block.headline.text
    yield from _address(block.headline)
    marks = (words.phrase(key) for key in block.marks)
    facts = (block.time, block.since, block.outlets, block.repetitions)
    yield _joined(*marks, *facts, block.article.first_published, block.article.credit)
    if block.lead.text:
        yield block.lead.text
    yield f"{words.phrase('reported_by')}{words.phrase('colon')}{_outlets(block.article, page)}"
    if block.follows:
        yield f"{words.phrase('follows')}{words.phrase('colon')}{block.follows.text}"
        yield from _address(block.follows)
    if block.related:
        yield words.phrase("related")
    for article in block.related:
        new = words.phrase("new") if article.new else ""
        marks = (words.phrase(key) for key in article.marks)
        facts = (article.time, article.repetitions, article.first_published, article.credit)
        yield _joined(f"- {article.title.text}", *marks, _outlets(article, page), *facts, new)
        yield from _address(article.title)
    versions = [text for article in (block.article, *block.related) for text in article.versions]
    if versions:
        yield words.phrase("versions")
        yield from (f"- {text.text}" for text in versions)


def _address(text: Text) -> Iterator[str]:
    if text.href and not text.href.startswith("#"):  # text has no anchors
        yield f"  {text.href}"


def _outlets(article: Article, page: Page) -> str:
    return page.words.phrase("comma").join(outlet.text for outlet in article.outlets)


def _joined(*facts: str) -> str:
    return " · ".join(fact for fact in facts if fact)


def _render(edition: Edition) -> str:
    return render_plain_text(lay_out(edition))


FORMAT = Format("txt", ".txt", "text/plain", _render)
