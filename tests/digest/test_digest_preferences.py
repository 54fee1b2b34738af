"""Muted, boosted and followed news."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aggregator.digest import Edition, Preferences, render, select
from aggregator.digest.layout import lay_out
from aggregator.reading.story_view import Earlier
from aggregator.settings import DigestSettings, Preference


def edition(make, *views, settings: DigestSettings | None = None, **wishes: Any) -> Edition:
    return select(
        settings or DigestSettings(name="daily"),
        views,
        since=make.now - timedelta(hours=24),
        until=make.now,
        made=make.now,
        outlets={"post.example": "Our Post"},
        preferences=Preferences(**wishes),
    )


@pytest.fixture
def quake(make):
    return make.view(
        "quake",
        make.coverage("post", "Earthquake on Kardessa", tags=("World",)),
        make.coverage("heute", "Erdbeben auf Kardessa", language="de"),
    )


@pytest.mark.parametrize(
    ("wish", "kept"),
    [
        ({"words": ("kardessa",)}, []),
        ({"words": ("earthquake*",)}, ["heute"]),
        ({"words": ("quake",)}, ["post", "heute"]),
        ({"words": (" ",)}, ["post", "heute"]),
        ({"languages": ("de",)}, ["post"]),
        ({"tags": ("world",)}, ["heute"]),
        ({"outlets": ("POST.example",)}, ["heute"]),
        ({"outlets": ("the post",)}, ["heute"]),
        ({"outlets": ("Our Post",)}, ["heute"]),
        ({"outlets": ("Heute", "The Post")}, ["heute"]),
        ({"outlets": ("post.example",), "words": ("flood",)}, ["post", "heute"]),
        ({"outlets": ("post.example",), "words": ("flood", "earthquake")}, ["heute"]),
    ],
)
def test_what_is_muted_is_not_shown(make, quake, wish, kept):
    found = edition(make, quake, mute=(Preference(**wish),))
    shown = [part.item.identity for view in found.stories for part in view.coverage]
    assert sorted(shown) == sorted(kept)
    assert found.gaps.muted == (0 if kept else 1)
    text = render(found, "html")
    for key in {"post", "heute"} - set(kept):
        assert f"{key}.example" not in text


def test_a_muted_copy_goes_and_another_stands_for_the_article(make):
    copy = make.item("other", "Ferry sinks", hours=0.5)
    view = make.view("ferry", make.coverage("post", "Ferry sinks", copy))
    found = edition(make, view, mute=(Preference(outlets=("post.example",)),))
    (part,) = found.stories[0].coverage
    assert (part.item.identity, part.copies) == ("other", ())


def test_only_news_counts_as_muted(make):
    old = make.view("old", make.coverage("post", "Ferry sinks", hours=90, new=False))
    found = edition(make, old, mute=(Preference(words=("ferry",)),))
    assert (found.stories, found.gaps.muted) == ((), 0)


def test_a_boost_multiplies_the_importance_and_says_so(make, harbour, quake):
    plain = edition(make, harbour, quake)
    assert [view.story.id for view in plain.stories] == ["sharbour", "squake"]
    twice = (Preference(words=("kardessa",), by=3), Preference(tags=("world",), by=2))
    found = edition(make, harbour, quake, boost=twice)
    assert [view.story.id for view in found.stories] == ["squake", "sharbour"]
    assert found.stories[0].story.score == pytest.approx(plain.stories[1].story.score * 6, abs=1e-3)
    assert ("boost", 6.0) in found.stories[0].story.score_parts
    assert "your boost" in render(found, "html")
    lowered = edition(make, harbour, quake, boost=(Preference(outlets=("The Times",), by=0.01),))
    assert [view.story.id for view in lowered.stories] == ["squake", "sharbour"]


@pytest.mark.parametrize(
    "wishes",
    [
        {"followed": frozenset({"squake"})},
        {"follow": (Preference(words=("erdbeben",)),)},
        {"follow": (Preference(languages=("fr",)), Preference(outlets=("Heute", "The Heute")))},
    ],
)
def test_followed_stories_have_a_section_of_their_own(make, harbour, quake, wishes):
    settings = DigestSettings(name="daily", lead=1, section_limit=1)
    others = [make.view(k, make.coverage(k, f"Story of {k}", hours=9)) for k in ("x", "y", "z")]
    found = edition(make, quake, harbour, *others, settings=settings, **wishes)
    page = lay_out(found)
    assert [part.section.title if part.section else "" for part in page.parts][:2] == [
        "",
        "Stories you follow",
    ]
    assert [block.id for block in page.parts[0].blocks] == ["sharbour"]
    assert [block.id for block in page.parts[1].blocks] == ["squake"]
    assert sum(len(part.blocks) + len(part.lines) for part in page.parts) == 5


def test_a_story_that_continues_a_followed_one_is_followed(make, quake):
    later = make.view("later", make.coverage("a", "Rebuilding"), earlier=Earlier("squake", "Quake"))
    found = edition(make, later, followed=frozenset({"squake"}))
    assert found.stories[0].followed


def test_a_digest_for_others_knows_no_preferences(make, quake, harbour):
    settings = DigestSettings(name="daily", personal=False)
    wishes = {
        "mute": (Preference(words=("bridge",)),),
        "follow": (Preference(words=("kardessa",)),),
        "boost": (Preference(words=("kardessa",), by=9),),
    }
    found = edition(make, quake, harbour, settings=settings, **wishes)
    assert found == edition(make, quake, harbour)
