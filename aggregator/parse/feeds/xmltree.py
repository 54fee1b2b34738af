"""XML text to a tree, with unambiguous repairs."""

from __future__ import annotations

import re
import threading
from html.entities import html5

from lxml import etree

from aggregator.parse.errors import ParseError
from aggregator.parse.feeds.namespaces import PREFIXES

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CHAR_REF = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8}));?")
_AMPERSAND = re.compile(
    r"&(?!#[0-9]{1,7};|#x[0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31};)?"
)
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>|<!--.*?-->)", re.DOTALL)
_ROOT_TAG = re.compile(r"<[A-Za-z_][^<>]*>")
_PREFIX = re.compile(r"<([A-Za-z][\w.-]*):[A-Za-z]")
_END_OF_ENTRY = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_START_OF_ENTRY = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ANY_TAG = re.compile(r"<(/?)([A-Za-z_][\w.:-]*)[^<>]*?(/?)>")
_JUNK_AFTER = re.compile(r"</(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)


_OF_THREAD = threading.local()


def _parser() -> etree.XMLParser:
    """The parser of this thread (creating one per document would cost as much as 20 entries)."""
    found: etree.XMLParser | None = getattr(_OF_THREAD, "parser", None)
    if found is None:
        found = _OF_THREAD.parser = _new_parser()
    return found


def _new_parser() -> etree.XMLParser:
    # No entities, DTD or network access; the text is UTF-8 regardless of its declaration.
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def tree(text: str | bytes) -> etree._Element:
    """The root element of well-formed XML. Raises ``etree.XMLSyntaxError``."""
    body = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    root = etree.fromstring(body, _parser())
    if root is None:  # recovering lxml parsers return None; ours raises, but make sure
        raise ParseError("not a feed: no XML element")
    return root


def repaired(text: str) -> str:
    """``text`` with unambiguous repairs.

    Escapes bare ampersands, resolves HTML entities, removes illegal characters, declares
    known prefixes, and drops anything after the root.
    """
    text = _ILLEGAL.sub("", text)
    if "&" in text:
        parts = _CDATA.split(text) if "<![CDATA[" in text or "<!--" in text else [text]
        parts[::2] = [
            _AMPERSAND.sub(_entity, _CHAR_REF.sub(_reference, part)) for part in parts[::2]
        ]
        text = "".join(parts)
    text = _declared(text)
    ends = list(_JUNK_AFTER.finditer(text[-5_000:]))
    if ends and (after := text[len(text[:-5_000]) + ends[-1].end() :]).strip():
        text = text[: len(text) - len(after)]
    return text


def _reference(match: re.Match[str]) -> str:
    number = int(match[1], 16) if match[1] else int(match[2])
    if 0x80 <= number <= 0x9F:  # HTML reads these as windows-1252
        return bytes([number]).decode("cp1252", "ignore")
    legal = (
        number in (9, 10, 13)
        or 0x20 <= number <= 0xD7FF
        or 0xE000 <= number <= 0xFFFD
        or 0x10000 <= number <= 0x10FFFF
    )
    return f"&#{number};" if legal else ""


def _entity(match: re.Match[str]) -> str:
    name = match[1]
    if name and (value := html5.get(name)):
        return "".join(f"&#{ord(ch)};" for ch in value)
    return "&amp;" + (name or "")


def _declared(text: str) -> str:
    """``text`` with declarations added for undeclared usual prefixes."""
    root = _ROOT_TAG.search(text)
    if root is None:
        return text
    used = set(_PREFIX.findall(text))
    missing = [p for p in sorted(used) if f"xmlns:{p}=" not in text and p != "xml"][:50]
    if not missing:
        return text
    declared = "".join(
        f' xmlns:{p}="{PREFIXES.get(p.lower(), f"urn:undeclared:{p}")}"' for p in missing
    )
    at = root.end() - (2 if root[0].endswith("/>") else 1)
    return text[:at] + declared + text[at:]


def whole_entries(text: str) -> str | None:
    """A truncated document, closed after its last complete entry; None if it has none."""
    last = None
    for last in _END_OF_ENTRY.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    first = _START_OF_ENTRY.search(text)
    if last is None or first is None:
        return None
    stack: list[str] = []
    for match in _ANY_TAG.finditer(_CDATA.sub("", text[: first.start()])):
        if match[1]:
            if match[2] in stack:
                del stack[len(stack) - 1 - stack[::-1].index(match[2]) :]
        elif not match[3]:
            stack.append(match[2])
    return text[: last.end()] + "".join(f"</{name}>" for name in reversed(stack))
