"""What a reader has to know of an article stands beside its headline, in every format."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aggregator.digest import Gaps, render, select
from aggregator.digest.marks import is_advertisement
from aggregator.digest.selection import Edition
from aggregator.model import Flag
from aggregator.settings import DigestSettings

FORMATS = ("html", "md", "txt", "atom")
SHOWN = {
    Flag.RETRACTION: "Retraction",
    Flag.CORRECTION: "Correction",
    Flag.CHECK: "Fact check",
    Flag.SATIRE: "Satire",
    Flag.ADVERTISEMENT: "Advertisement",
}


def edition(make: Any, *views: Any, gaps: Gaps | None = None, **settings: Any) -> Edition:
    return select(
        DigestSettings(name="daily", **settings),
        views,
        since=make.now - timedelta(days=1),
        until=make.now,
        made=make.now,
        gaps=gaps,
    )


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("flag", SHOWN)
def test_the_kind_of_an_article_is_said_in_the_headline_and_beside_related_ones(
    make: Any, format: str, flag: Flag
) -> None:
    head = make.view("a", make.coverage("one", "Mayor resigns", flags=(flag,)))
    beside = make.view(
        "b",
        make.coverage("two", "Bridge opens"),
        make.coverage("three", "Bridge did open", flags=(flag,), hours=2),
    )
    bare = make.view("c", make.coverage("four", "Ferry sinks", flags=(flag,)))
    text = render(edition(make, head, beside), format)
    assert text.count(SHOWN[flag]) == 2
    only = render(edition(make, bare, limit=1, lead=0, section_limit=1), format)
    assert only.count(SHOWN[flag]) == 1


@pytest.mark.parametrize("format", FORMATS)
def test_an_article_that_was_changed_says_so(make: Any, format: str) -> None:
    changed = make.view("a", make.coverage("one", "Mayor resigns", revision=2))
    assert "Revised" in render(edition(make, changed), format)
    plain = make.view("a", make.coverage("one", "Mayor resigns"))
    assert "Revised" not in render(edition(make, plain), format)


def test_advertisements_come_last_or_not_at_all(make: Any) -> None:
    paid = make.coverage("shop", "Ten kettles", flags=(Flag.ADVERTISEMENT,), hours=0.1)
    kettles = make.view("a", paid)
    news = make.view("b", make.coverage("one", "Mayor resigns", hours=20))
    for order in ("importance", "newest"):
        last = edition(make, kettles, news, order=order)
        assert [view.story.id for view in last.stories] == ["sb", "sa"]
        kept = edition(make, kettles, news, order=order, advertisements="keep")
        assert [view.story.id for view in kept.stories] == ["sa", "sb"]
    dropped = edition(make, kettles, news, advertisements="drop")
    assert [view.story.id for view in dropped.stories] == ["sb"]
    assert dropped.gaps.advertisements == 1
    assert "Advertisements left out: 1" in render(dropped, "txt")


def test_an_advertisement_beside_news_does_not_make_its_headline(make: Any) -> None:
    mixed = make.view(
        "a",
        make.coverage("shop", "Bridge opens, and a sale", flags=(Flag.ADVERTISEMENT,), hours=0.1),
        make.coverage("one", "Bridge opens", hours=3),
    )
    shown = edition(make, mixed, advertisements="drop").stories
    assert shown[0].story.headline == "Bridge opens"
    assert not is_advertisement(shown[0])


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_missing_is_said_at_the_end(make: Any, format: str) -> None:
    gaps = Gaps(("json<b>",), ("s1", "s2"), 12)
    news = make.view("b", make.coverage("one", "Mayor resigns"))
    text = render(edition(make, news, gaps=gaps), format)
    for told in ("in this format: json", "could not be read: 2", "there were too many: 12"):
        assert told in text
    if format != "txt":
        assert "json<b>" not in text
