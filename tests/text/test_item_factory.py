"""Entries made into items: what is worked out, and what is left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import Document, Entry, Feed, Item
from aggregator.text.item_factory import make_item

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEED = Feed("f1", "https://paper.example/rss", title="The Paper", tags=("t",), priority=2)
PAGE = "https://far.example/report"


def made(entry: Entry, feed: Feed = FEED, **document: str) -> Item:
    item = make_item(feed, entry, Document((entry,), **document), seen=NOW)
    assert item is not None
    return item


def test_an_entry_that_says_nothing_is_no_item() -> None:
    assert make_item(FEED, Entry(), Document(()), seen=NOW) is None


def test_the_identity_is_the_guid_then_the_link_then_the_content() -> None:
    title = "Harbour bridge closes for repairs"
    assert made(Entry(title, "https://paper.example/1", "g1")).identity == "g1"
    assert made(Entry(title, "http://www.paper.example/1/?utm_source=x")).identity == (
        "https://paper.example/1"
    )
    bare = made(Entry(title, summary="It rusts.", published=NOW))
    later = made(Entry(title, summary="It rusts.", published=NOW + timedelta(hours=20)))
    assert bare.id == later.id  # whatever the day
    assert bare.id != made(Entry(title, summary="It is painted.", published=NOW)).id


def test_what_the_publisher_cannot_mean_is_no_date() -> None:
    for wrong in (NOW + timedelta(days=2), datetime(1970, 1, 1, tzinfo=UTC)):
        item = made(Entry("Harbour bridge closes for repairs", published=wrong))
        assert item.published is None
        assert "no_date" in item.flags
        assert item.time == NOW


def test_a_link_is_kept_to_click_and_made_alike_to_compare() -> None:
    item = made(
        Entry("Harbour bridge closes", "/a/b/amp/?utm_medium=rss"), link="https://m.p.example/"
    )
    assert item.link == "https://m.p.example/a/b/amp/?utm_medium=rss"
    assert item.url == "https://p.example/a/b"


def test_the_fields_of_the_feed_come_with_it() -> None:
    item = made(Entry("Harbour bridge closes for repairs until the autumn", summary="It does."))
    assert (item.source, item.tags, item.priority) == ("The Paper", ("t",), 2)
    assert (item.language, item.text, item.lead) == ("en", "It does.", "It does.")


def test_a_headline_repeated_as_the_first_line_of_the_text_is_folded() -> None:
    title = "Harbour bridge closes for repairs"
    item = made(Entry(title, content=f"<p>{title}</p><p>Cars go round by the mill.</p>"))
    assert item.text == "Cars go round by the mill."
    assert "folded_title" in item.flags


@pytest.mark.parametrize(
    ("lead", "text"),
    [
        ("The index rose 6.3 percent in March.", "The index rose 6.3 percent in March."),
        ("Version 2.0.1 is out. It is fast.", "Version 2.0.1 is out. It is fast."),
        ("“It is over.” She left at 5.30 a.m.", "“It is over.” She left at 5.30 a.m."),
        ("桥梁关闭。维修开始。", "桥梁关闭。维修开始。后来。"),
    ],
)
def test_a_lead_is_the_text_as_it_stands(lead: str, text: str) -> None:
    assert made(Entry("Harbour bridge closes for repairs", summary=text)).lead == lead


def test_a_short_entry_points_to_the_page_that_it_links_to() -> None:
    item = made(
        Entry(
            "Bridge report is out",
            "https://forum.example/t/1",
            content=f'by <a href="https://forum.example/u/x">x</a> <a href="{PAGE}">[link]</a>'
            ' <a href="https://forum.example/t/1">[comments]</a>',
        )
    )
    assert item.targets == (PAGE,)


def test_an_article_or_a_list_of_links_points_to_none() -> None:
    link = f'<a href="{PAGE}">report</a>'
    article = Entry("Bridge", "https://a.example/1", content=f"<p>{'Word ' * 90}{link}</p>")
    listed = Entry(
        "Links", "https://a.example/2", content=f'{link} <a href="https://b.example/x">b</a>'
    )
    thread = Entry("Link", "https://far.example/9", comments=PAGE + "#c", content=link)
    thread_elsewhere = Entry(
        "Bridge report", PAGE, comments="https://n.example/item?id=1",
        content='<a href="https://n.example/item?id=1">Comments</a>',
    )  # fmt: skip
    for entry in (article, listed, thread, thread_elsewhere):
        assert made(entry).targets == ()
