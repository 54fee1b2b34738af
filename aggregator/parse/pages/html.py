"""The metadata in the markup of an article page, and the lines of its text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import lxml.html
from lxml import etree

from aggregator.parse.feeds.links import link
from aggregator.text.clean import gate, squeeze, unescape

SIZE = 3_000_000
"""Characters of a page that are read."""
_LINES = 5_000
_ARTICLE = re.compile(
    r"(?:News|Blog|Analysis|Opinion|Report|Review)?\w*(?:Article|Posting|Report)$"
)
# Names of meta elements, most reliable first; strings for readability.
_PUBLISHED = tuple(
    """article:published_time og:article:published_time og:published_time datepublished publishdate
    pubdate publish-date publish_date publication_date parsely-pub-date sailthru.date
    article.published cxenseparse:recs:publishtime dc.date.issued dcterms.issued dc.date
    dcterms.date dcterms.created dc.date.created date datecreated originalpublicationdate
    rnews:datepublished citation_publication_date""".split()  # noqa: SIM905
)
_UPDATED = tuple(
    """article:modified_time og:updated_time og:article:modified_time datemodified lastmod
    last-modified dcterms.modified dc.date.modified article.updated revised""".split()  # noqa: SIM905
)
_TITLES = tuple("og:title twitter:title dc.title dcterms.title parsely-title headline".split())  # noqa: SIM905
_AUTHORS = tuple(
    """author article:author_name dc.creator dcterms.creator parsely-author byl sailthru.author
    article:author""".split()  # noqa: SIM905
)
_SITES = tuple("og:site_name application-name dc.publisher dcterms.publisher publisher".split())  # noqa: SIM905
_LANGUAGES = ("og:locale", "content-language", "language")
_HIDDEN = frozenset(
    """script style noscript template svg math iframe object embed button select option textarea
    input canvas audio video head nav form dialog""".split()  # noqa: SIM905
)
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:related|read-?more|read-?also|share|sharing|social|newsletter|subscribe"
    r"|comments?|disqus|breadcrumbs?|recommended|recirc|most-?read|trending|promo|advert(?:isement)?|ads?"
    r"|cookie|sidebar|tags?|taglist|toolbar|outbrain|taboola)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    """address article aside blockquote body center dd details div dl dt fieldset figcaption figure
    footer h1 h2 h3 h4 h5 h6 header hr li main ol p pre section summary table tbody td tfoot th
    thead time tr ul""".split()  # noqa: SIM905
)


@dataclass(slots=True)
class Line:
    """A line of text and its position in the page."""

    text: str
    element: etree._Element
    linked: int = 0  # characters of it within links


@dataclass(slots=True)
class Page:
    """The metadata of a page, with unprocessed texts."""

    titles: list[str] = field(default_factory=list)  # most reliable first
    published: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)  # of ``time`` elements, whatever they refer to
    authors: list[str] = field(default_factory=list)
    site: str = ""
    canonical: str | None = None
    language: str | None = None
    body: str = ""  # JSON-LD articleBody


def page_tree(text: str) -> etree._Element | None:
    """The tree of a page; None if it has no markup."""
    parser = lxml.html.HTMLParser(no_network=True, huge_tree=False, encoding="utf-8")
    try:
        data = text[:SIZE].encode("utf-8", "replace")
        return lxml.html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None


def about(root: etree._Element, url: str | None) -> Page:
    """The metadata in JSON-LD, meta elements, ``time`` elements and links of the page."""
    page = Page()
    for data in _json_ld(root):
        _from_json_ld(page, data)
    meta: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        value = squeeze(gate(unescape(element.get("content") or ""), 2_000))
        if name and value:
            meta.setdefault(name.strip().lower(), []).append(value)
    page.titles += [v for name in _TITLES for v in meta.get(name, ())[:1]]
    page.published += [v for name in _PUBLISHED for v in meta.get(name, ())]
    page.updated += [v for name in _UPDATED for v in meta.get(name, ())]
    page.authors += [v for name in _AUTHORS for v in meta.get(name, ()) if "://" not in v]
    page.site = page.site or next((v for name in _SITES for v in meta.get(name, ())), "")
    _from_times(page, root)
    if not page.authors:
        _from_bylines(page, root)
    headings = [squeeze(_flat(h)) for h in root.iter("h1") if not _aside(h)]
    page.titles += [h for h in headings if h][:2]
    title = root.find(".//title")
    if title is not None and (said := squeeze(gate(_flat(title), 1_000))):
        page.titles.append(said)
    page.canonical = _canonical(root, meta, url)
    page.language = (
        root.get("lang")
        or root.get("{http://www.w3.org/XML/1998/namespace}lang")
        or next((v for name in _LANGUAGES for v in meta.get(name, ())), None)
    )
    return page


def _flat(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext())


def _aside(element: etree._Element) -> bool:
    """Whether the element is in a part of the page outside its article."""
    return any(
        e.tag in ("aside", "nav", "footer")
        or (e.tag not in ("html", "body", "article", "main") and is_box(e))
        for e in (element, *element.iterancestors())
    )


def is_box(element: etree._Element) -> bool:
    """Whether class or id of the element indicate buttons, links, comments or the like."""
    return bool(_ASIDE.search(f"{element.get('class') or ''} {element.get('id') or ''}"))


def _from_times(page: Page, root: etree._Element) -> None:
    for element in root.iter(etree.Element):
        said = (element.get("itemprop") or "").lower()
        if element.tag != "time" and not said.startswith("date"):
            continue
        value = element.get("datetime") or element.get("content") or _flat(element)
        value = squeeze(gate(value, 200))
        if not value or _aside(element):
            continue
        named = f"{said} {element.get('class') or ''}".lower()
        if "modif" in named or "update" in named:
            page.updated.append(value)
        elif said.startswith("date"):
            page.published.append(value)
        else:
            page.times.append(value)


def _from_bylines(page: Page, root: etree._Element) -> None:
    """Add authors from elements marked as such."""
    for element in root.iter(etree.Element):
        said = {(element.get("itemprop") or "").lower(), (element.get("rel") or "").lower()}
        named = "author" in said or element.get("class", "").lower() in ("author", "author-name")
        if not named or element.tag in ("meta", "link") or _aside(element):
            continue
        name = squeeze(gate(_flat(element), 200))
        if 0 < len(name) <= 60 and name not in page.authors and len(page.authors) < 20:
            page.authors.append(name)


def _canonical(root: etree._Element, meta: dict[str, list[str]], url: str | None) -> str | None:
    for element in root.iter("link"):
        said = (element.get("rel") or "").strip().lower() == "canonical"
        if said and (found := link(element.get("href"), url)):
            return found
    return next((f for v in meta.get("og:url", ()) if (f := link(v, url))), None)


def _json_ld(root: etree._Element) -> Iterator[dict[str, Any]]:
    for element in list(root.iter("script"))[:200]:
        if (element.get("type") or "").split(";")[0].strip().lower() != "application/ld+json":
            continue
        try:
            data = json.loads(_flat(element)[:500_000], strict=False)
        except (ValueError, RecursionError):
            continue
        stack = [(data, 0)]
        while stack:
            value, depth = stack.pop()
            if isinstance(value, list) and depth < 6:
                stack += [(v, depth + 1) for v in value[:100]]
            elif isinstance(value, dict):
                kinds = value.get("@type")
                kinds = kinds if isinstance(kinds, list) else [kinds]
                if any(isinstance(k, str) and _ARTICLE.match(k) for k in kinds):
                    yield value
                elif "@graph" in value and depth < 6:
                    stack.append((value["@graph"], depth + 1))


def _from_json_ld(page: Page, data: dict[str, Any]) -> None:
    for name, into in (
        ("headline", page.titles),
        ("datePublished", page.published),
        ("dateCreated", page.published),
        ("dateModified", page.updated),
    ):
        if isinstance(value := data.get(name), str) and value.strip():
            into.append(squeeze(gate(unescape(value), 2_000)))
    authors = data.get("author") or data.get("creator")
    for author in authors[:20] if isinstance(authors, list) else [authors]:
        who = author.get("name") if isinstance(author, dict) else author
        if isinstance(who, str) and who.strip() and "://" not in who:
            page.authors.append(squeeze(gate(unescape(who), 200)))
    publisher = data.get("publisher")
    if isinstance(publisher, dict) and isinstance(called := publisher.get("name"), str):
        page.site = page.site or squeeze(gate(unescape(called), 200))
    if isinstance(body := data.get("articleBody"), str):
        page.body = page.body or body[:200_000]


def lines_of(root: etree._Element) -> list[Line]:
    """The lines of text of a page: one for each block and line break."""
    body = root.find("body")
    found: list[Line] = []
    parts: list[str] = []
    linked = 0

    def end(element: etree._Element) -> None:
        nonlocal linked
        said = gate("".join(parts))
        for part in said.split("\n") if _is_set(element) else (said,):
            if (text := squeeze(part)) and len(found) < _LINES:
                found.append(Line(text, element, linked))
        parts.clear()
        linked = 0

    def walk(element: etree._Element, in_link: bool, block: etree._Element) -> None:
        nonlocal linked
        in_link = in_link or element.tag == "a"
        is_block = element.tag in _BLOCKS
        if is_block:
            end(block)
            block = element
        if element.text:
            parts.append(element.text)
            linked += len(element.text.strip()) if in_link else 0
        for child in element:
            tag = child.tag
            if tag == "br":
                end(block)
            elif isinstance(tag, str) and tag not in _HIDDEN and not _invisible(child):
                walk(child, in_link, block)
            if child.tail:
                parts.append(child.tail)
                linked += len(child.tail.strip()) if in_link else 0
        if is_block:
            end(block)

    if body is not None:
        walk(body, False, body)
        end(body)
    return found


def _is_set(element: etree._Element) -> bool:
    """Whether line breaks are significant within the element."""
    return element.tag == "pre"


def _invisible(element: etree._Element) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or element.get("hidden") is not None
