"""A digest as a book: a whole EPUB 3 file, whatever stands in it."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import pytest
from lxml import etree

from aggregator.digest import Edition, format_named, render
from aggregator.reading.story_view import Earlier
from tests.digest.pages import edition_of

OPF = "{http://www.idpf.org/2007/opf}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def opened(edition: Edition) -> dict[str, bytes]:
    """The files of the book, in order."""
    with zipfile.ZipFile(BytesIO(format_named("epub").content(edition))) as book:
        assert book.testzip() is None
        first = book.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert first.extra == b""
        return {name: book.read(name) for name in book.namelist()}


def check(edition: Edition) -> dict[str, etree._Element]:
    """The pages of the book by name; fails unless manifest, spine and links are complete."""
    files = opened(edition)
    assert files["mimetype"] == b"application/epub+zip"
    container = etree.fromstring(files["META-INF/container.xml"])
    (root,) = container.iter("{*}rootfile")
    base = PurePosixPath(root.get("full-path")).parent
    package = etree.fromstring(files[root.get("full-path")])
    (identifier,) = package.xpath("//*[@id=$id]", id=package.get("unique-identifier"))
    assert identifier.text.startswith("urn:uuid:")
    for name in ("identifier", "title", "language"):
        assert package.findtext(f".//{{http://purl.org/dc/elements/1.1/}}{name}")
    assert package.findtext(f".//{OPF}meta[@property='dcterms:modified']").endswith("Z")
    items = {one.get("id"): str(base / one.get("href")) for one in package.iter(f"{OPF}item")}
    others = {"mimetype", "META-INF/container.xml", root.get("full-path")}
    assert sorted([*items.values(), *others]) == sorted(files)
    spine = [one.get("idref") for one in package.iter(f"{OPF}itemref")]
    pages = {items[one]: etree.fromstring(files[items[one]]) for one in spine}
    assert set(items.values()) - set(pages) == {str(base / "style.css")}
    (nav,) = [one for one in package.iter(f"{OPF}item") if one.get("properties") == "nav"]
    assert items[nav.get("id")] in pages
    known = set(files)
    known |= {f"{name}#{i}" for name, page in pages.items() for i in page.xpath("//@id")}
    for name, page in pages.items():
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids))
        assert page.tag == f"{XHTML}html" and page.findtext(f".//{XHTML}title")
        for href in page.xpath("//@href"):
            if not urlsplit(href).scheme:
                assert str(base / href) in known, (name, href)
    return pages


def test_a_book_is_whole_and_says_what_the_page_says(make, harbour):
    sport = [
        make.view(f"s{n}", make.coverage(f"s{n}", f"Match {n}", tags=("sport",))) for n in "ab"
    ]
    other = make.view(
        "art", make.coverage("art", "Museum <b>& co</b>", tags=("art",)),
        earlier=Earlier("sharbour", "Harbour bridge closes for repairs"),
    )  # fmt: skip
    found = edition_of(make, harbour, *sport, other, lead=1, section_limit=1)
    pages = check(found)
    said = "".join(text for page in pages.values() for text in page.itertext())
    for words in ("Harbour bridge closes for repairs", "Match a", "Match b", "Museum <b>& co</b>"):
        assert words in said
    assert "Tuesday, November 24, 2026" in said and "That was all." in said
    links = [href for page in pages.values() for href in page.xpath("//@href")]
    assert "https://post.example/news/1" in links
    assert "part-1.xhtml#story-sharbour" in links


def test_a_book_without_news_is_a_book(make):
    pages = check(edition_of(make))
    assert any("Nothing new." in "".join(page.itertext()) for page in pages.values())


def test_a_book_runs_in_the_direction_of_its_language(make):
    view = make.view("ar", make.coverage("sada", "غرق عبّارة", language="ar", source="صدى"))
    found = edition_of(make, view, language="ar")
    package = etree.fromstring(opened(found)["EPUB/package.opf"])
    assert package.find(f"{OPF}spine").get("page-progression-direction") == "rtl"
    assert all(page.get("dir") == "rtl" for page in check(found).values())


def test_the_same_edition_is_the_same_book(make, harbour):
    epub = format_named("epub")
    one, other = (epub.content(edition_of(make, harbour)) for _ in range(2))
    assert one == other


def test_a_book_cannot_be_printed_as_text(make):
    with pytest.raises(ValueError, match="epub is no text"):
        render(edition_of(make), "epub")
