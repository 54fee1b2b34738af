"""Which articles count as one outlet."""

from __future__ import annotations

from typing import Any

import pytest

from aggregator.digest import rank, select
from aggregator.digest.outlets import by_domain, domain, outlet_keys
from aggregator.settings import DigestSettings


def outlets(make: Any, *pairs: tuple[str, str | None]) -> int:
    """How many outlets items with these sources and links have."""
    items = [
        make.item(f"{n}", "A headline", source=source, link=link, url=link)
        for n, (source, link) in enumerate(pairs)
    ]
    return len(set(outlet_keys(items).values()))


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://www.bbc.co.uk/news/1", "bbc.co.uk"),
        ("https://edition.dailya.example/1", "dailya.example"),
        ("https://one.blogspot.com/1", "one.blogspot.com"),
        ("https://news.google.com/articles/x", ""),
        ("http://127.0.0.1/a", ""),
        (None, ""),
    ],
)
def test_the_registrable_domain(url, found):
    assert domain(url) == found


@pytest.mark.parametrize(
    ("pairs", "count"),
    [
        # three section feeds of one paper
        ([("A - World", "https://a.example/w"), ("A - Sport", "https://www.a.example/s"),
          ("A - Top", "https://m.a.example/t")], 1),
        # one name, two domains
        ([("BBC News", "https://bbc.com/1"), ("BBC News", "https://www.bbc.co.uk/2")], 1),
        # joined by a third
        ([("A", "https://a.example/1"), ("B", "https://b.example/1"),
          ("A", "https://b.example/2")], 1),
        # an aggregator is not the outlet
        ([("A", "https://news.google.com/1"), ("B", "https://news.google.com/2")], 2),
        ([("A", "https://one.blogspot.com/1"), ("B", "https://two.blogspot.com/1")], 2),
        ([("A", None), ("a ", None), ("B", None)], 2),
        ([("", None), ("", None)], 2),  # two feeds without a name
    ],
)  # fmt: skip
def test_outlets_are_publishers(make, pairs, count):
    assert outlets(make, *pairs) == count
    assert outlets(make, *reversed(pairs)) == count


def test_section_feeds_add_no_reach(make):
    parts = [
        make.coverage(f"{n}", f"Headline {n}", source=f"A {n}", link=f"https://a.example/{n}")
        for n in range(3)
    ]
    score, factors = rank(make.view("a", *parts), now=make.now)
    assert dict(factors)["outlets"] == 1 and dict(factors)["reach"] == 1.0
    assert score > 0


def test_a_name_that_the_user_gave_is_shown(make):
    part = make.coverage(
        "a", "A headline", make.item("b", "A headline", link="https://b.example/1"),
        link="https://www.a.example/1",
    )  # fmt: skip
    found = select(
        DigestSettings(name="d"),
        [make.view("a", part)],
        since=make.now - (make.now - part.item.seen) * 2,
        until=make.now,
        made=make.now,
        outlets={"a.example": "Daily A"},
    )
    assert [item.source for item in found.stories[0].coverage[0].members] == ["Daily A", "The B"]


def test_a_name_may_be_given_for_any_host_of_a_domain():
    given = (("www.bbc.co.uk", "BBC"), ("harbour.example", "Harbour Post"))
    assert by_domain(given) == {"bbc.co.uk": "BBC", "harbour.example": "Harbour Post"}
