"""The part before a feed's first element: junk, declarations, DTDs; detects non-feeds."""

from __future__ import annotations

import re

from aggregator.parse.errors import ParseError

_ROOT = re.compile(r"<(?:\?xml\b|![Dd][Oo][Cc][Tt][Yy][Pp][Ee]\b|!--|[A-Za-z_])")
_SPACE = " \t\r\n\x00\ufeff\u200b\xa0"
_FEED_START = re.compile(r"<\?xml\b|<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
_NAME = re.compile(r"<\s*([\w.:-]+)")
_DECLARATION = re.compile(r"<\?xml\b[^>]{0,500}\?>", re.IGNORECASE)
_FEED_NAMES = frozenset({"rss", "rdf", "feed", "channel", "entry", "item"})
_HTML_NAMES = frozenset(
    {
        "html",
        "head",
        "body",
        "title",
        "meta",
        "script",
        "div",
        "p",
        "h1",
        "center",
        "table",
        "link",
        "style",
        "b",
    }
)
_CHARACTER = re.compile(
    r"""<!ENTITY\s+[\w.-]{1,40}\s+(?:"(?:[^"&%<]|&\#\w{1,8};){0,20}"|'(?:[^'&%<]|&\#\w{1,8};){0,20}')\s*>"""
)
"""An entity that stands for a few characters without other entities."""
_ENTITY = re.compile("<!ENTITY", re.IGNORECASE)
_LOOK = 20_000  # characters within which the first element must occur


def json_like(text: str) -> bool:
    """Whether the document is JSON, not XML."""
    return text.lstrip(_SPACE)[:1] in ("{", "[")


def strip_prolog(text: str, problems: list[str]) -> tuple[str, str]:
    """The document from its first element on, and that element's local name in lower case.

    Junk before it is reported in ``problems``; a DTD is dropped, or refused if it
    declares entities. Raises ParseError if there is no feed.
    """
    text = text.lstrip(_SPACE)
    if not text:
        raise ParseError("the document is empty")
    if not _ROOT.match(text):
        start = _FEED_START.search(text, 0, _LOOK)
        if start is None:
            raise ParseError("not a feed: neither XML nor JSON")
        problems.append("text before the XML was skipped")
        text = text[start.start() :]
    at = skip_declarations(text, problems)
    match = _NAME.match(text, at)
    if match is None:
        start = _FEED_START.search(text, at, at + _LOOK)
        if start is None:
            raise ParseError("not a feed: no XML element")
        problems.append("text before the XML was skipped")
        return strip_prolog(text[start.start() :], problems)
    name = match[1].rpartition(":")[2].lower()
    if name not in _FEED_NAMES:
        # A server's HTML warning before the actual feed.
        start = _FEED_START.search(text, at + 1, at + _LOOK)
        if start is None or name == "html":
            raise ParseError(_no_feed(name))
        problems.append("text before the XML was skipped")
        return strip_prolog(text[start.start() :], problems)
    return text[at:], name


def _no_feed(name: str) -> str:
    if name in _HTML_NAMES:
        return "an HTML page, not a feed"
    if name == "opml":
        return "a list of feeds (OPML), not a feed; use `feeds import`"
    return f"an XML document of another kind (its first element is '{name}'), not a feed"


def skip_declarations(text: str, problems: list[str]) -> int:
    """The position of the first element, after declarations, comments and the DTD.

    Raises ParseError for a DTD of HTML or one that declares entities.
    """
    at = 0
    while True:
        while at < len(text) and text[at] in _SPACE:
            at += 1
        if text.startswith("<?", at):
            end = text.find(">", at)
        elif text.startswith("<!--", at):
            end = text.find("-->", at + 4)
            end = end + 2 if end >= 0 else -1
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            if text[at + 9 : at + 20].strip().lower().startswith("html"):
                raise ParseError("an HTML page, not a feed")
            end = _doctype_end(text, at)
            problems.append("a DTD was skipped")
        elif text.startswith("<!", at):
            end = text.find(">", at)
        else:
            return at
        if end < 0:
            raise ParseError("the document ends before its first element")
        at = end + 1


def _doctype_end(text: str, at: int) -> int:
    """The end of the DTD. Raises ParseError if it declares entities that could do harm.

    Entities can multiply and access files. Character names (``nbsp``) do neither: they are
    dropped with the DTD, and those known in HTML are resolved later.
    """
    bracket, close = text.find("[", at), text.find(">", at)
    if close < 0 or not at < bracket < close:
        return close
    end = re.compile(r"\]\s*>").search(text, bracket)
    inner = text[bracket : end.start() if end else len(text)]
    if "<!ENTITY" in inner.upper() and _ENTITY.search(_CHARACTER.sub("", inner)):
        raise ParseError("the document declares entities in its DTD, which is refused")
    return end.end() - 1 if end else -1
