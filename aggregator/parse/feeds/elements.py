"""Texts of feed elements: plain, escaped, base64, or inline markup."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from lxml import etree

from aggregator.parse.feeds.links import join
from aggregator.parse.feeds.markup import base64_text
from aggregator.parse.feeds.raw import Text

_XML = "{http://www.w3.org/XML/1998/namespace}"
_BASE, LANG = _XML + "base", _XML + "lang"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


class Context:
    """Context for reading the elements of one document.

    ``based``, ``langed`` and ``named`` say whether any element can have such an attribute,
    because checking each element would cost as much as reading it.
    """

    def __init__(self, body: bytes, url: str | None) -> None:
        self.url = url
        self.atom = False
        self.handlers: dict[str, Any] = {}  # the reader's handlers by tag
        self._body = body

    @cached_property
    def based(self) -> bool:
        """Whether the document has an xml:base."""
        return b"xml:base" in self._body

    @cached_property
    def langed(self) -> bool:
        """Whether the document has an xml:lang."""
        return b"xml:lang" in self._body

    @cached_property
    def named(self) -> bool:
        """Whether the document has an rdf:about."""
        return b"22-rdf-syntax-ns#" in self._body

    def about(self, element: etree._Element) -> str:
        """The value of its rdf:about."""
        return element.get(_ABOUT) or ""

    def base(self, element: etree._Element) -> str | None:
        """The base URL at ``element`` if xml:base sets one."""
        if not self.based:
            return None
        bases = [e.get(_BASE) for e in (element, *element.iterancestors()) if e.get(_BASE)]
        found: str | None = self.url
        for one in reversed(bases):
            found = join(found, one)
        return found if bases else None


def attributes(element: etree._Element) -> dict[str, str]:
    """All attributes at once: one lookup in lxml costs as much as reading all."""
    return dict(element.items())  # type: ignore[arg-type]  # the stubs say str or bytes; it is str


def flat(element: etree._Element) -> str:
    """The complete text of an element, stripped."""
    if len(element) == 0:
        return (element.text or "").strip()
    return "".join(element.itertext()).strip()  # type: ignore[arg-type]


def text_of(element: etree._Element) -> str:
    """The text of an element; with child elements, its inner HTML."""
    if len(element) == 0:
        return element.text or ""
    return inner(element)


def inner(element: etree._Element) -> str:
    """The markup inside an element, as HTML without namespace prefixes."""
    parts = [_escape(element.text or "")]
    for child in element:
        parts.append(_markup(child))
        parts.append(_escape(child.tail or ""))
    return "".join(parts)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") if text else ""


def _markup(element: etree._Element) -> str:
    name = etree.QName(element).localname
    attributes = "".join(
        f' {etree.QName(key).localname}="{_escape(str(value)).replace(chr(34), "&quot;")}"'
        for key, value in element.attrib.items()
    )
    body = inner(element)
    if not body and name.lower() in ("br", "hr", "img", "input", "wbr"):
        return f"<{name}{attributes}>"
    return f"<{name}{attributes}>{body}</{name}>"


def construct(element: etree._Element, context: Context) -> Text:
    """The text construct of an element, by its type and mode."""
    nested = len(element)
    if not context.atom and not nested:
        text = element.text or ""
        return Text(text, "guess", context.base(element)) if context.based else Text(text)
    base = context.base(element) if context.based else None
    said = attributes(element)
    kind = said["type"].strip().lower() if "type" in said else ""
    mode = said["mode"].strip().lower() if "mode" in said else ""
    if mode == "base64":
        return Text(base64_text(element.text or ""), "html" if "html" in kind else "guess", base)
    if nested and mode != "escaped":
        return Text(inner(element), "html", base)
    value = text_of(element)
    if not context.atom:
        return Text(value, "guess", base)
    if kind in ("html", "xhtml", "text/html", "application/xhtml+xml"):
        if mode == "xml" or "xhtml" in kind:  # an XML construct is its own text
            return Text(value, "text", base)
        return Text(value, "html", base)
    if kind in ("", "text", "text/plain"):
        return Text(value, "text", base)
    if kind.endswith(("+xml", "/xml")) or kind.startswith("text/"):
        return Text(value, "text", base)
    # Anything else is base64 (RFC 4287, 4.1.3.3), of text or of a media file (left out).
    return Text(base64_text(value), "html", base)
