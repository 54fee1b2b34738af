"""Made-up streams of news for the tests of this folder: events, each told in words of its own."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from aggregator.cluster import ClusterState, assign
from aggregator.model import Correction, Item, StoryDecision
from aggregator.settings import ClusterSettings

START = datetime(2026, 3, 1, tzinfo=UTC)
_SYLLABLES = [
    "ka",
    "lo",
    "mer",
    "dun",
    "sta",
    "vil",
    "por",
    "ten",
    "gra",
    "shi",
    "fel",
    "wan",
    "ros",
    "bri",
    "tol",
    "nec",
]
_COMMON = [
    "minister",
    "city",
    "people",
    "report",
    "after",
    "police",
    "new",
    "year",
    "government",
    "water",
    "first",
    "week",
]


def word(rng: random.Random) -> str:
    return "".join(rng.choice(_SYLLABLES) for _ in range(3))


def item(
    name: str,
    title: str,
    text: str = "",
    *,
    at: datetime = START,
    language: str = "en",
    source: str = "",
    flags: tuple[str, ...] = (),
) -> Item:
    return Item(
        id="i" + name, feed="f" + name, identity=name, title=title, seen=at, published=at,
        text=text, lead=text, language=language, source=source or name, flags=flags,
    )  # fmt: skip


def canonical(one: Item) -> str:
    return "c" + one.identity


@st.composite
def streams(draw: st.DrawFn, most: int = 40) -> list[Item]:
    """Items of a few events, mixed, minutes to days apart."""
    rng = random.Random(draw(st.integers(0, 10_000)))
    events = [[word(rng) for _ in range(9)] for _ in range(draw(st.integers(1, 8)))]
    at = START
    found = []
    for number in range(draw(st.integers(1, most))):
        at += timedelta(minutes=rng.choice([0, 1, 10, 300, 3000]))
        event = rng.choice(events)
        title = " ".join(rng.sample(event, 4) + rng.sample(_COMMON, 2))
        text = " ".join(rng.sample(event, 7) + rng.sample(_COMMON, 6)) * rng.choice([0, 1, 3])
        found.append(item(f"{number:04x}", title, text, at=at))
    return found


def run(
    items: list[Item], corrections: tuple[Correction, ...] = ()
) -> tuple[ClusterState, list[StoryDecision]]:
    """Decide ``items`` in order."""
    state = ClusterState(ClusterSettings())
    decisions = []
    for one in items:
        decision = assign(state, one, canonical(one), corrections=corrections)
        state.apply(decision, one.seen)
        decisions.append(decision)
    return state, decisions


def stories(state: ClusterState, items: list[Item]) -> dict[str, str]:
    return {canonical(one): state.current(canonical(one)) or "" for one in items}
