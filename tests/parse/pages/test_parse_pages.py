"""Saved article pages: one entry, its headline once, its times, its credit, its body whole."""

from __future__ import annotations

import html
from datetime import UTC, datetime

import pytest

from aggregator.model import Document, Entry
from aggregator.parse import parse_page
from aggregator.text.clean import plain
from tests.parse.pages.made_pages import CASES, Case

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def of_text(lines: list[str] | tuple[str, ...]) -> Entry:
    return only(parse_page("\n\n".join(lines).encode(), name="page.txt", now=NOW))


def of_html(markup: str, url: str | None = None) -> Entry:
    return only(parse_page(markup.encode(), name="page.html", url=url, now=NOW))


def only(document: Document) -> Entry:
    assert document.kind == "page"
    (entry,) = document.entries
    return entry


def check(entry: Entry, case: Case) -> None:
    assert entry.title == case.title
    assert plain(entry.content).split("\n") == list(case.body)
    assert entry.published is not None
    assert entry.published.isoformat() == case.published
    assert (entry.updated.isoformat() if entry.updated else None) == case.updated
    assert case.credit in (entry.credit or "")
    assert entry.language == case.language


def of_case(case: Case, fold: bool) -> list[str]:
    above = [case.above[0], case.title, *case.above[1:]] if fold else [case.title, *case.above]
    again = [case.title] if fold else []
    return [*above, *again, *case.body, *case.below]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_plain_text_pages(case: Case) -> None:
    entry = of_text(of_case(case, fold=False))
    check(entry, case)
    assert "folded_title" not in entry.flags


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_a_headline_that_stands_again_in_the_body_is_folded(case: Case) -> None:
    entry = of_text(of_case(case, fold=True))
    check(entry, case)
    assert "folded_title" in entry.flags


def rendered(case: Case, lines: list[str]) -> str:
    head, *rest = lines
    paragraphs = "\n".join(f"<p>{html.escape(line)}</p>" for line in rest)
    return (
        f'<!doctype html><html lang="{case.language}"><head><meta charset="utf-8">'
        f"<title>{html.escape(case.title)} | The Example</title></head><body>"
        f'<nav><a href="/">Home</a> <a href="/x">World</a></nav><main><article>'
        f"<p>{html.escape(head)}</p>{paragraphs}</article></main>"
        "<aside><h3>Most read</h3><ul><li><a href='/1'>Rain delays the harvest again</a></li></ul>"
        "</aside><footer>Imprint</footer></body></html>"
    )


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_the_same_pages_as_html(case: Case) -> None:
    check(of_html(rendered(case, of_case(case, fold=True))), case)
