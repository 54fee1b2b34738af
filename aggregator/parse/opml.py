"""Reads and writes lists of feeds as OPML (http://opml.org/spec2.opml)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from aggregator.parse.decode import decode
from aggregator.parse.errors import ParseError
from aggregator.parse.feeds.links import link
from aggregator.parse.feeds.namespaces import short
from aggregator.parse.feeds.prolog import skip_declarations
from aggregator.parse.feeds.xmltree import tree
from aggregator.parse.opml_tags import DEPTH, addresses, outlines
from aggregator.text.clean import gate, squeeze

MOST = 50_000
"""Maximum number of feeds per list."""
_NAMED = 20  # lost lines that are reported individually
_LOOK = 4_000  # bytes in which a list is recognised
_OPML_START = re.compile(
    r"(?:\s|\ufeff|<\?[^>]*>|<!--.*?-->|<!DOCTYPE[^>]*>)*<(?:\w+:)?o(?:p)?ml\b",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """A subscription in a list.

    ``tags`` are the folders around it, outermost first, then its own categories.
    """

    url: str
    title: str = ""
    tags: tuple[str, ...] = ()
    site: str | None = None


@dataclass(frozen=True, slots=True)
class OpmlList:
    """The content of a list: its feeds, each address once, and what could not be read."""

    feeds: tuple[OpmlFeed, ...]
    problems: tuple[str, ...] = ()


def is_opml(body: bytes) -> bool:
    """Whether a document begins like an OPML list, whatever its file name."""
    return _OPML_START.match(decode(body[:_LOOK]).text) is not None


def read_opml(body: bytes) -> OpmlList:
    """The feeds of an OPML list, or of the RDF lists some readers export, each address once.

    A list with broken XML is read tag by tag; lines whose address is lost are reported.
    Raises ParseError if it is not a list, or declares entities.
    """
    text = decode(body).text
    problems: list[str] = []
    at = skip_declarations(text, [])
    try:
        found = _of_tree(tree(text[at:]))
    except etree.XMLSyntaxError as problem:
        found = _of_tags(text, problems)
        if not found:
            raise ParseError(f"broken XML: {str(problem)[:120]}") from None
        problems.insert(0, f"broken XML, read as far as possible: {str(problem)[:120]}")
    if len(found) > MOST:
        problems.append(f"only the first {MOST:,} of {len(found):,} feeds were read")
    unique: dict[str, OpmlFeed] = {}
    for feed in found[:MOST]:
        known = unique.get(feed.url)
        if known is None:
            unique[feed.url] = feed
        else:  # a feed in two folders gets the tags of both
            tags = tuple(dict.fromkeys((*known.tags, *feed.tags)))
            unique[feed.url] = OpmlFeed(
                feed.url, known.title or feed.title, tags, known.site or feed.site
            )
    return OpmlList(tuple(unique.values()), tuple(problems))


def _of_tree(root: etree._Element) -> list[OpmlFeed]:
    name = short(root.tag)[1]
    if name == "rdf":
        return _rdf(root)
    if name in ("opml", "oml") or root.tag.lower().endswith("opml"):
        return _outlines(root)
    raise ParseError(f"not a list of feeds: its first element is '{name}'")


def _of_tags(text: str, problems: list[str]) -> list[OpmlFeed]:
    """The feeds of a broken list; lines with a lost feed are added to ``problems``."""
    found, read = [], Counter[int]()
    for outline in outlines(text):
        said = outline.attributes
        address = said.get("xmlurl", "")
        url = link(address, None) or _feed_scheme(address)
        if url is None:
            continue
        read[outline.line] += 1
        title = said.get("title") or said.get("text") or url
        tags = dict.fromkeys((*outline.folders, *_categories(said.get("category", ""))))
        found.append(OpmlFeed(url, title, tuple(tags), link(said.get("htmlurl"), None)))
    lost = sorted((Counter(addresses(text)) - read).elements())
    problems += [f"line {line}: no readable feed address" for line in lost[:_NAMED]]
    if len(lost) > _NAMED:
        problems.append(f"... and {len(lost) - _NAMED} more lines")
    return found


def _attribute(element: etree._Element, *names: str) -> str:
    """An attribute by any of its spellings, ignoring case."""
    for name in names:
        for key, value in element.attrib.items():
            if str(key).lower() == name:
                return squeeze(gate(str(value), 2_000))
    return ""


def _outlines(root: etree._Element) -> list[OpmlFeed]:
    found: list[OpmlFeed] = []
    body = next((e for e in root if isinstance(e.tag, str) and short(e.tag)[1] == "body"), root)

    def walk(parent: etree._Element, folders: tuple[str, ...], depth: int) -> None:
        for element in parent:
            if not isinstance(element.tag, str) or short(element.tag)[1] not in ("outline", "body"):
                continue
            title = _attribute(element, "title") or _attribute(element, "text")
            address = _attribute(element, "xmlurl", "xml", "url" if _is_feed(element) else "xmlurl")
            url = link(address, None) or _feed_scheme(address)
            if url:
                own = _categories(_attribute(element, "category"))
                tags = tuple(dict.fromkeys((*folders, *own)))
                found.append(
                    OpmlFeed(url, title or url, tags, link(_attribute(element, "htmlurl"), None))
                )
            if depth < DEPTH and len(element):
                inner = folders if url or not title else (*folders, title)
                walk(element, inner, depth + 1)

    walk(body, (), 0)
    return found


def _is_feed(element: etree._Element) -> bool:
    return _attribute(element, "type").lower() in ("rss", "rss1", "atom", "pie", "feed")


def _feed_scheme(address: str) -> str | None:
    """Convert ``feed:`` addresses, as written by some readers."""
    match = re.fullmatch(r"feed:(?://)?(https?://.+|[^/].*)", address, re.IGNORECASE)
    if not match:
        return None
    return link(match[1] if match[1].lower().startswith("http") else f"http://{match[1]}", None)


def _categories(said: str) -> tuple[str, ...]:
    """``/News/World,Politics`` as tags: the parts of each path."""
    return tuple(
        part.strip() for path in said.split(",") for part in path.split("/") if part.strip()
    )


def _rdf(root: etree._Element) -> list[OpmlFeed]:
    """Feeds in a FOAF list, as published by planet sites."""
    found = []
    for agent in root.iter(etree.Element):
        if short(agent.tag)[1] not in ("agent", "person"):
            continue
        name = next((squeeze(e.text or "") for e in agent if short(e.tag)[1] == "name"), "")
        site = None
        for element in agent.iter(etree.Element):
            tag = short(element.tag)[1]
            address = next((v for k, v in element.attrib.items() if str(k).endswith("about")), "")
            if tag == "document" and address:
                site = link(str(address), None)
            elif tag == "channel" and (url := link(str(address), None)):
                found.append(OpmlFeed(url, name or url, (), site))
    return found


def write_opml(feeds: Iterable[OpmlFeed], *, title: str = "Subscriptions") -> bytes:
    """An OPML 2.0 list of ``feeds``, UTF-8; reading it again gives the same feeds.

    Tags are written as categories, so that a feed with two tags occurs once.
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = gate(title, 500)
    body = etree.SubElement(root, "body")
    for feed in feeds:
        name = gate(feed.title or feed.url, 1_000)
        outline = etree.SubElement(
            body, "outline", type="rss", text=name, title=name, xmlUrl=feed.url
        )
        if feed.site:
            outline.set("htmlUrl", feed.site)
        if feed.tags:
            outline.set(
                "category",
                ",".join(gate(tag, 200).replace(",", " ").replace("/", " ") for tag in feed.tags),
            )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))
