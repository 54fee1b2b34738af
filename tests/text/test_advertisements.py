"""Advertisements: each label of the data is found where publishers put it, and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Document, Entry, Feed, Flag
from aggregator.text.advertisements import is_advertisement
from aggregator.text.data import table
from aggregator.text.item_factory import make_item

EVERY = sorted({text for lists in table("advertisements").values() for text in lists["labels"]})


def test_the_tables_are_of_the_languages_that_have_labels_of_other_kinds() -> None:
    assert table("advertisements").keys() == table("labels").keys()
    assert all(Locale.parse(code) for code in table("advertisements"))


@pytest.mark.parametrize("place", ["{}: {}", "[{}] {}", "【{}】{}", "{} | {}", "{} – {}"])
def test_each_label_is_found_before_a_headline(place: str) -> None:
    for label in EVERY:
        assert is_advertisement(place.format(label, "Ten kettles for the winter")), label


@pytest.mark.parametrize("place", ["{} ({})", "{} | {}", "{} [{}]", "{} - {}"])
def test_each_label_is_found_behind_a_headline(place: str) -> None:
    for label in EVERY:
        assert is_advertisement(place.format("Ten kettles for the winter", label)), label


@pytest.mark.parametrize(
    "title",
    [
        "Sponsored refugees arrive in Halifax",
        "Ad spending falls for a third year",
        "Anzeige gegen den Bürgermeister erstattet",
        "Publicité : ",
        "Werbung",
        "La publicité en ligne : un marché en crise",
        "Minister: advertising is to be taxed",
        "Court rules on sponsored posts (again)",
        "PR chief of the railway resigns",
    ],
)
def test_an_article_about_advertising_is_none(title: str) -> None:
    assert not is_advertisement(title)


def test_a_category_or_a_directory_says_it_too() -> None:
    assert is_advertisement("Ten kettles", categories=("Home", "Sponsored Content"))
    assert is_advertisement("Ten kettles", link="https://a.example/Advertorial/kettles")
    assert not is_advertisement("Ten kettles", categories=("Marketing",))
    assert not is_advertisement("Ten kettles", link="https://a.example/news/advertorial")
    assert not is_advertisement("Ten kettles", link="https://[broken/advertorial/x")


def test_an_item_is_flagged_even_where_the_label_is_cut_from_its_title() -> None:
    feed = Feed("f1", "https://a.example/rss")
    entry = Entry(title="Ten kettles for the winter | Anzeige", guid="1")
    item = make_item(feed, entry, Document((entry,)), seen=datetime(2026, 11, 24, tzinfo=UTC))
    assert item is not None
    assert Flag.ADVERTISEMENT in item.flags


@given(st.text(max_size=80), st.lists(st.text(max_size=20), max_size=3), st.text(max_size=60))
def test_any_text_is_judged(title: str, categories: list[str], link: str) -> None:
    assert is_advertisement(title, categories=categories, link=link) in (True, False)
