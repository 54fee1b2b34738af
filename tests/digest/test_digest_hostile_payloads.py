"""The payloads of the shared folder, in every text and link of items and stories.

Many to a page; the files are read back with parsers that know nothing of how they were written.
"""

from __future__ import annotations

import pytest
from lxml import etree

from aggregator.digest import render
from aggregator.digest.safe import link
from tests.digest.hostile_stories import MARKUP, edition_of, linked, payloads, stories
from tests.digest.inert import (
    ATOM,
    GITHUB,
    PAGE_TAGS,
    TEXT_TAGS,
    check_all,
    check_json,
    inert,
    leads_to_http,
    quick,
)

A_PAGE = 120  # payloads


@pytest.mark.slow
def test_hostile_payloads_in_any_text_stay_text(make, shared):
    """A ninth of them as a store might hold them; all go the whole way in the next file.

    By the quick parser and GitHub's Markdown, and some by the slow ones too.
    """
    found = payloads(shared)
    assert len(found) > 6_000
    mine = found[::9]
    for start in range(0, len(mine), A_PAGE):
        page = edition_of(make, stories(make, mine[start : start + A_PAGE]))
        check_all(page, quick, GITHUB.render)
    check_all(edition_of(make, stories(make, mine[::20])))


@pytest.mark.slow
def test_hostile_links_are_dropped_or_lead_to_http_and_nothing_else(make, shared):
    """All at the gate that every link passes, and a quarter of them on pages."""
    found = [*payloads(shared), *MARKUP]
    for href in filter(None, map(link, found)):
        leads_to_http(href)
    some = found[::4]
    for start in range(0, len(some), 4 * A_PAGE):
        page = some[start : start + 4 * A_PAGE]
        edition = edition_of(make, [linked(make, f"{n}", href) for n, href in enumerate(page)])
        for text in (render(edition, "html"), GITHUB.render(render(edition, "md"))):
            for href in inert(quick(text), PAGE_TAGS | TEXT_TAGS):
                leads_to_http(href)
        check_json(render(edition, "json"))
        feed = etree.fromstring(render(edition, "atom").encode("utf-8"))
        for element in feed.iter(f"{ATOM}link"):
            leads_to_http(element.get("href"))
