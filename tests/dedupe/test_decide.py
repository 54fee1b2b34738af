"""Decisions through the public functions: one rule after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.dedupe import DedupeState, MemoryArchive, compare, decide, materially_changed
from aggregator.model import Correction, Decision, Item, Placed
from aggregator.settings import DedupeSettings
from aggregator.text.identity import item_id

START = datetime(2025, 3, 1, 8, tzinfo=UTC)
TEXT = (
    "The river rose by two metres within a night and reached the lower streets of the old town "
    "before dawn. Firefighters brought forty people to the school on the hill, among them the "
    "guests of a small hotel. Nobody was hurt. The mayor said that the wall would be mended "
    "before the autumn, and thanked the neighbours who had carried sandbags until the morning."
)
OTHER = (
    "Shops in the centre stayed shut on the first day of the fair because the organisers had "
    "forgotten to ask for permission to close the road. Traders who had travelled from the coast "
    "waited in their vans for hours. By the evening the council had found a way: the fair moves "
    "to the square behind the station, where buses do not run, and lasts one day longer."
)


class Stream:
    """A stream of items decided one after the other."""

    def __init__(self) -> None:
        self.state = DedupeState(DedupeSettings())
        self.archive = MemoryArchive()
        self.corrections: list[Correction] = []

    def put(self, item: Item) -> Decision:
        decision = decide(self.state, self.archive, item, corrections=self.corrections)
        placed = Placed(item, decision.canonical)
        self.archive.add(placed, decision.keys)
        self.state.add(placed, decision.keys)
        return decision


def make(name: str, title: str, *, hours: float = 0, feed: str = "one", **more: object) -> Item:
    at = START + timedelta(hours=hours)
    more.setdefault("language", "en")
    more.setdefault("url", f"https://{feed}.example/{name}")
    return Item(
        id=item_id(feed, name), feed=feed, identity=name, title=title, seen=at, published=at, **more
    )


TITLE = "River floods old town and two people leave their homes"


def test_the_same_address_is_the_same_article() -> None:
    stream = Stream()
    first = stream.put(make("a", TITLE, url="https://x.example/news/1"))
    second = stream.put(make("b", "Forty flee", feed="two", url="https://x.example/news/1"))
    assert (second.canonical, second.evidence.rule) == (first.canonical, "url")


def test_a_front_page_is_no_address_of_an_article() -> None:
    stream = Stream()
    stream.put(make("a", TITLE, url="https://x.example/"))
    second = stream.put(make("b", "Another thing altogether happened", url="https://x.example/"))
    assert second.founded


def test_two_posts_that_point_to_one_page_say_so() -> None:
    stream = Stream()
    page = "https://x.example/news/1"
    first = stream.put(make("a", "Look at this", targets=(page,)))
    second = stream.put(make("b", "Interesting reading", feed="two", targets=(page,)))
    third = stream.put(make("c", TITLE, feed="x", url=page))
    assert first.canonical == second.canonical == third.canonical
    assert "point to the same page" in second.evidence.reason
    assert "points to" in third.evidence.reason


def test_the_same_title_joins_within_the_window_only() -> None:
    stream = Stream()
    first = stream.put(make("a", TITLE))
    near = stream.put(make("b", TITLE.upper(), feed="two", hours=20))
    far = stream.put(make("c", TITLE, feed="three", hours=24 * 5))
    assert (near.canonical, near.evidence.rule) == (first.canonical, "title")
    assert far.founded
    assert any("days apart" in refused.reason for refused in far.refused)


def test_an_old_text_under_a_new_date_is_flagged() -> None:
    stream = Stream()
    first = stream.put(make("a", TITLE, text=TEXT))
    again = stream.put(make("b", TITLE, feed="two", hours=24 * 60, text=TEXT))
    assert again.canonical == first.canonical
    assert again.flags == ("republished",)


def test_the_same_body_joins_under_another_title() -> None:
    stream = Stream()
    first = stream.put(make("a", TITLE, text=TEXT))
    second = stream.put(make("b", "A wet night by the water", feed="two", text=TEXT))
    assert (second.canonical, second.evidence.rule) == (first.canonical, "body")


def test_a_copy_cut_short_joins() -> None:
    stream = Stream()
    first = stream.put(make("a", TITLE, text=f"{TEXT} {OTHER}"))
    second = stream.put(make("b", "A wet night by the water", feed="two", text=TEXT[:260]))
    assert second.canonical == first.canonical


def test_one_title_over_two_long_texts_is_related_only() -> None:
    stream = Stream()
    stream.put(make("a", TITLE, text=TEXT))
    second = stream.put(make("b", TITLE, feed="two", text=OTHER))
    assert second.founded
    assert second.refused[0].reason.startswith("the titles are the same, but the texts differ")


def test_a_title_a_feed_keeps_using_proves_nothing() -> None:
    stream = Stream()
    title = "What the night brought to the harbour town"
    for day in range(3):
        stream.put(make(f"d{day}", title, hours=24 * day, feed="one"))
    other = stream.put(make("x", title, hours=49, feed="two"))
    assert other.founded


@pytest.mark.parametrize(
    "title", ["Morning briefing", "Weather", "Oil falls", "", "🎉🎉🎉", "12 12"]
)
def test_titles_that_say_nothing_never_match(title: str) -> None:
    stream = Stream()
    stream.put(make("a", title))
    assert stream.put(make("b", title, feed="two")).founded


def test_corrections_rule() -> None:
    stream = Stream()
    a, b = make("a", TITLE), make("b", TITLE, feed="two")
    stream.put(a)
    stream.corrections.append(Correction("k1", "item", "split", b.id, a.id, START))
    decided = stream.put(b)
    assert decided.founded
    assert decided.refused[0].rule == "correction"
    c = make("c", "Something else entirely was written here", feed="three")
    stream.corrections.append(Correction("k2", "item", "same", c.id, a.id, START, "same event"))
    told = stream.put(c)
    assert told.canonical == "c" + a.id[1:]
    assert told.evidence.reason.endswith("same event")


def test_the_representative_is_the_preferred_feed_else_the_original() -> None:
    stream = Stream()
    first = stream.put(make("a", TITLE, hours=2))
    assert first.representative == first.item
    assert stream.put(make("b", TITLE, feed="two", hours=3)).representative is None
    better = make("c", TITLE, feed="three", hours=4, priority=5)
    assert stream.put(better).representative == better.id


def test_only_a_new_meaning_is_a_material_change() -> None:
    old = make("a", TITLE)
    assert not materially_changed(old, make("a", TITLE.upper()))
    assert not materially_changed(old, make("a", TITLE.replace("two", "2")))
    assert materially_changed(old, make("a", TITLE.replace("two", "three")))


def test_an_item_is_never_compared_with_itself() -> None:
    stream = Stream()
    item = make("a", TITLE)
    first = stream.put(item)
    again = stream.put(item)
    assert again.founded and again.canonical == first.canonical


def test_compare_is_symmetric_and_explains() -> None:
    a, b = (
        make("a", "Police arrest suspect in Boston robbery"),
        make("b", "Police arrest suspect in Dallas robbery"),
    )
    there, back = compare(a, b, window=None), compare(b, a, window=None)
    assert not there.same and not back.same
    assert there.guards[0].guard == "substitution"
    assert "[boston]" in there.alignment[0] and "[dallas]" in there.alignment[1]
