"""The saved page beside the checkout, read in place: as the text it is, and as HTML made of it."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.model import Feed, Item
from aggregator.parse import parse_page
from aggregator.text.identity import feed_id
from aggregator.text.item_factory import make_item

NOW = datetime(2026, 11, 24, tzinfo=UTC)
WHEN = datetime(2024, 12, 25, 8, 58, tzinfo=UTC)
FEED = Feed(feed_id("import:page"), "import:page")


@pytest.fixture(scope="session")
def saved(shared: Path) -> Path:
    found = sorted((shared / "inputs").glob("*.txt"))
    if not found:
        pytest.skip("the folder 'shared' holds no saved page")
    return found[0]


@pytest.fixture(scope="session")
def lines(saved: Path) -> list[str]:
    """Its lines: date, headline twice, credit, paragraphs, two lines of related news."""
    return [line.strip() for line in saved.read_text("utf-8").split("\n") if line.strip()]


def item_of(body: bytes, name: str) -> Item:
    document = parse_page(body, name=name, now=NOW)
    (entry,) = document.entries
    item = make_item(FEED, entry, document, seen=NOW)
    assert item is not None
    return item


def check(item: Item, lines: list[str], *, zone: bool = False) -> None:
    date, title, again, credit, *body, related, related_again = lines
    assert title == again
    assert related == related_again
    assert item.title == title
    assert item.published == WHEN
    assert item.language == "ar"
    assert "folded_title" in item.flags
    assert ("zone_assumed" in item.flags) is not zone
    assert item.credit
    assert item.credit.split()[0] in credit
    assert item.text.split("\n") == body
    assert date not in item.text


def markup(lines: list[str], *, head: str = "", blocks: str = "p") -> bytes:
    date, title, again, *rest = map(html.escape, lines)
    texts = "\n".join(f"<{blocks}>{line}</{blocks}>" for line in rest[:-2])
    return f"""<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8">
<title>{title} - موقع المثال</title>{head}</head><body>
<header><nav><ul><li><a href="/">الرئيسية</a></li>
<li><a href="/w">العالم</a></li></ul></nav></header>
<div class="content"><span class="post-date">{date}</span><h1>{title}</h1>
<div class="post"><h2>{again}</h2>{texts}</div>
<h3>{rest[-2]}</h3><ul><li><a href="/a">خبر آخر لا علاقة له بهذا الخبر إطلاقا</a></li></ul>
<h3>{rest[-1]}</h3></div><script>var x = "نص";</script>
<footer>جميع الحقوق محفوظة</footer></body></html>""".encode()


def test_as_text(saved: Path, lines: list[str]) -> None:
    check(item_of(saved.read_bytes(), saved.name), lines)


@pytest.mark.parametrize("newline", ["\r\n", "\n\n", "\r"])
def test_as_text_with_other_line_ends(lines: list[str], newline: str) -> None:
    check(item_of(newline.join(lines).encode("utf-8-sig"), "page.txt"), lines)


@pytest.mark.parametrize("blocks", ["p", "div"])
def test_as_html(lines: list[str], blocks: str) -> None:
    check(item_of(markup(lines, blocks=blocks), "page.html"), lines)


def test_as_html_with_meta(lines: list[str]) -> None:
    head = (
        f'<meta property="og:title" content="{html.escape(lines[1])}">'
        '<meta property="article:published_time" content="2024-12-25T08:58:00+00:00">'
        '<meta property="og:site_name" content="موقع المثال">'
        '<link rel="canonical" href="https://news.example/a/1">'
    )
    item = item_of(markup(lines, head=head), "page.html")
    check(item, lines, zone=True)
    assert item.url == "https://news.example/a/1"
    assert item.source == "موقع المثال"


def test_as_html_with_json_ld(lines: list[str]) -> None:
    data = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebPage", "name": "x"},
            {
                "@type": ["NewsArticle"],
                "headline": lines[1],
                "datePublished": "2024-12-25T11:58:00+03:00",
                "dateModified": "2024-12-26T11:58:00+03:00",
                "publisher": {"@type": "Organization", "name": "موقع المثال"},
            },
        ],
    }
    head = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    item = item_of(markup(lines, head=head), "page.html")
    check(item, lines, zone=True)
    assert item.updated == datetime(2024, 12, 26, 8, 58, tzinfo=UTC)
    assert item.source == "موقع المثال"
