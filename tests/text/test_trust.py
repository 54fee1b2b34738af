"""What one document puts on several unlike entries proves nothing about any of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import Document, Entry, Feed, Item, Shared, Trust
from aggregator.text.boilerplate import FeedProfile, cut, learn
from aggregator.text.item_factory import make_item, other_identities
from aggregator.text.trust import Doubts, added, doubts, shared
from tests.text.test_item_factory import NOW

SITE = "https://harbour.example/"
FEED = Feed("f1", "https://harbour.example/feed", "Harbour Post")
TITLES = (
    "Ferry to Sarle stops running until spring",
    "New doctor opens surgery in Elm Valley",
    "Row over nursery fees divides council",
    "Beavers return to the upper Tarn",
    "Bakery fire: owner thanks neighbours",
    "Choir of fishermen sings for the king",
)
PARTS = ("Log in", "Pay now", "Thank you", "Call us", "Read on")
OWN = tuple(f"{title}. {title[::-1]} {place}." for place, title in enumerate(TITLES))


def entries(**values: str) -> list[Entry]:
    """Entries with titles, texts, guids and links of their own, but for ``values``."""
    made = [
        Entry(title, f"{SITE}{place}", f"g{place}", OWN[place])
        for place, title in enumerate(TITLES)
    ]
    return [replace(entry, **values) for entry in made]


def told(found: list[Entry], trust: Trust | None = None) -> list[Doubts]:
    known = shared(found, SITE, "en")
    return [doubts(entry, known, SITE, trust or Trust()) for entry in found]


def items(found: list[Entry]) -> list[Item]:
    profile = FeedProfile(shared=shared(found, SITE, "en"))
    document = Document(tuple(found), link=SITE, language="en")
    made = [make_item(FEED, one, document, seen=NOW, profile=profile) for one in found]
    return [item for item in made if item is not None]


def test_what_differs_is_not_doubted() -> None:
    assert told(entries()) == [Doubts()] * len(TITLES)
    assert shared(entries(), SITE, "en") == Shared()


@pytest.mark.parametrize(
    ("kind", "value"),
    [("guid", "one"), ("link", f"{SITE}notices.html"), ("title", "Notice"), ("summary", "Log in.")],
)
def test_what_all_have_tells_nothing(kind: str, value: str) -> None:
    name = "text" if kind == "summary" else kind
    found = entries(**{kind: value})
    assert told(found) == [Doubts(**{name: True})] * len(TITLES)
    assert shared(found, SITE, "en").telling_nothing == (name,)
    assert len({item.id for item in items(found)}) == len(TITLES)


def test_places_in_a_page_tell_entries_apart() -> None:
    found = [replace(e, link=f"{SITE}24.html#{place}") for place, e in enumerate(entries())]
    assert told(found) == [Doubts(fragment=True)] * len(TITLES)
    assert {item.url for item in items(found)} == {
        f"{SITE}24.html#{place}" for place in range(len(TITLES))
    }


def test_one_article_twice_in_a_document_is_no_proof_against_its_values() -> None:
    first = entries()[0]
    again = replace(first, title=f"{first.title}, says operator", guid="other")
    assert told([first, again]) == [Doubts()] * 2
    retitled = Entry("No boats to the island", f"{SITE}9", "g9", first.summary)
    longer = "No boats go to the island: the ferry to Sarle stops running until spring."
    assert told([replace(first, summary=longer), replace(retitled, summary=longer)]) == (
        [Doubts()] * 2
    )


def test_what_a_feed_once_shared_is_doubted_when_it_comes_alone() -> None:
    known = added(shared(entries(summary="Log in."), SITE, "en"), Shared())
    alone = Entry("Mill Lane bridge gets a third lane", f"{SITE}7", "g7", "Log in.")
    assert doubts(alone, known, SITE, Trust()) == Doubts(text=True)
    assert known.telling_nothing == ()


def test_a_person_may_say_what_to_trust() -> None:
    assert set(told(entries(), Trust(text=False, link=False))) == {Doubts(text=True, link=True)}
    one = entries()[0]
    document = Document((one,), link=SITE, language="en")
    by = {
        said: make_item(replace(FEED, trust=Trust(identity=said)), one, document, seen=NOW)
        for said in ("guid", "link", "title", "content")
    }
    assert [item.identity for item in by.values() if item][:3] == [
        "g0",
        f"{SITE}0",
        "ferry to sarle stops running until spring",
    ]
    assert len({item.id for item in by.values() if item}) == 4


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.builds(
            Entry,
            title=st.sampled_from(TITLES),
            link=st.sampled_from([f"{SITE}{place}" for place in range(4)]),
            guid=st.sampled_from(["a", "b", "c", "d", None]),
            summary=st.sampled_from([*OWN[:3], "Log in to read on.", ""]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_one_unrelated_entry_more_changes_nothing(found: list[Entry]) -> None:
    other = Entry("Quarry plan withdrawn", "https://tarn.example/x", "new", "Nobody wanted it.")
    assert told([*found, other])[:-1] == told(found)
    assert told([other, *found])[1:] == told(found)


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=60), st.integers(3, len(TITLES)))
def test_furniture_of_any_length_is_no_ones_text(parts: list[str], count: int) -> None:
    found = entries(summary=". ".join(parts))[:count]
    assert {item.text for item in items(found)} == {""}


def test_show_notes_under_every_episode_are_cut_however_long() -> None:
    notes = " ".join(f"Sentence {place} thanks the listeners of this show." for place in range(30))
    texts = [f"{title} is our theme today. {notes}" for title in TITLES]
    profile = learn([], texts, TITLES)
    assert [cut(text, profile) for text in texts] == [
        f"{title} is our theme today." for title in TITLES
    ]


def test_an_item_may_be_known_by_something_else() -> None:
    item = items(entries())[0]
    others = other_identities(item)
    assert next(other.identity for other in others) == item.url
    assert len({item.id, *(other.id for other in others)}) == 3
