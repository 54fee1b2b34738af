"""A follow-up or an explainer that repeats a report is not a copy of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.dedupe import Verdict, compare
from aggregator.model import Item

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
REPORT = (
    "The ferry company of Sarle said on Friday that its three boats will stay in the harbour until "
    "the spring because the engines of two of them failed the yearly inspection. Islanders who "
    "work on the mainland were told to use the mail boat, which leaves at six in the morning and "
    "has forty seats. The council asked the government for help and called a meeting for Monday "
    "evening in the school hall. The company has run the crossing since 1987 and carries four "
    "hundred people a day in the summer months, most of them visitors to the bird reserve."
)
NEWS = (
    "Divers found the missing anchor of the mail boat on Sunday, and a judge in the capital "
    "ordered the owner to pay for the damage to the pier within a month. "
)


def item(
    number: int, title: str, text: str, outlet: str, *, page: str = "", hours: int = 0
) -> Item:
    address = f"https://{outlet}.example/{page or f'p{number}'}"
    seen = AT + timedelta(hours=hours)
    return Item(
        f"i{number}", outlet, f"g{number}", title, seen=seen, text=text, url=address, language="en"
    )


def told(one: Item, two: Item) -> Verdict:
    there, back = compare(one, two, window=timedelta(hours=48)), compare(two, one, window=None)
    assert there.same == back.same
    return there


def test_news_above_an_old_text_of_one_outlet_is_a_follow_up() -> None:
    one = item(1, "Ferry to Sarle stops until spring", REPORT, "post")
    two = item(2, "Owner must pay for pier", NEWS + REPORT[:470], "post", hours=20)
    verdict = told(one, two)
    assert not verdict.same
    assert "begins with news of its own" in verdict.reason


def test_a_retitled_copy_of_one_outlet_is_one_article() -> None:
    one = item(1, "Ferry to Sarle stops until spring", REPORT, "post")
    two = item(2, "No boats before spring: islanders angry", REPORT + NEWS, "post", hours=2)
    assert told(one, two).same


def test_a_page_that_keeps_its_number_is_one_article() -> None:
    one = item(1, "Ferry to Sarle stops until spring", REPORT, "post", page="1055528-ferry")
    two = item(2, "Owner pays", NEWS + REPORT, "post", page="1055528-owner", hours=20)
    assert told(one, two).same


@pytest.mark.parametrize(("outlet", "same"), [("post", False), ("herald", True)])
def test_an_explainer_is_no_copy_of_the_report_that_its_outlet_had(outlet: str, same: bool) -> None:
    """Another outlet may put such a headline over an agency's report."""
    one = item(1, "Ferry to Sarle stops until spring", REPORT, "post")
    two = item(2, "What we know about the boats of Sarle", REPORT + NEWS, outlet, hours=20)
    verdict = told(one, two)
    assert verdict.same == same
    assert same or "asks what it is about" in verdict.reason


def test_yesterdays_agency_text_as_background_of_another_outlet() -> None:
    one = item(1, "Ferry to Sarle stops until spring", REPORT, "post")
    two = item(2, "Judge orders owner to pay for pier", NEWS * 2 + REPORT[:330], "herald", hours=20)
    assert not told(one, two).same


def test_two_reports_on_one_statement_share_only_the_quotation() -> None:
    quoted = f"“{REPORT[:300]}”"
    first = "Nobody in the harbour had seen the letter before it was read aloud there: "
    second = "An opinion on boats by our columnist, who crosses twice a week and dislikes it. "
    one = item(1, "Company letter read aloud in harbour", first + quoted, "post")
    two = item(2, "Columnist: take the train instead", second + quoted, "herald", hours=3)
    assert not told(one, two).same


def test_another_outlets_edited_copy_is_one_article() -> None:
    one = item(1, "Ferry to Sarle stops until spring", REPORT, "post")
    two = item(2, "Islanders cut off as boats fail test", REPORT[:300] + NEWS, "herald", hours=3)
    assert told(one, two).same
