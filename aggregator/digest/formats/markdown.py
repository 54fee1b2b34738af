"""An edition as Markdown that all renderers interpret the same way.

Texts are escaped so that nothing in them is markup, and stay readable as text: with
backslashes, which every renderer of CommonMark knows, and with character references only
for ``<`` and ``>`` and for what would be one. Automatic links that GitHub and others make from
bare addresses and mentions are prevented too. Text in the opposite direction of the page is wrapped
in bidi isolates, so that it cannot reorder the words around it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from aggregator.digest.formats.format import Format
from aggregator.digest.layout import lay_out
from aggregator.digest.page import Article, Block, Headline, Page, Text
from aggregator.digest.selection import Edition

_MARKS = re.compile(r"[\\`*_{}\[\]#<>|~$=^]|&(?=#?\w+;)")
_REFERENCES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_BEGINNING = re.compile(r"^([+:-])|^(\d{1,9})([.)])")
_DOTTED = re.compile(r"(?<=[^\W_])\.(?=[^\W\d_])")  # 'www.example': linked by some renderers
_SCHEME = re.compile(r":(?=//)")
_SHORTCODE = re.compile(r":(?=[a-z][a-z0-9_+-]*:)")
_JOINER = "\u2060"  # word joiner: invisible, and not part of a name or an address
_ENTITY = re.compile(r"&(?=#?\w+;)")
_CLOSERS = str.maketrans({"(": "%28", ")": "%29", "[": "%5B", "]": "%5D"})
_AUTHORITY = re.compile(r"https?://[^/?#]*")
_ISOLATE, _POP = "\u2068", "\u2069"
_MARK = {"rtl": "\u200f", "ltr": "\u200e"}
_AGAINST = {"ltr": {"R", "AL"}, "rtl": {"L"}}


def render_markdown(page: Page) -> str:
    """The page as Markdown, using CommonMark only."""
    return "\n\n".join(_parts(page)) + "\n"


def _parts(page: Page) -> Iterator[str]:
    yield f"# {escape(page.title.text)}"
    yield escape(page.day)
    yield escape(" · ".join(filter(None, (page.span, *page.summary, page.reading))))
    if not page.blocks:
        yield f"**{escape(page.words.phrase('nothing_new'))}**"
        yield escape(page.words.phrase("nothing_detail"))
    for part in page.parts:
        if part.section:
            yield f"## {escape(part.section.title)}"
        for block in part.blocks:
            yield from _story(block, page)
        if part.lines:
            yield "\n".join(_bare(one, page) for one in part.lines)
    if page.more:
        yield f"{escape(page.more)} `{page.command}`"
    if page.gaps:
        yield "\n".join(f"- {escape(gap)}" for gap in page.gaps)
    if page.blocks:
        yield escape(page.words.phrase("end"))


def _bare(one: Headline, page: Page) -> str:
    facts = [page.words.phrase(key) for key in one.marks]
    facts += [one.outlet.text, one.time, one.since, one.articles]
    return f"- {_linked(one.title, page.direction)} — {_joined(facts, page)}"


def _story(block: Block, page: Page) -> Iterator[str]:
    words = page.words
    yield f"{'###' if page.contents else '##'} {_linked(block.headline)}"
    facts = [words.phrase(key) for key in block.marks]
    facts += [block.time, block.since, block.outlets, block.repetitions]
    facts += [block.article.first_published, block.article.credit]
    yield _joined(facts, page)
    if block.lead.text:
        yield escape(block.lead.text)
    colon = words.phrase("colon")
    yield f"{escape(words.phrase('reported_by'))}{colon}{_outlets(block.article, page)}"
    if block.follows:
        yield f"{escape(words.phrase('follows'))}{colon}{_linked(block.follows, page.direction)}"
    if block.related:
        yield f"**{escape(words.phrase('related'))}**"
        yield "\n".join(_item(article, page) for article in block.related)
    versions = [text for article in (block.article, *block.related) for text in article.versions]
    if versions:
        yield f"**{escape(words.phrase('versions'))}**"
        yield "\n".join(f"- {_linked(text, page.direction)}" for text in versions)


def _item(article: Article, page: Page) -> str:
    """One related article as a list item, in the direction of its title."""
    turned = article.title.direction not in ("auto", page.direction)
    mark = _MARK[article.title.direction] if turned else ""
    facts = [page.words.phrase(key) for key in article.marks]
    facts += [article.time, article.repetitions, article.first_published, article.credit]
    facts += [page.words.phrase("new") if article.new else ""]
    title = _linked(article.title, page.direction)
    return f"- {mark}{title} — {_outlets(article, page)} · {_joined(facts, page)}"


def _outlets(article: Article, page: Page) -> str:
    comma = page.words.phrase("comma")
    return comma.join(_linked(outlet, page.direction) for outlet in article.outlets)


def _joined(facts: list[str], page: Page) -> str:
    return " · ".join(isolate(escape(fact), page.direction) for fact in facts if fact)


def _linked(text: Text, base: str | None = None) -> str:
    """A text as a link, if it has a target; isolated within a line of direction ``base``."""
    shown = escape(text.text) if base is None else isolate(escape(text.text), base)
    if text.href is None or text.href.startswith("#"):  # Markdown has no anchors
        return shown
    return f"[{shown}]({destination(text.href)})"


def escape(text: str) -> str:
    """``text`` (one line, gated) as Markdown that renders as exactly that text."""
    text = _MARKS.sub(_escaped, text)
    text = _SCHEME.sub(r"\\:", text)
    text = _BEGINNING.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", text)
    text = _DOTTED.sub(r"\\.", text)
    text = _SHORTCODE.sub(f":{_JOINER}", text)
    return text.replace("@", f"@{_JOINER}")


def _escaped(match: re.Match[str]) -> str:
    return _REFERENCES.get(match[0], f"\\{match[0]}")


def destination(href: str) -> str:
    """A checked address, escaped for the target of a Markdown link."""
    place = _AUTHORITY.match(href)
    start = place.end() if place else 0  # an IPv6 address keeps its brackets
    return href[:start] + _ENTITY.sub("&amp;", href[start:].translate(_CLOSERS))


def isolate(text: str, base: str) -> str:
    """``text`` in bidi isolates if one of its letters runs against ``base``."""
    against = _AGAINST.get(base, set())
    if any(unicodedata.bidirectional(char) in against for char in text):
        return f"{_ISOLATE}{text}{_POP}"
    return text


def _render(edition: Edition) -> str:
    return render_markdown(lay_out(edition))


FORMAT = Format("md", ".md", "text/markdown", _render)
