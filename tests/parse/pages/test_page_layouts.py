"""Pages laid out in other ways, and lines that look like a page's machinery and are body."""
# ruff: noqa: E501 - a paragraph is one line, as it is in a page

from __future__ import annotations

import html
from datetime import UTC, datetime

import pytest

from aggregator.model import Entry
from aggregator.parse import ParseError, parse_page
from aggregator.text.clean import plain
from tests.parse.pages.page_lines import PAGES

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TITLE = "Council votes to widen the old river bridge"
BODY = (
    "The council voted on Tuesday to widen the bridge over the river before the winter floods arrive.",
    "It did so without debate.",
    "“We had no choice,” said the mayor.",
    "Engineers had warned for years that the old pillars would not stand another high tide, she said.",
    "Council votes to widen the old river bridge was the headline of one local paper the next day.",
    "Work starts in May and will cost 3.2 million euros, according to the council's own budget.",
)
WHEN = "2024-12-25T08:58:00+00:00"


def read(source: str, name: str = "page.html") -> Entry:
    (entry,) = parse_page(source.encode(), name=name, now=NOW).entries
    return entry


def body_of(entry: Entry) -> list[str]:
    return plain(entry.content).split("\n")


def published(entry: Entry) -> str | None:
    return entry.published.isoformat() if entry.published else None


def marked(*lines: str) -> str:
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines)


def page(inner: str, title: str = TITLE, lang: str = "en", head: str = "") -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        f"<title>{title} - The Example</title>{head}</head><body>{inner}</body></html>"
    )


@pytest.mark.parametrize("case", PAGES, ids=lambda c: f"{c[0]} {c[2]}")
def test_lines_of_many_languages(case: tuple[str, ...]) -> None:
    language, title, dated, when, body, above, below, credit = case
    first = read("\n".join([dated, title, title, *above, *body, *below]), "page.txt")
    second = read("\n".join([title, dated, *above, *body, *below]), "page.txt")
    below_marked = "".join(f"<div>{line}</div>" for line in below)
    inner = (
        f"<div><div><div class=d>{dated}</div><h1>{title}</h1></div>"
        f"<div>{marked(*above)}{marked(*body)}</div>{below_marked}</div>"
    )
    third = read(page(inner, title, language))
    for entry in (first, second, third):
        assert entry.title == title
        assert published(entry) == when
        assert body_of(entry) == list(body)
        assert credit in (entry.credit or "")
    assert "folded_title" in first.flags
    assert "folded_title" not in second.flags


LAYOUTS = {
    "header beside the body": (
        '<div class=top><a href=/>The Example</a><ul class=menu><li><a href=/n>News</a></ul></div>'
        f'<div class=article-header><span class=kicker>Local</span><h1>{TITLE}</h1>'
        "<div>By <a href=/jd>Jane Doe</a>, Reuters</div><time>25 December 2024, 8:58 am</time>"
        "<div class=share>Share on Facebook Share on X</div></div>"
        "<figure><img src=x><figcaption>The bridge in spring, before the flood came.</figcaption></figure>"
        f"<div class=article-body>{marked(*BODY)}</div>"
        "<div class=tags><a href=/t>bridge</a></div><div class=related><h3>Related</h3>"
        "<a href=/1>Mayor opens school</a></div><footer>© 2024</footer>"
    ),
    "nothing but line breaks": (
        f"<div><div><b>{TITLE}</b></div><div>By Jane Doe</div><div>25 Dec 2024 08:58</div>"
        f"<div>{'<br><br>'.join(BODY)}</div></div><div>Share | Print | Email</div>"
    ),
    "table": (
        "<table><tr><td><a href=/>Home</a></td></tr><tr><td>"
        f"<h2>{TITLE}</h2><p>Jane Doe, Reuters</p><small>Posted on December 25, 2024 at 8:58 AM</small>{marked(*BODY)}</td></tr></table>"
    ),
    "boxes within the body": (
        f"<article><h1>{TITLE}</h1><p class=byline>By JANE DOE</p><p>Dec. 25, 2024 3:58 a.m. ET</p>"
        f"<p>Updated 2 hours ago</p>{marked(*BODY[:3])}"
        "<p><strong>Read more: <a href=/x>Mayor opens a new school in the old town</a></strong></p>"
        "<div class=newsletter-signup><p>Sign up and get the news every morning in your inbox.</p></div>"
        f"{marked(*BODY[3:])}</article><section id=comments><h2>Comments</h2>"
        "<p>Great article, I really think that the council did the right thing here.</p></section>"
    ),
    "blog": (
        "<header><p><a href=/>The Example</a></p><nav><ul><li><a href=/>Home</a></ul></nav></header><main>"
        f'<article class="post category-news tag-bridge"><header><h1>{TITLE}</h1><div class=entry-meta>'
        '<span>Posted on <a href=/><time class="published" datetime="2024-12-25T11:58:00+03:00">December 25</time>'
        '<time class="updated" datetime="2024-12-26T08:58:00+03:00">December 26</time></a></span>'
        "<span> by <span class=author><a href=/jd>Jane Doe</a></span></span></div></header>"
        f"<div class=entry-content>{marked(*BODY)}<div class=sharedaddy><h3>Share this:</h3><ul><li>"
        "<a href=#>Twitter</a></li></ul></div></div><footer><span>Posted in <a href=/c>News</a></span>"
        "<span>Tagged <a href=/t>bridge</a></span></footer></article><div id=comments><h2>Leave a Reply</h2>"
        "<p>Your email address will not be published. Required fields are marked *</p></div></main>"
    ),
    "microdata": (
        f'<div itemscope itemtype="http://schema.org/NewsArticle"><h1 itemprop=headline>{TITLE}</h1>'
        '<meta itemprop=datePublished content="2024-12-25T08:58:00Z"><span itemprop=author>Jane Doe</span>'
        f"<div itemprop=articleBody>{marked(*BODY)}</div></div>"
    ),
    "cookies": (
        "<div class=cookie-banner><p>We use cookies to make this site work better for all of its visitors.</p></div>"
        f"<article><h1>{TITLE}</h1><p>By Jane Doe</p><p>25 December 2024 08:58</p>{marked(*BODY)}</article>"
        "<div class=subscribe-box><p>Subscribe to our newsletter to get the best stories of the day.</p></div>"
    ),
    "preformatted": "<pre>" + "\n\n".join([TITLE, "By Jane Doe", "25 Dec 2024 08:58", *BODY]) + "</pre>",
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout: str) -> None:
    entry = read(page(LAYOUTS[layout]))
    assert entry.title == TITLE
    assert published(entry) == WHEN
    assert body_of(entry) == list(BODY)
    if layout != "table":
        assert "jane doe" in (entry.credit or "").lower()


NEWS = (
    "Updated figures show that 25 people died on 25 December 2024, the ministry said.",
    "By Tuesday evening the water had reached the market square.",
    "Related charges were dropped last year.",
    "Photo: that is all the sign says.",
    "12 people were hurt.",
    "Reuters reported earlier that the pillars were weak.",
    "Three questions remain:",
    "Who pays?",
    "Share prices fell 3 percent.",
    "Published in 2019, the report had warned of this.",
    "Tags: a word that the artist sprayed on every pillar.",
    "The agency AFP confirmed the figures later on Tuesday evening in a statement.",
)


@pytest.mark.parametrize("kind", ["txt", "html"])
def test_news_that_begins_like_a_button_stays(kind: str) -> None:
    lines = [TITLE, "By Jane Doe", "25 December 2024, 08:58", *NEWS]
    inner = f"<article><h1>{TITLE}</h1>{marked(*lines[1:])}</article>"
    entry = read("\n\n".join(lines) if kind == "txt" else page(inner), f"page.{kind}")
    assert body_of(entry) == list(NEWS)
    assert published(entry) == WHEN


@pytest.mark.parametrize("end", [" on Tuesday.", ", a step that engineers had asked for."])
@pytest.mark.parametrize("kind", ["txt", "html"])
def test_a_first_paragraph_that_begins_with_the_headline_stays(end: str, kind: str) -> None:
    lines = [TITLE, "25 December 2024, 08:58", TITLE, TITLE + end, *BODY]
    inner = f"<main><h1>{TITLE}</h1>{marked(*lines[1:])}</main>"
    entry = read("\n".join(lines) if kind == "txt" else page(inner), f"page.{kind}")
    assert entry.title == TITLE
    assert body_of(entry) == [TITLE + end, *BODY]
    assert "folded_title" in entry.flags


def test_publication_is_preferred_to_the_update() -> None:
    lines = [TITLE, "Updated: 26 December 2024 10:00", "Published: 25 December 2024 08:58", *BODY]
    entry = read("\n".join(lines), "page.txt")
    assert published(entry) == WHEN
    assert entry.updated == datetime(2024, 12, 26, 10, tzinfo=UTC)


def test_scripts_and_styles_are_no_text() -> None:
    inner = f"<h1>{TITLE}</h1>{marked(*BODY)}<script>var a = 'evil';</script><style>p {{}}</style>"
    assert body_of(read(page(inner))) == list(BODY)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "<html></html>",
        "<html><body><script>alert(1)</script></body></html>",
        "<html><head><title>Sign in</title></head><body><form><input></form></body></html>",
        "<html><body>" + "<div>" * 5_000,
        "<html><body>" + "<a href=x>link text</a> " * 500,
        "<" * 5_000,
        "1 2 3 4 5 6 7 8 9 " * 500,
    ],
)
def test_a_page_without_an_article_is_refused_by_name(source: str) -> None:
    with pytest.raises(ParseError, match="page"):
        read(source)


@pytest.mark.parametrize("charset", ["windows-1256", "utf-16"])
def test_the_charset_that_the_page_names(charset: str) -> None:
    title, line = (
        "مجلس المدينة يقرر توسيع الجسر القديم",
        "قرر مجلس المدينة يوم الثلاثاء توسيع الجسر القديم فوق النهر قبل الشتاء.",
    )
    source = page(f"<h1>{title}</h1><p>25 ديسمبر 2024</p>{marked(line)}", title, "ar")
    data = source.replace('"utf-8"', f'"{charset}"').encode(charset)
    (entry,) = parse_page(data, name="page.html", now=NOW).entries
    assert (entry.title, body_of(entry)) == (title, [line])


@pytest.mark.parametrize("kind", ["txt", "html"])
def test_the_day_on_which_the_page_was_saved_is_not_its_date(kind: str) -> None:
    lines = ["Monday, 23 November 2026", TITLE, "25 December 2024, 08:58", *BODY]
    inner = f"<div>{lines[0]}</div><div><h1>{TITLE}</h1>{marked(*lines[2:])}</div>"
    entry = read("\n".join(lines) if kind == "txt" else page(inner), f"page.{kind}")
    assert published(entry) == WHEN
    assert body_of(entry) == list(BODY)


def test_the_time_of_another_article_is_not_believed() -> None:
    other = (
        '<ul><li><time datetime="2026-11-20T10:00:00Z">10:00</time> <a href=/x>Rain</a></li></ul>'
    )
    own = '<time datetime="2024-12-25T10:58:00+02:00">25 December 2024</time>'
    entry = read(page(f"{other}<div><h1>{TITLE}</h1>{own}{marked(*BODY)}</div>"))
    assert published(entry) == WHEN
    assert "zone_assumed" not in entry.flags
