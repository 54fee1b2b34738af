"""Whatever stands in the texts and links of a story, nothing of it takes effect.

The payloads are those of the shared folder, put into every text field and link of
items and stories, many to a page, and the files are read back with parsers that
know nothing of how they were written.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import html5lib
import lxml.html
import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt

from aggregator.digest import Edition, render, render_mail, select
from aggregator.reading.story_view import Coverage, Earlier, StoryView
from aggregator.settings import DigestSettings
from tests.support import examples

DAY = timedelta(hours=24)
OURS = "ours.example"
A_PAGE = 120  # payloads
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


def _payloads(shared: Path) -> list[str]:
    hostile = shared / "feeds" / "hostile"
    found = list(json.loads((hostile / "naughty_strings.json").read_text("utf-8")))
    found += [
        one["payload"]
        for one in json.loads((hostile / "dompurify_payloads.json").read_text("utf-8"))
    ]
    for name, pattern in (
        ("xss-payloadbox.tar.gz", "Intruder/"),
        ("bleach-tests-data.tar.gz", "data/"),
    ):
        with tarfile.open(hostile / name) as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isfile() else None
                if file is None or pattern not in member.name:
                    continue
                text = file.read().decode("utf-8", "replace")
                found += text.splitlines() if pattern == "Intruder/" else [text]
    return list(dict.fromkeys(payload for payload in found if payload))


MARKUP = [  # beyond the payloads: syntax of Markdown and its dialects, each with a link
    "[click](https://evil.example/)",
    "![image](https://evil.example/x.png)",
    "<https://evil.example/>",
    "https://evil.example/ and www.evil.example and evil.example",
    "someone@evil.example mailto:someone@evil.example",
    "[ref][1]",
    "[1]: https://evil.example/",
    "[^1]: https://evil.example/",
    "`code` **bold** __bold__ *em* _em_ ~~gone~~ ==mark== ^sup^",
    "# heading",
    "> quote",
    "- item",
    "+ item",
    "* item",
    "1. item",
    "2) item",
    "    code",
    "```",
    "~~~",
    "---",
    "===",
    "***",
    "| a | b |",
    "$$x$$ and $`x`$",
    "&lt;script&gt; &#60;script&#62; &copy;",
    "\\[click](https://evil.example/)",
    "\\\\[click](https://evil.example/)",
    "]( https://evil.example/ ) [",
    "{: onclick=x } {{ 7*7 }} {% include x %}",
    "*[HTML]: x",
    ": definition",
    "!!! note",
    "title\n\n# second line\u2028[x](https://evil.example/)\r\n<script>",
    "\u202emoc.live\u2066 \u2067 \ud800 \x00 \x1b[31m",
]


def _stories(make: Any, payloads: list[str]) -> list[StoryView]:
    """Each payload in every text of a story, with links that are ours."""
    return [_story(make, f"{n}", payload) for n, payload in enumerate(payloads)]


def _story(make: Any, key: str, text: str) -> StoryView:
    link = f"https://{OURS}/{key}"
    said = {
        "lead": text,
        "source": text,
        "credit": text,
        "tags": (text,),
        "link": link,
        "url": link,
        "flags": (text,),
        "identity": text,
    }
    copy = make.item(f"copy{key}", text, **said)
    lead = make.coverage(key, text, copy, **said, first_published=make.now - 40 * DAY)
    related = make.coverage(f"r{key}", text, **(said | {"language": "ar"}))
    earlier = Earlier(text, text, link)
    return make.view(
        key,
        lead,
        related,
        earlier=earlier,
        terms=(text,),
        outlets=(text,),
        follows=text,
        state=text,
    )


def _linked(make: Any, key: str, href: str) -> StoryView:
    """A story whose links are all ``href``."""
    copy = make.item(f"copy{key}", "Plain", link=href, url=href)
    lead = make.coverage(key, "Plain", copy, link=href, url=href)
    return make.view(key, lead, earlier=Earlier("sx", "Earlier", href))


def _edition(make: Any, stories: list[StoryView], **said: Any) -> Edition:
    limits = {"limit": 10_000, "section_limit": 10_000} | said
    chosen = DigestSettings(name="daily", link=f"https://{OURS}/digests", **limits)
    return select(chosen, stories, since=make.now - DAY, until=make.now, made=make.now)


def _inert(tree: Any, tags: set[str]) -> Iterator[str]:
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


def _ours(links: Iterator[str]) -> int:
    count = 0
    for href in links:
        assert href.startswith("#") or urlsplit(href).hostname == OURS, href
        count += 1
    return count


Parse = Callable[[str], Any]


def _browser(text: str) -> Any:
    """The tree that a browser makes of ``text``, by the book (html5lib: slow)."""
    return html5lib.parse(text, treebuilder="lxml")


def _quick(text: str) -> Any:
    """The same in C: libxml2 splits text into tags as HTML 5 says."""
    return lxml.html.document_fromstring(
        text.encode(), parser=lxml.html.HTMLParser(encoding="utf-8")
    )


GITHUB = MarkdownIt("gfm-like", {"html": True, "linkify": False})
ORIGINAL = markdown.Markdown(extensions=["extra", "sane_lists", "toc"])
Rendered = Callable[[str], str]


def _original(text: str) -> str:
    return ORIGINAL.reset().convert(text)


def _check_page(text: str, parse: Parse = _browser) -> int:
    tree = parse(text)
    found = _ours(_inert(tree, PAGE_TAGS))
    styles = tree.xpath("//*[local-name()='style']")
    assert len(styles) == 1
    assert "import" not in styles[0].text
    assert "url(" not in styles[0].text
    return found


def _check_markdown(text: str, parse: Parse = _browser, *renderers: Rendered) -> int:
    counts = set()
    for rendered in renderers or (GITHUB.render, _original):
        links = _inert(parse(f"<div>{rendered(text)}</div>"), FRAGMENT)
        counts.add(_ours(links))
    assert len(counts) == 1, counts  # two renderers see the same links
    return counts.pop()


def _check_json(text: str) -> None:
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


def _check_atom(text: str, parse: Parse = _browser) -> int:
    feed = etree.fromstring(text.encode("utf-8"), etree.XMLParser(resolve_entities=False))
    assert {e.tag.rpartition("}")[0] for e in feed.iter()} == {ATOM[:-1]}
    links = 0
    for entry in feed.iter(f"{ATOM}entry"):
        content = entry.find(f"{ATOM}content")
        links += _ours(_inert(parse(content.text), FRAGMENT))
        title = entry.find(f"{ATOM}title")
        assert title.get("type", "text") == "text"
    links += _ours(e.get("href") for e in feed.iter(f"{ATOM}link"))
    return links


def _check_mail(text: str, parse: Parse = _browser) -> int:
    """A mail has no style sheet; its styles are on the elements, and load nothing."""
    tree = parse(text)
    for element in tree.iter():
        style = element.attrib.pop("style", "") if isinstance(element.tag, str) else ""
        assert re.fullmatch(r"[a-z0-9#%,:; '.A-Z-]*", style) and "url" not in style
    assert not tree.xpath("//*[local-name()='style']")
    return _ours(_inert(tree, PAGE_TAGS | {"b", "br"}))


def _check_feeds(edition: Edition, parse: Parse = _browser) -> None:
    rss = etree.fromstring(render(edition, "rss").encode(), etree.XMLParser(resolve_entities=False))
    known = {"rss", "channel", "title", "link", "description", "language", "lastBuildDate"}
    known |= {"generator", "item", "category", "guid", "pubDate", f"{ATOM}link"}
    assert {one.tag for one in rss.iter()} <= known
    assert _ours(iter(one.text for one in rss.iter("link"))) > 0
    texts = [one.findtext("description") for one in rss.iter("item")]
    document = render(edition, "jsonfeed")
    assert not set("<>&\u2028") & set(document)
    items = json.loads(document)["items"]
    assert [one["content_html"] for one in items] == texts
    _ours(iter(one["url"] for one in items if "url" in one))
    for text in texts:
        _ours(_inert(parse(text), FRAGMENT))


def _check_all(edition: Edition, parse: Parse = _browser, *renderers: Rendered) -> None:
    stories = len(edition.stories)
    assert _check_page(render(edition, "html"), parse) >= 4 * stories
    assert _check_markdown(render(edition, "md"), parse, *renderers) >= 4 * stories
    assert _check_atom(render(edition, "atom"), parse) >= 4 * stories
    _check_json(render(edition, "json"))
    assert _check_mail(render_mail(edition), parse) >= 2 * stories
    _check_feeds(edition, parse)


@pytest.mark.slow
def test_markup_in_any_text_stays_text(make):
    for language in ("en", "ar"):
        _check_all(_edition(make, _stories(make, MARKUP), language=language))


def test_markup_in_bare_headlines_and_section_names_stays_text(make):
    views = _stories(make, MARKUP)
    tagged = [
        make.view(f"t{n}", make.coverage(f"t{n}", text, tags=(text,), source=text, link=None))
        for n, text in enumerate(MARKUP)
    ]
    found = _edition(make, [*views, *tagged], limit=12, lead=2, section_limit=1)
    assert found.headlines and {view.section for view in found.headlines}
    _check_page(render(found, "html"))
    _check_markdown(render(found, "md"))
    _check_atom(render(found, "atom"))
    _check_json(render(found, "json"))


@pytest.mark.slow
def test_hostile_payloads_in_any_text_stay_text(make, shared):
    """A third of them as a store might hold them; all go the whole way in the next file.

    By the quick parser and GitHub's Markdown, and some by the slow ones too.
    """
    payloads = _payloads(shared)
    assert len(payloads) > 6_000
    mine = payloads[::3]
    for start in range(0, len(mine), A_PAGE):
        page = _edition(make, _stories(make, mine[start : start + A_PAGE]))
        _check_all(page, _quick, GITHUB.render)
    _check_all(_edition(make, _stories(make, mine[::20])))


@pytest.mark.slow
def test_hostile_links_are_dropped_or_lead_to_http_and_nothing_else(make, shared):
    payloads = [*_payloads(shared), *MARKUP]
    for start in range(0, len(payloads), 4 * A_PAGE):
        page = payloads[start : start + 4 * A_PAGE]
        stories = [_linked(make, f"{n}", href) for n, href in enumerate(page)]
        edition = _edition(make, stories)
        for text in (render(edition, "html"), GITHUB.render(render(edition, "md"))):
            for href in _inert(_quick(text), PAGE_TAGS | TEXT_TAGS):
                _leads_to_http(href)
        _check_json(render(edition, "json"))
        feed = etree.fromstring(render(edition, "atom").encode("utf-8"))
        for element in feed.iter(f"{ATOM}link"):
            _leads_to_http(element.get("href"))


def _leads_to_http(href: str) -> None:
    parts = urlsplit(href)
    assert href.startswith("#") or parts.scheme in ("http", "https"), href
    assert "@" not in parts.netloc, href
    assert not re.search(r"[\s<>\"'`\\]", href), href


def test_a_bare_address_is_no_link_even_where_a_renderer_looks_for_them(make):
    """With linkify on, markdown-it makes links even of bare domain names."""
    pytest.importorskip("linkify_it")
    eager = MarkdownIt("gfm-like", {"html": True, "linkify": True})
    text = render(_edition(make, _stories(make, MARKUP)), "md")
    assert _check_markdown(text, _browser, eager.render) > 0


def test_titles_and_names_of_a_digest_are_text_too(make):
    for payload in MARKUP:
        edition = _edition(make, _stories(make, ["Plain"]), title=payload)
        _check_page(render(edition, "html"))
        _check_markdown(render(edition, "md"))
        _check_json(render(edition, "json"))
        _check_atom(render(edition, "atom"))


TEXT = st.text(
    st.one_of(
        st.sampled_from("<>[]()!*_`~#&\"'\\@:/.|$={}^+-1 \n\t\u202e\u2028م"), st.characters()
    ),
    max_size=40,
)


@pytest.mark.slow
@settings(max_examples=examples(60), deadline=None)
@given(texts=st.lists(TEXT, min_size=1, max_size=5))
def test_no_text_at_all_is_markup(make, texts):
    stories = [_story(make, f"{n}", text) for n, text in enumerate(texts)]
    _check_all(_edition(make, stories))


@pytest.mark.slow
@settings(max_examples=examples(200), deadline=None)
@given(text=TEXT)
def test_markdown_says_what_the_title_says(make, text):
    """Escaping loses nothing: the reader sees the text as it passed the gate."""
    lead = make.coverage("a", text, link=None, url=None)
    edition = _edition(make, [make.view("a", lead)])
    heading = _browser(GITHUB.render(render(edition, "md"))).find(".//{*}h2")
    shown = json.loads(render(edition, "json"))["stories"][0]["headline"]
    seen = "".join(heading.itertext()).replace("\u2060", "")
    assert seen == (shown or "Untitled")


def test_parts_of_a_page_do_not_leak_into_each_other(make):
    """Coverage is data: an item that claims to be markup-safe is not believed."""

    class Sly(str):
        __slots__ = ()

        def __html__(self) -> str:
            return "<script>alert(1)</script>"

    sly = Sly("<script>alert(1)</script>")
    part = Coverage(make.item("a", sly, lead=sly, source=sly), "ca")
    _check_page(render(_edition(make, [make.view("a", part)]), "html").replace("a.example", OURS))
