"""Which stories a digest lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.digest import Edition, select
from aggregator.reading.story_view import StoryView
from aggregator.settings import DigestSettings

HOUR = timedelta(hours=1)
DAILY = DigestSettings(name="daily")


def edition(make: Any, *views: StoryView, settings: DigestSettings = DAILY, **said: Any) -> Edition:
    values = {"since": make.now - 24 * HOUR, "until": make.now, "made": make.now}
    return select(settings, views, **(values | said))


def ids(found: Edition) -> list[str]:
    return [view.story.id for view in found.stories]


def test_a_story_with_a_new_article_is_listed_with_all_it_has(make, harbour):
    found = edition(make, harbour, feeds_seen=7)
    assert ids(found) == ["sharbour"]
    assert (found.items, found.folded, found.total, found.feeds_seen) == (5, 2, 1, 7)
    assert [len(part.copies) for part in found.stories[0].coverage] == [2, 0, 0]


def test_what_came_before_the_span_or_after_it_is_no_news(make):
    old = make.view("old", make.coverage("a", "Old news of the port", hours=24))
    future = make.view("future", make.coverage("b", "News of tomorrow", hours=-1))
    assert ids(edition(make, old, future)) == []


def test_the_span_takes_its_end_and_leaves_its_beginning(make):
    last = make.view("last", make.coverage("a", "At the very end", hours=0))
    assert ids(edition(make, last)) == ["slast"]
    assert ids(edition(make, last, since=make.now, until=make.now + HOUR)) == []


def test_backlog_is_news_only_within_the_span(make):
    def first_poll(key: str, published_hours: float) -> StoryView:
        stamp = make.now - published_hours * HOUR
        flags = ("backlog",)
        return make.view(key, make.coverage(key, "A first poll", published=stamp, flags=flags))

    assert ids(edition(make, first_poll("week", 170), first_poll("today", 3))) == ["stoday"]


def test_what_a_machine_that_slept_finds_late_is_news(make):
    late = make.coverage("a", "Published two days ago", published=make.now - 48 * HOUR)
    assert ids(edition(make, make.view("late", late))) == ["slate"]


def test_a_republished_text_does_not_make_a_story_new(make):
    again = make.coverage(
        "a", "An old text again", flags=("republished",), first_published=make.now - 900 * HOUR
    )
    assert ids(edition(make, make.view("again", again))) == []
    beside = make.view("beside", make.coverage("b", "A new turn in an old affair"), again)
    shown = edition(make, beside).stories[0]
    assert [(part.canonical, part.new) for part in shown.coverage] == [("cb", True), ("ca", False)]


def test_a_new_copy_of_an_old_article_is_no_news(make):
    copy = make.item("b", "The copy", hours=1)
    old = make.coverage("a", "The original", copy, hours=40)
    assert ids(edition(make, make.view("old", old))) == []
    told = replace(old, item=replace(old.item, seen=make.now), new=False)
    assert ids(edition(make, make.view("told", told))) == []


def test_items_that_came_after_the_end_are_not_shown(make):
    later = make.item("b", "The copy", hours=0.5)
    view = make.view("a", make.coverage("a", "The original", later, hours=2))
    found = edition(make, view, until=make.now - HOUR)
    assert found.stories[0].coverage[0].copies == ()


def test_what_arrived_under_a_clock_a_year_ahead_is_news_now(make):
    ahead = make.coverage("a", "The original", seen=make.now + 365 * 24 * HOUR)
    assert ids(edition(make, make.view("a", ahead))) == ["sa"]
    assert ids(edition(make, make.view("a", ahead), until=make.now - HOUR)) == []
    assert ids(edition(make, make.view("a", ahead), listed={ahead.item.id: make.now})) == []


def test_a_copy_or_another_representative_of_what_was_listed_is_no_news(make):
    """Listed is what any item of a canonical item was, whatever it merged with since."""
    merged = make.coverage("b", "The original, retitled", make.item("a", "The original"))
    found = edition(make, make.view("s", merged), listed={"ia": make.now - 2 * HOUR})
    assert ids(found) == []


def test_a_listed_story_comes_again_only_with_something_newer(make):
    first = make.coverage("a", "The bridge closes", hours=5)
    second = make.coverage("b", "The bridge stays closed", hours=1)
    once, twice = make.view("once", first), make.view("twice", first, second)
    listed = {first.item.id: make.now - 2 * HOUR}
    found = edition(make, once, twice, listed=listed)
    assert ids(found) == ["stwice"]
    assert found.stories[0].listed == make.now - 2 * HOUR
    assert {part.canonical: part.new for part in found.stories[0].coverage} == {
        "ca": False,
        "cb": True,
    }


def test_the_same_story_given_twice_is_listed_once(make, harbour):
    assert ids(edition(make, harbour, harbour)) == ["sharbour"]


@pytest.mark.parametrize(
    ("settings", "listed"),
    [
        ({"tags": ("Sport",)}, True),
        ({"tags": ("politics",)}, False),
        ({"languages": ("en", "fr")}, True),
        ({"languages": ("fr",)}, False),
        ({"feeds": ("fherald",)}, True),
        ({"feeds": ("The Herald",)}, True),
        ({"feeds": ("https://other.example/feed",)}, False),
        ({"include": ("bridge",)}, True),
        ({"include": ("brid",)}, False),
        ({"include": ("brid*",)}, True),
        ({"include": ("BRÍDGE",)}, True),
        ({"include": ("harbour bridge",)}, True),
        ({"include": (" ",)}, False),
        ({"include": ("bridge",), "exclude": ("repairs",)}, False),
        ({"exclude": ("repair",)}, True),
        ({"exclude": ("(.+)",)}, True),
    ],
)
def test_filters(make, settings, listed):
    story = make.view(
        "a", make.coverage("herald", "Harbour bridge closes for repairs", tags=("sport",))
    )
    found = edition(make, story, settings=DigestSettings(name="daily", **settings))
    assert bool(found.stories) is listed


@pytest.mark.parametrize(("word", "listed"), [("海水", True), ("海風", False)])
def test_words_are_found_in_scripts_without_spaces(make, word, listed):
    story = make.view("a", make.coverage("a", "沿海城市启用海水制氢生产线", language="zh"))
    settings = DigestSettings(name="daily", include=(word,))
    assert bool(edition(make, story, settings=settings).stories) is listed


def test_a_language_filter_shows_only_articles_in_it(make):
    english = make.coverage("a", "Desalination plants reopen")
    arabic = make.coverage("b", "إعادة تشغيل محطات التحلية", language="ar")
    settings = DigestSettings(name="daily", languages=("ar",))
    shown = edition(make, make.view("a", english, arabic), settings=settings).stories[0]
    assert [part.item.language for part in shown.coverage] == ["ar"]


def test_a_language_the_reader_reads_leads(make):
    english = make.coverage("a", "Desalination plants reopen")
    arabic = make.coverage("b", "إعادة تشغيل محطات التحلية", language="ar")
    view = make.view("a", english, arabic)
    lead = edition(make, view, reader_languages=("fa", "ar")).stories[0].coverage[0]
    assert lead.item.language == "ar"
    assert edition(make, view).stories[0].coverage[0].item.language == "en"


def test_orders_and_limit(make, harbour):
    small = make.view("small", make.coverage("a", "Fresh but only one outlet has it", hours=0.1))
    settings = DigestSettings(name="daily")
    assert ids(edition(make, small, harbour, settings=settings)) == ["sharbour", "ssmall"]
    newest = DigestSettings(name="daily", order="newest", limit=1)
    found = edition(make, small, harbour, settings=newest)
    assert (ids(found), found.total, found.items) == (["ssmall"], 2, 1)


@pytest.mark.parametrize("reader", [(), ("en",)])
def test_the_main_article_is_news_even_if_it_is_not_in_the_reader_s_language(make, reader):
    old = make.coverage("a", "Desalination plants reopen", hours=40)
    new = make.coverage("b", "إعادة تشغيل محطات التحلية", language="ar")
    shown = edition(make, make.view("a", old, new), reader_languages=reader).stories[0]
    assert [part.canonical for part in shown.coverage] == ["cb", "ca"]
    assert (shown.story.headline, shown.story.language) == (new.item.title, "ar")


@given(
    count=st.integers(0, 30),
    limit=st.integers(1, 12),
    lead=st.integers(0, 6),
    section=st.integers(1, 5),
    headlines=st.integers(0, 12),
    tags=st.lists(st.sampled_from(["", "a", "b", "c"]), min_size=30, max_size=30),
)
def test_every_story_is_shown_or_a_headline_or_counted_once(
    make, count, limit, lead, section, headlines, tags
):
    views = [
        make.view(f"{n}", make.coverage(f"{n}", f"Story {n}", tags=tuple(filter(None, [tags[n]]))))
        for n in range(count)
    ]
    settings = DigestSettings(
        name="d", limit=limit, lead=lead, section_limit=section, headlines=headlines
    )
    found = edition(make, *views, settings=settings)
    parts = (found.stories, found.headlines, found.dropped)
    assert sorted(one.story.id for part in parts for one in part) == sorted(
        one.story.id for one in views
    )
    assert found.total == count
    assert len(found.stories) <= limit and len(found.headlines) <= headlines
    taken = [one.section for one in found.stories[min(lead, limit) :]]
    for name in set(taken):
        at = [place for place, other in enumerate(taken) if other == name]
        assert at == list(range(at[0], at[-1] + 1))  # a section is in one place
        assert len(set(taken)) == 1 or len(at) <= section


@given(st.data())
def test_the_order_in_which_stories_come_changes_nothing(make, data):
    hours = data.draw(st.lists(st.integers(0, 30), min_size=1, max_size=6))
    views = [
        make.view(f"{n}", make.coverage(f"{n}", f"Story {n}", hours=hour))
        for n, hour in enumerate(hours)
    ]
    shuffled = data.draw(st.permutations(views))
    assert edition(make, *views) == edition(make, *shuffled)


@given(st.data())
def test_two_editions_that_meet_list_every_story_once(make, data):
    """A span cut anywhere loses nothing, and repeats nothing that brings no news."""
    hours = data.draw(st.lists(st.integers(0, 23), min_size=1, max_size=8))
    cut = make.now - data.draw(st.integers(0, 24)) * HOUR
    views = [
        make.view(f"{n}", make.coverage(f"{n}", f"Story {n}", hours=hour))
        for n, hour in enumerate(hours)
    ]
    first = edition(make, *views, until=cut)
    said = {part.item.id: cut for view in first.stories for part in view.coverage}
    second = edition(make, *views, since=cut, listed=said)
    assert sorted(ids(first) + ids(second)) == sorted(view.story.id for view in views)


def test_a_tag_that_all_have_divides_nothing_and_the_first_of_a_feed_counts(make):
    tags = (("all", "sport", "local"), ("all", "sport", "away"), ("all", "arts", "local"))
    views = [
        make.view(f"{n}", make.coverage(f"{n}", f"Story {n}", tags=tags[n % 3])) for n in range(6)
    ]
    found = edition(make, *views, settings=DigestSettings(name="d", lead=0))
    assert {one.section for one in found.stories} == {"tag:sport", "tag:arts"}
