"""Checks that nothing in a digest takes effect that the digest did not make itself.

The files are read with parsers that know nothing of how they were written.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import html5lib
import lxml.html
import markdown
from lxml import etree
from markdown_it import MarkdownIt

from aggregator.digest import Edition, format_named, render, render_mail
from tests.digest.hostile_stories import OURS

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
ATOM = "{http://www.w3.org/2005/Atom}"

# What a digest is made of; anything else in a page came from outside.
PAGE_TAGS = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "article",
    "section", "p", "h1", "h2", "h3", "a", "span", "bdi", "ul", "li", "time", "details",
    "summary", "dl", "div", "dt", "dd", "nav", "code",
}  # fmt: skip
TEXT_TAGS = {"p", "a", "bdi", "span", "ul", "ol", "li", "strong", "em", "h1", "h2", "h3", "hr"}
TEXT_TAGS |= {"br", "code"}
FRAGMENT = TEXT_TAGS | {"html", "head", "body", "div"}
ATTRIBUTES = {
    "href", "rel", "lang", "dir", "id", "class", "datetime", "tabindex", "charset", "content",
    "name", "http-equiv", "aria-label", "aria-labelledby", "hidden",
}  # fmt: skip


def inert(tree: Any, tags: set[str]) -> Iterator[str]:
    """The links of a parsed page; fails on anything that is not ours."""
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        tag = element.tag.rpartition("}")[2]
        assert tag in tags, tag
        for name, value in element.attrib.items():
            assert name in ATTRIBUTES, (tag, name)
            if name == "href":
                yield value


def ours(links: Iterator[str]) -> int:
    count = 0
    for href in links:
        assert href.startswith("#") or urlsplit(href).hostname == OURS, href
        count += 1
    return count


Parse = Callable[[str], Any]


def browser(text: str) -> Any:
    """The tree that a browser makes of ``text``, by the book (html5lib: slow)."""
    return html5lib.parse(text, treebuilder="lxml")


def quick(text: str) -> Any:
    """The same in C: libxml2 splits text into tags as HTML 5 says."""
    return lxml.html.document_fromstring(
        text.encode(), parser=lxml.html.HTMLParser(encoding="utf-8")
    )


GITHUB = MarkdownIt("gfm-like", {"html": True, "linkify": False})
ORIGINAL = markdown.Markdown(extensions=["extra", "sane_lists", "toc"])
Rendered = Callable[[str], str]


def _original(text: str) -> str:
    return ORIGINAL.reset().convert(text)


def check_page(text: str, parse: Parse = browser) -> int:
    tree = parse(text)
    found = ours(inert(tree, PAGE_TAGS))
    styles = tree.xpath("//*[local-name()='style']")
    assert len(styles) == 1
    assert "import" not in styles[0].text
    assert "url(" not in styles[0].text
    return found


def check_markdown(text: str, parse: Parse = browser, *renderers: Rendered) -> int:
    counts = set()
    for rendered in renderers or (GITHUB.render, _original):
        links = inert(parse(f"<div>{rendered(text)}</div>"), FRAGMENT)
        counts.add(ours(links))
    assert len(counts) == 1, counts  # two renderers see the same links
    return counts.pop()


def check_json(text: str) -> None:
    assert "<" not in text
    assert ">" not in text
    assert "&" not in text
    assert "\u2028" not in text
    document = json.loads(text)
    for value in _strings(document):
        assert "\n" not in value
        assert not re.search("[\x00-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", value)
    for story in document["stories"]:
        for part in story["coverage"]:
            for item in (part["item"], *part["copies"]):
                assert item["link"] is None or item["link"].startswith(("http://", "https://"))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _strings(one)
    if isinstance(value, str):
        yield value


def check_atom(text: str, parse: Parse = browser) -> int:
    feed = etree.fromstring(text.encode("utf-8"), etree.XMLParser(resolve_entities=False))
    assert {e.tag.rpartition("}")[0] for e in feed.iter()} == {ATOM[:-1]}
    links = 0
    for entry in feed.iter(f"{ATOM}entry"):
        content = entry.find(f"{ATOM}content")
        links += ours(inert(parse(content.text), FRAGMENT))
        title = entry.find(f"{ATOM}title")
        assert title.get("type", "text") == "text"
    links += ours(e.get("href") for e in feed.iter(f"{ATOM}link"))
    return links


def check_mail(text: str, parse: Parse = browser) -> int:
    """A mail has no style sheet; its styles are on the elements, and load nothing."""
    tree = parse(text)
    for element in tree.iter():
        style = element.attrib.pop("style", "") if isinstance(element.tag, str) else ""
        assert re.fullmatch(r"[a-z0-9#%,:; '.A-Z-]*", style) and "url" not in style
    assert not tree.xpath("//*[local-name()='style']")
    return ours(inert(tree, PAGE_TAGS | {"b", "br"}))


def check_feeds(edition: Edition, parse: Parse = browser) -> None:
    rss = etree.fromstring(render(edition, "rss").encode(), etree.XMLParser(resolve_entities=False))
    known = {"rss", "channel", "title", "link", "description", "language", "lastBuildDate"}
    known |= {"generator", "item", "category", "guid", "pubDate", f"{ATOM}link"}
    assert {one.tag for one in rss.iter()} <= known
    assert ours(iter(one.text for one in rss.iter("link"))) > 0
    texts = [one.findtext("description") for one in rss.iter("item")]
    document = render(edition, "jsonfeed")
    assert not set("<>&\u2028") & set(document)
    items = json.loads(document)["items"]
    assert [one["content_html"] for one in items] == texts
    ours(iter(one["url"] for one in items if "url" in one))
    for text in texts:
        ours(inert(parse(text), FRAGMENT))


def check_book(edition: Edition) -> int:
    """The pages of the EPUB file, which are XML."""
    tags = PAGE_TAGS | {"link", "ol"}
    links = 0
    with zipfile.ZipFile(BytesIO(format_named("epub").content(edition))) as book:
        for name in book.namelist():
            if not name.endswith(".xhtml"):
                continue
            tree = etree.fromstring(book.read(name), etree.XMLParser(resolve_entities=False))
            for element in tree.iter():
                for key in (XML_LANG, EPUB_TYPE, "type"):
                    element.attrib.pop(key, None)
            found = [href for href in inert(tree, tags) if urlsplit(href).scheme]
            links += ours(iter(found))
    return links


def check_all(edition: Edition, parse: Parse = browser, *renderers: Rendered) -> None:
    stories = len(edition.stories)
    assert check_page(render(edition, "html"), parse) >= 4 * stories
    assert check_markdown(render(edition, "md"), parse, *renderers) >= 4 * stories
    assert check_atom(render(edition, "atom"), parse) >= 4 * stories
    check_json(render(edition, "json"))
    assert check_mail(render_mail(edition), parse) >= 2 * stories
    check_feeds(edition, parse)
    assert check_book(edition) >= 4 * stories


def leads_to_http(href: str) -> None:
    parts = urlsplit(href)
    assert href.startswith("#") or parts.scheme in ("http", "https"), href
    assert "@" not in parts.netloc, href
    assert not re.search(r"[\s<>\"'`\\]", href), href
