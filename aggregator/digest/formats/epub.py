"""An edition as an EPUB 3 book: one page for the lead stories, one for each section."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from datetime import UTC
from importlib.resources import files
from io import BytesIO

from aggregator.digest.formats.atom import feed_urn
from aggregator.digest.formats.format import Format
from aggregator.digest.layout import lay_out
from aggregator.digest.page import Page, Part, Text
from aggregator.digest.selection import Edition
from aggregator.digest.templating import filled

_MEDIA_TYPE = "application/epub+zip"
_CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""
_WRITTEN = (1980, 1, 1, 0, 0, 0)  # of all files in the book, so that bytes stay the same


@dataclass(frozen=True, slots=True)
class Chapter:
    """One page of the book."""

    file: str
    title: str
    part: Part
    first: bool  # the head of the digest stands on it


def render_epub(page: Page) -> bytes:
    """The page as an EPUB file; the same page gives the same bytes."""
    chapters = _chapters(page)
    places: dict[str, str] = {}
    for chapter in chapters:
        places |= {block.anchor: chapter.file for block in chapter.part.blocks}
        places |= {one.anchor: chapter.file for one in chapter.part.lines}

    def target(text: Text) -> str | None:
        """Where a link leads: an anchor of the digest is in one of the files."""
        if text.href is None or not text.href.startswith("#"):
            return text.href
        file = places.get(text.href[1:])
        return f"{file}{text.href}" if file else None

    said = {"page": page, "phrase": page.words.phrase, "chapters": chapters, "target": target}
    written = {
        "META-INF/container.xml": _CONTAINER,
        "EPUB/package.opf": filled(
            page.templates,
            "epub_package.opf.j2",
            identifier=f"{feed_urn(page.name, page.installation)}:{page.until.timestamp():.0f}",
            modified=page.until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            **said,
        ),
        "EPUB/nav.xhtml": filled(page.templates, "epub_nav.xhtml.j2", **said),
        "EPUB/style.css": (files("aggregator.digest") / "templates" / "epub.css").read_text(
            "utf-8"
        ),
    }
    for chapter in chapters:
        written[f"EPUB/{chapter.file}"] = filled(
            page.templates, "epub_part.xhtml.j2", chapter=chapter, **said
        )
    return _packed(written)


def _chapters(page: Page) -> list[Chapter]:
    title = page.title.text or page.name
    parts = page.parts or (Part(None, (), (), ()),)  # a book has a page, even without news
    return [
        Chapter(f"part-{n}.xhtml", part.section.title if part.section else title, part, n == 1)
        for n, part in enumerate(parts, 1)
    ]


def _packed(written: dict[str, str]) -> bytes:
    """A zip file that begins with the media type, uncompressed, so that readers recognise it."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        book.writestr(zipfile.ZipInfo("mimetype", _WRITTEN), _MEDIA_TYPE, zipfile.ZIP_STORED)
        for name, text in written.items():
            info = zipfile.ZipInfo(name, _WRITTEN)
            book.writestr(info, text.encode("utf-8"), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _render(edition: Edition) -> bytes:
    return render_epub(lay_out(edition))


FORMAT = Format("epub", ".epub", _MEDIA_TYPE, _render)
