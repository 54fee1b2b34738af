"""Joining and founding stories, through the public functions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.cluster import ClusterState, assign, summarise
from aggregator.model import Correction, Item, StoryMember
from aggregator.settings import ClusterSettings

START = datetime(2026, 3, 1, tzinfo=UTC)


def item(name: str, title: str, lead: str = "", *, hours: float = 0.0, source: str = "") -> Item:
    moment = START + timedelta(hours=hours)
    return Item(
        id="i" + name,
        feed="f" + name,
        identity=name,
        title=title,
        seen=moment,
        published=moment,
        text=lead,
        lead=lead,
        language="en",
        source=source or name,
    )


FLOOD = [
    item("1", "Dam at Kessler Ridge bursts, thousands flee Orvale valley", hours=0),
    item("2", "Thousands evacuated from Orvale after Kessler Ridge dam failure", hours=2),
    item("3", "Kessler Ridge dam burst: rescuers search Orvale for missing", hours=5),
]
OTHERS = [
    item("4", "Central bank of Norland keeps rates at 4.5 percent", hours=1),
    item("5", "Striker Amadou Kante joins Port City for record fee", hours=3),
]


def run(items: list[Item]) -> dict[str, str]:
    state = ClusterState(ClusterSettings())
    for one in items:
        state.apply(assign(state, one, "c" + one.identity), one.seen)
    return {one.identity: str(state.current("c" + one.identity)) for one in items}


def test_reports_of_one_event_are_one_story_and_others_stay_apart() -> None:
    stories = run(sorted(FLOOD + OTHERS, key=lambda i: i.seen))
    assert stories["1"] == stories["2"] == stories["3"]
    assert len(set(stories.values())) == 3


def test_a_restart_goes_on_with_the_same_decisions() -> None:
    items = sorted(FLOOD + OTHERS, key=lambda i: i.seen)
    whole = ClusterState(ClusterSettings())
    members = []
    for one in items:
        again = ClusterState(ClusterSettings())
        again.restore(members)
        decision = assign(whole, one, "c" + one.identity)
        assert assign(again, one, "c" + one.identity) == decision
        whole.apply(decision, one.seen)
        members.append(StoryMember(decision.canonical, decision.story, one.seen, decision.features))


def test_corrections_are_obeyed() -> None:
    state = ClusterState(ClusterSettings())
    first, second, _ = FLOOD
    founded = assign(state, first, "c1")
    state.apply(founded, first.seen)
    apart = Correction("x", "story", "split", founded.story, "c2", START)
    assert assign(state, second, "c2", corrections=[apart]).founded
    together = Correction("y", "story", "same", founded.story, "c4", START)
    assert assign(state, OTHERS[0], "c4", corrections=[together]).story == founded.story


def test_a_summary_counts_outlets_and_prefers_the_readers_language() -> None:
    french = Item(
        id="i9", feed="f9", identity="9", title="Rupture du barrage de Kessler Ridge",
        seen=START, language="fr", source="Le Neuf",
    )  # fmt: skip
    coverage = [("c1", FLOOD[0], [FLOOD[0]]), ("c2", FLOOD[1], []), ("c9", french, [])]
    story = summarise("s1", coverage, languages=["fr"], now=START + timedelta(hours=3))
    assert story.headline == french.title
    assert set(story.outlets) == {"1", "2", "Le Neuf"}
    assert story.state == "live"
    assert "Kessler" in story.terms


def apart(*items: Item) -> bool:
    return len(set(run(list(items)).values())) == len(items)


def test_the_same_kind_of_event_with_other_names_is_another_story() -> None:
    assert apart(
        item("a", "Full time: Rovers beat Athletic with a late penalty", hours=0),
        item("b", "Full time: United beat Wanderers with a late penalty", hours=1),
    )
    assert apart(
        item("a", "Fire destroys warehouse near the harbour of Tarnmouth", hours=0),
        item("b", "Fire destroys warehouse near the harbour of Birchfield", hours=1),
    )


def test_one_common_word_joins_no_two_items() -> None:
    """On a front page of unrelated news nothing else is near, and the limit is low."""
    parted = [
        item("a", "Divorce", hours=0),
        item("b", "The divorce that cost a bank its director", hours=1),
    ]
    assert apart(*parted)
    state = ClusterState(ClusterSettings())
    for one in parted:
        last = assign(state, one, "c" + one.identity)
        state.apply(last, one.seen)
    assert "one word" in last.evidence.reason
    assert last.evidence.partner == "ca"


def test_a_story_grows_where_one_of_its_items_shares_several_words() -> None:
    found = run([*FLOOD, item("6", "Orvale: dam failure under investigation", hours=8)])
    assert len({found[name] for name in "1236"}) == 1


def test_a_text_that_stands_under_every_headline_makes_no_story() -> None:
    furniture = (
        "This article is for subscribers. Start your free four week trial now and read everything "
        "on our site and in the app, with the weekend magazine and all puzzles."
    )
    titles = "Ferry stops running", "Council divided over fees", "Beavers return upstream"
    assert apart(*(item(str(n), one, furniture, source="Post") for n, one in enumerate(titles)))
