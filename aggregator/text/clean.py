"""Text from strangers made harmless and plain."""

from __future__ import annotations

import html
import re
import unicodedata
from html.parser import HTMLParser

MARKUP_LIMIT = 400_000
"""Characters of markup that are read; a news body has rarely a tenth of it."""

_ZWNJ, _ZWJ = "\u200c", "\u200d"

# Everything here is invisible or has no meaning in a stored text: C0 and C1
# controls, bidi controls (they reorder what stands next to them on a page),
# zero-width marks, soft hyphen, variation selectors kept (emoji), the BOM,
# surrogates, noncharacters, object replacement, tag characters.
_GONE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\ufdd0-\ufdef"
    "\ud800-\udfff\U000e0000-\U000e007f"
    + "".join(f"{chr(p + 0xFFFE)}{chr(p + 0xFFFF)}" for p in range(0, 0x110000, 0x10000))
    + "]"
)
# The zero-width (non-)joiner has a meaning between letters of the scripts that
# join (Arabic, Indic, Mongolian) and, the joiner only, inside emoji.
_JOINER = re.compile(
    f"(?<![\u0600-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufeff])[{_ZWNJ}]+"
    f"|[{_ZWNJ}]+(?![\u0600-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufeff])"
    f"|(?<![\u0600-\u0dff\u1000-\u109f\u1780-\u18af\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[{_ZWJ}]+"
    f"|[{_ZWJ}]+(?![\u0600-\u0dff\u1000-\u109f\u1780-\u18af\u2600-\u27bf\u2640\u2642\U0001f000-\U0001faff])"
)
_SPACES = re.compile(r"\s+")
_LINE_BREAKS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")


def gate(text: str, limit: int | None = None) -> str:
    r"""``text`` in NFC without invisible or dangerous characters, at most ``limit`` long.

    Line breaks become ``\n``; tabs stay. The cut comes first, so that the
    work is bounded by ``limit`` too.
    """
    if limit is not None and len(text) > limit:
        text = text[:limit]
    if text.isascii() and text.isprintable():
        return text
    text = _GONE.sub("", _LINE_BREAKS.sub("\n", text))
    if _ZWNJ in text or _ZWJ in text:
        text = _JOINER.sub("", text)
    return unicodedata.normalize("NFC", text)


def squeeze(text: str) -> str:
    """``text`` on one line: every run of white space is one space, none at the ends."""
    return _SPACES.sub(" ", text).strip()


_HIDDEN = frozenset({"script", "style", "template", "noscript", "svg", "math", "iframe", "object"})
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "caption",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_TAG = re.compile(r"<[a-zA-Z!/?]")
_ESCAPED_TAG = re.compile(r"&(?:amp;)*lt;/?[a-zA-Z]|&#(?:x3[cC]|60);/?[a-zA-Z]")
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")


def unescape(text: str) -> str:
    """``text`` with HTML entities resolved, also where they were escaped twice.

    At most three rounds: real feeds escape twice (``&amp;amp;``), rarely three times.
    """
    for _ in range(3):
        if "&" not in text or not _ENTITY.search(text):
            break
        text = html.unescape(text)
    return text


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self.hidden += 1
        elif tag in _BLOCKS:
            self.parts.append("\x1e")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag in _BLOCKS:
            self.parts.append("\x1e")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.parts.append("\x1e")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def plain(markup: str) -> str:
    """The text of HTML (or of plain text): paragraphs on lines of their own.

    Scripts, styles and embedded objects are left out. Never raises.
    """
    markup = markup[:MARKUP_LIMIT]
    if not _TAG.search(markup):
        markup = unescape(markup) if "&" in markup else markup
        if not _TAG.search(markup):
            return _lines(markup.replace("\n", "\x1e"))
    parser = _Text()
    try:
        parser.feed(markup)
        parser.close()
    except (AssertionError, ValueError):  # html.parser asserts on some broken declarations
        pass
    return _lines(unescape("".join(parser.parts)))


def _lines(text: str) -> str:
    text = gate(text.replace("\x1e", "\u2029"))
    return "\n".join(line for line in (squeeze(part) for part in text.split("\n")) if line)
