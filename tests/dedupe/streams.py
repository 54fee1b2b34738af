"""Random streams of items for the duplicate engine's tests, and a driver for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from aggregator.dedupe import DedupeState, MemoryArchive, decide
from aggregator.model import Correction, Decision, Item, Placed
from aggregator.settings import DedupeSettings
from aggregator.text.identity import item_id

START = datetime(2026, 2, 1, 6, tzinfo=UTC)
WINDOW = DedupeSettings().index_window

SUBJECTS = ("Harbour council", "Northern railway", "City museum", "Dairy farmers", "Spain", "Italy")
VERBS = ("opens", "closes", "rejects", "approves", "beats", "denies", "postpones")
OBJECTS = ("Italy", "Spain", "new bridge plan", "winter timetable", "milk price report", "fair")
TAILS = (
    "",
    " after storm",
    " on Monday",
    " on Tuesday",
    " in Lyon",
    " 2-1",
    " 3-1",
    " of 12 towns",
)
DRESSES = ("{}", "{} | The Harbour Post", "{}…", "“{}”", "{}, officials say", "BREAKING: {}")
SENTENCES = (
    "The plan was read out before a full hall and nobody spoke against it for an hour.",
    "A second reading follows in spring, when the costs are known to the last brick.",
    "Two members left the room because they own land beside the road in question.",
    "Neighbours had gathered four hundred names and brought cake for the porter.",
    "The oldest member recalled that his grandfather had built the first one of wood.",
    "Trains will stop at the old platform until the work is paid for and done.",
)


@st.composite
def titles(draw: st.DrawFn) -> str:
    parts = (draw(st.sampled_from(part)) for part in (SUBJECTS, VERBS, OBJECTS))
    title = " ".join(parts) + draw(st.sampled_from(TAILS))
    return draw(st.sampled_from(DRESSES)).format(title)


@st.composite
def streams(draw: st.DrawFn, most: int = 16) -> list[Item]:
    """Items in order of arrival, seen within about twelve days."""
    items: list[Item] = []
    seen = START
    for number in range(draw(st.integers(2, most))):
        seen += timedelta(hours=draw(st.sampled_from((0, 0, 1, 7, 30))))
        feed = draw(st.sampled_from(("one", "two", "three")))
        text = " ".join(draw(st.lists(st.sampled_from(SENTENCES), max_size=5)))
        late = timedelta(hours=draw(st.sampled_from((0, 0, 3, 60))))
        items.append(
            Item(
                id=item_id(feed, str(number)),
                feed=feed,
                identity=str(number),
                title=draw(titles()),
                seen=seen,
                published=seen - late,
                text=text,
                language="en",
                source=feed,
                url=draw(st.sampled_from((None, f"https://x.example/{number % 7}"))),
                priority=draw(st.sampled_from((0, 0, 0, 5))),
                content_hash=str(number),
            )
        )
    return items


class Engine:
    """Items decided one after another, as the pipeline does it."""

    def __init__(self, corrections: tuple[Correction, ...] = ()) -> None:
        self.archive = MemoryArchive()
        self.corrections = corrections
        self.state = DedupeState(DedupeSettings())

    def restart(self) -> None:
        """Forget all that is not in the archive."""
        known = self.archive.all()
        last = max((placed.item.seen for placed, _ in known), default=START)
        self.state = DedupeState(DedupeSettings())
        self.state.restore((p, keys) for p, keys in known if p.item.seen >= last - WINDOW)

    def put(self, item: Item) -> Decision | None:
        """Decide on one item; None where it is there already, unchanged."""
        known = self.archive.placed(item.id)
        if known and known.item.content_hash == item.content_hash:
            return None
        decision = decide(self.state, self.archive, item, corrections=self.corrections)
        placed = Placed(replace(item, flags=decision.flags), decision.canonical)
        self.archive.add(placed, decision.keys)
        self.state.add(placed, decision.keys)
        return decision

    def groups(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for placed, _ in self.archive.all():
            found.setdefault(placed.canonical, set()).add(placed.item.id)
        return found
