"""Saved article pages, HTML or plain text, as documents of one entry.

Nothing is known about a page's outlet, so everything is found by rules: first the
metadata in the markup (JSON-LD, meta elements, ``time``, ``rel=canonical``), then the
kinds of the text lines (``lines``). A time without a zone is taken as UTC and flagged
``zone_assumed``: the page does not give its zone, and a guess from the language would
be wrong for every outlet abroad.
"""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta

from aggregator.model import Document, Entry, Flag
from aggregator.parse import limits
from aggregator.parse.decode import decode
from aggregator.parse.errors import ParseError
from aggregator.parse.feeds.links import link
from aggregator.parse.pages.body import Article, read_lines
from aggregator.parse.pages.html import Page, about, lines_of, page_tree
from aggregator.parse.pages.lines import same_headline
from aggregator.parse.pages.spans import span
from aggregator.parse.pages.words import is_paragraph, letters, size
from aggregator.text.clean import gate, squeeze, unescape
from aggregator.text.dates import find_date, parse_date
from aggregator.text.languages import code, identify

_SAME = timedelta(hours=38)  # two times can be the same day in any zone
_CONTENT = 300_000  # characters of paragraphs that are kept
_TEXT = 1_000_000  # characters read of a plain text page
_LOOKS_LIKE_HTML = re.compile(
    r"\s*(?:<!doctype\s+html|<html|<head|<body|<!--|<\?xml|<article|<div|<p\b)", re.I
)
_ZONE = re.compile(r"(?:[zZ]|[+-]\d{2}:?\d{2}|GMT|UTC)\s*$")
_NAME_ENDS = re.compile(r"\s+[-–—|·•«»:]+\s+|\s*[|｜]\s*")


def page_document(
    body: bytes,
    *,
    name: str,
    url: str | None = None,
    content_type: str | None = None,
    now: datetime,
) -> Document:
    """A saved page as a document with one entry.

    ``name`` is its file name (``.txt`` means plain text), ``url`` its address if known,
    ``now`` (aware) bounds its dates. Raises ParseError if it contains no article.
    """
    decoded = decode(body, content_type)
    text = decoded.text
    plain = name.lower().endswith((".txt", ".txt.gz")) or (content_type or "").startswith(
        "text/plain"
    )
    if not text.strip():
        raise ParseError("the page is empty")
    if plain and not re.match(r"\s*<(?:!doctype\s+html|html)", text, re.I):
        return _from_text(text, url, now, decoded.problems)
    if not _LOOKS_LIKE_HTML.match(text.lstrip("\ufeff")) and "<" not in text[:5_000]:
        return _from_text(text, url, now, decoded.problems)
    return _from_html(text, url, now, decoded.problems)


def _from_text(text: str, url: str | None, now: datetime, problems: tuple[str, ...]) -> Document:
    lines = [line for part in gate(text, _TEXT).split("\n") if (line := squeeze(part))]
    language = _language(lines, None)
    article = read_lines(lines, now=now, language=language)
    return _document(article, Page(), link(url, None), language, problems)


def _from_html(text: str, url: str | None, now: datetime, problems: tuple[str, ...]) -> Document:
    root = page_tree(text)
    if root is None:
        raise ParseError("the page has no readable markup")
    page = about(root, url)
    lines = lines_of(root)
    if not lines and not page.body:
        raise ParseError("the page has no text")
    texts = [line.text for line in lines]
    language = _language(texts, page.language)
    title = _headline(page, texts)
    within = span(lines, text, title, now, language)
    article = read_lines(
        within, title=title, authors=tuple(page.authors), now=now, language=language
    )
    if not article.paragraphs and page.body:
        said = unescape(page.body)
        article.paragraphs = [squeeze(p) for p in gate(said).split("\n") if p.strip()]
    _times(article, page, now, language)
    if article.credit is None and page.authors:
        article.credit = ", ".join(dict.fromkeys(page.authors))[: limits.NAME]
    return _document(article, page, page.canonical or link(url, None), language, problems)


def _language(lines: list[str], said: str | None) -> str | None:
    """The language of the text, with the page's declared language as a prior."""
    longest = sorted(lines, key=len, reverse=True)[:4]
    return identify(" ".join(longest)[:600], code(said)) or code(said)


def _headline(page: Page, texts: list[str]) -> str:
    """The headline: the first title in the markup that is also a line of the page.

    ``<title>`` often ends with the outlet, unlike any line: then the line with which it
    begins is the headline.
    """
    standing = {letters(text): text for text in reversed(texts)}
    for title in page.titles:
        if (key := letters(title)) and key in standing:
            return standing[key]
    for title in page.titles:
        for part in _fronts(title):
            if letters(part) in standing and len(letters(part)) >= 8:
                return standing[letters(part)]
    return page.titles[0] if page.titles else ""


def _fronts(title: str) -> list[str]:
    """``title`` cut at each of its dashes and bars, longest first."""
    cuts = [m.start() for m in _NAME_ENDS.finditer(title)]
    return [title[:at] for at in reversed(cuts)]


def _times(article: Article, page: Page, now: datetime, language: str | None) -> None:
    """Set times from the markup, which has a zone more often than the text."""
    for said in page.published:
        if (when := _time(said, now, language)) is None:
            continue
        article.timed = article.timed or ":" in said
        if article.published is None or ":" in said:
            article.published, article.zoned = when, bool(_ZONE.search(said))
        break
    if not page.published:
        _from_times(article, page, now, language)
    for said in page.updated:
        if when := _time(said, now, language):
            article.updated = when
            break


def _from_times(article: Article, page: Page, now: datetime, language: str | None) -> None:
    """Use the first ``time`` element with the same day as the text, if the text has one."""
    for said in page.times:
        when = _time(said, now, language)
        if when is None or (article.published and ":" not in said):
            continue
        if article.published is None or abs(when - article.published) < _SAME:
            article.published, article.zoned = when, bool(_ZONE.search(said))
            return


def _time(said: str, now: datetime, language: str | None) -> datetime | None:
    if found := parse_date(said, now=now, language=language):
        return found
    line = find_date(said, now=now, language=language)
    return line.when if line else None


def _document(
    article: Article, page: Page, url: str | None, language: str | None, problems: tuple[str, ...]
) -> Document:
    if not article.title and not any(
        is_paragraph(line) and size(line) >= 9 for line in article.paragraphs
    ):
        raise ParseError("the page has no article: neither a headline nor a paragraph of text")
    if not article.paragraphs and not (article.published and (page.published or page.times)):
        raise ParseError("the page has no article: there is no text below its headline")
    flags = []
    if article.folded:
        flags.append(Flag.FOLDED_TITLE)
    published = article.published or article.updated
    if published is not None and not article.zoned:
        flags.append(Flag.ZONE_ASSUMED)
    site = squeeze(gate(page.site, limits.NAME))
    title = _without_site(article.title, site)
    content = "".join(f"<p>{html.escape(p, quote=False)}</p>" for p in _bounded(article.paragraphs))
    entry = Entry(
        title=squeeze(gate(title, limits.TITLE)),
        link=url,
        content=content,
        published=published,
        updated=article.updated,
        authors=tuple(dict.fromkeys(page.authors))[: limits.NAMES],
        language=language,
        credit=article.credit[: limits.NAME] if article.credit else None,
        flags=tuple(flags),
    )
    return Document(
        entries=(entry,),
        kind="page",
        title=site,
        language=language,
        parser="page",
        problems=problems,
    )


def _bounded(paragraphs: list[str]) -> list[str]:
    """The first paragraphs, up to the limit."""
    kept, total = [], 0
    for paragraph in paragraphs:
        total += len(paragraph)
        if total > _CONTENT:
            break
        kept.append(paragraph)
    return kept or [paragraphs[0][:_CONTENT]] if paragraphs else []


def _without_site(title: str, site: str) -> str:
    """``title`` without the outlet's name at the end of ``<title>`` elements."""
    for part in _fronts(title):
        if (
            site
            and same_headline(f"{part} | {site}", part)
            and letters(title) == letters(part + site)
        ):
            return part
    return title
