"""Makes untrusted text harmless and plain."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

MARKUP_LIMIT = 400_000
"""Maximum characters of markup; a news body rarely has a tenth of it."""

_ZWNJ, _ZWJ = "\u200c", "\u200d"

# Characters that are invisible or meaningless in a stored text: C0 and C1 controls,
# bidi controls (which reorder the text around them), zero-width marks, soft hyphen,
# the BOM, surrogates, noncharacters, object replacement, tag characters. Variation
# selectors are kept (emoji).
_GONE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\ufdd0-\ufdef\ufffe\uffff"
    "\ud800-\udfff]"
)
# The same beyond the basic plane, separately: a set of both is slow to search.
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_GONE_BEYOND = re.compile(
    "[\U000e0000-\U000e007f"
    + "".join(f"{chr(p + 0xFFFE)}{chr(p + 0xFFFF)}" for p in range(0x10000, 0x110000, 0x10000))
    + "]"
)
# The zero-width (non-)joiner is meaningful between letters of joining scripts
# (Arabic, Indic, Mongolian) and, the joiner only, inside emoji.
_JOINER = re.compile(
    f"(?<![\u0600-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufeff])[{_ZWNJ}]+"
    f"|[{_ZWNJ}]+(?![\u0600-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufeff])"
    f"|(?<![\u0600-\u0dff\u1000-\u109f\u1780-\u18af\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[{_ZWJ}]+"
    f"|[{_ZWJ}]+(?![\u0600-\u0dff\u1000-\u109f\u1780-\u18af\u2600-\u27bf\u2640\u2642\U0001f000-\U0001faff])"
)
_SPACES = re.compile(r"\s+")
_LINE_BREAKS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")


def visible(text: str) -> str:
    """``text`` without invisible and meaningless characters; not normalised."""
    text = _GONE.sub("", text)
    return _GONE_BEYOND.sub("", text) if _BEYOND.search(text) else text


_MARKS = 30
"""Maximum run of combining marks; Unicode's Stream-Safe Text Format (UAX 15) allows 30."""
_STEP = 200  # a run of twice as many marks cannot be missed between two samples


def bounded_marks(text: str) -> str:
    """``text`` with runs of combining marks cut after the first 30.

    Normalising marks is quadratic in their number: 100,000 on one letter take minutes.
    """
    samples = text[::_STEP]
    if len(samples) < 3 or samples.isascii():
        return text
    marked = [unicodedata.combining(one) != 0 for one in samples]
    if not any(one and after for one, after in pairwise(marked)):
        return text
    kept, run = [], 0
    for one in text:
        run = run + 1 if unicodedata.combining(one) else 0
        if run <= _MARKS:
            kept.append(one)
    return "".join(kept)


def gate(text: str, limit: int | None = None) -> str:
    r"""``text`` in NFC without invisible or dangerous characters, at most ``limit`` long.

    Line breaks become ``\n``; tabs are kept. Cutting comes first, so that ``limit``
    also bounds the work.
    """
    if limit is not None and len(text) > limit:
        text = text[:limit]
    if text.isascii() and text.isprintable():
        return text
    text = _GONE.sub("", _LINE_BREAKS.sub("\n", text))
    if _BEYOND.search(text):
        text = _GONE_BEYOND.sub("", text)
    if _ZWNJ in text or _ZWJ in text:
        text = _JOINER.sub("", text)
    return unicodedata.normalize("NFC", bounded_marks(text))


def squeeze(text: str) -> str:
    """``text`` on one line, stripped, with every run of white space as one space."""
    return _SPACES.sub(" ", text).strip()


_RAW = frozenset({"script", "style"})
_HIDDEN = _RAW | {"template", "noscript", "svg", "math", "iframe", "object"}
_BLOCKS = frozenset(
    """address article aside blockquote br caption dd div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr
    ul""".split()  # noqa: SIM905 - a list of forty lines says no more
)
_TAG = re.compile(r"<[a-zA-Z!/?]")
# A complete tag, or the start of a comment. No part of it reaches past the next '<',
# and there is no backtracking: linear for any input. (html.parser is quadratic on tags
# that never close.)
_MARKUP = re.compile(
    r"<(?:(?P<comment>!--)|(?P<name>/?[a-zA-Z][^\s/<>]*)"
    r"(?:(?:\"[^\"<]*\"|'[^'<]*'|[^<>\"'])*+>|[^<>]*+>)|[!?/][^<>]*+>)"
)
_CUT_TAG = re.compile(r"<(?:/[a-zA-Z]*|[a-zA-Z]+\s[^<>=]*=[^<>]*+)$")  # text cut inside a tag
_BREAK = "\x1e"  # marks the end of a paragraph; the gate removes it from input
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")


def unescape(text: str) -> str:
    """``text`` with HTML entities resolved, even if escaped twice.

    At most three rounds: real feeds escape twice (``&amp;amp;``), rarely three times.
    """
    for _ in range(3):
        if "&" not in text or not _ENTITY.search(text):
            break
        text = html.unescape(text)
    return text


_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|$)", re.DOTALL)


def without_cdata(text: str) -> str:
    """``text`` without escaped CDATA markers."""
    return _CDATA.sub(r"\1", text) if "<![CDATA[" in text else text


_KNOWN_TAG = re.compile(
    r"</?(?:a|abbr|acronym|b|big|blockquote|br|center|cite|code|del|div|em|font|h[1-6]|hr|i|img|ins"
    r"|li|mark|nobr|ol|p|pre|q|s|script|small|span|strike|strong|style|sub|sup|svg|iframe|form"
    r"|input|table|td|tr|tt|u|ul|wbr)(?:\s[^<>]*|/)?>",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>?")
_LINE_TAG = re.compile(r"<(?:br|p|div|li|h[1-6]|hr|td|tr)\b[^<>]*>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_CODE = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)


def strip_tags(title: str, *, html_known: bool) -> str:
    """``title`` without HTML tags.

    If it is not known to be HTML, only tags usual in titles are removed: a headline may
    be about ``<head>`` elements, or contain ``<3``.
    """
    title = _LINE_TAG.sub(" ", _CODE.sub("", _COMMENT.sub("", title)))
    return (_ANY_TAG if html_known else _KNOWN_TAG).sub("", title)


@lru_cache(maxsize=2048)  # learning of a feed and making items need the same texts
def plain(markup: str) -> str:
    """The text of HTML (or of plain text), with one paragraph per line.

    Comments, scripts, styles and embedded objects are omitted. Never raises;
    linear in the length of ``markup``.
    """
    markup = without_cdata(markup[:MARKUP_LIMIT])
    if not _TAG.search(markup):
        markup = unescape(markup) if "&" in markup else markup
        if not _TAG.search(markup):
            return _lines(markup.replace("\n", _BREAK))
    text = "".join(_text_of(markup))
    if _BREAK in text:  # if paragraphs are marked, a line break in the source is a space
        text = text.replace("\n", " ")
    return _lines(unescape(text))


def _text_of(markup: str) -> Iterator[str]:
    """The text between the tags of ``markup``, with breaks between blocks."""
    lowered = markup.lower() if markup.isascii() else _ascii_lower(markup)
    missing: set[str] = set()  # end tags that do not occur any more, searched only once
    at = 0
    while match := _MARKUP.search(markup, at):
        yield markup[at : match.start()]
        at = match.end()
        if match["comment"]:
            end = _find(lowered, "-->", at, missing)
            at = at if end is None else end + 3
            continue
        name = (match["name"] or "").lower()
        if name in _HIDDEN and not match[0].endswith("/>"):
            end = _find(lowered, f"</{name}", at, missing)
            # An unclosed script hides the rest, as in a browser.
            at = end if end is not None else len(markup) if name in _RAW else at
        elif name.removeprefix("/") in _BLOCKS:
            yield _BREAK
    yield _CUT_TAG.sub("", markup[at:])


def _ascii_lower(text: str) -> str:
    """``text`` with A to Z in lower case; str.lower could change its length."""
    return text.translate(_ASCII_LOWER) if any(map(str.isupper, text)) else text


_ASCII_LOWER = {65 + i: 97 + i for i in range(26)}


def _find(text: str, end: str, at: int, missing: set[str]) -> int | None:
    if end in missing:
        return None
    found = text.find(end, at)
    if found < 0:
        missing.add(end)
        return None
    return found


def _lines(text: str) -> str:
    text = gate(text.replace(_BREAK, "\u2029"))
    return "\n".join(line for line in (squeeze(part) for part in text.split("\n")) if line)
