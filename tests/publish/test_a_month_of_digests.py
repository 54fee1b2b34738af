"""A month of digests accounts for every canonical item exactly once.

Feeds with wrong dates, outages, late arrivals and copies; limits so low that stories are shown as
bare headlines and dropped.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.engine.polls import Engine
from aggregator.model import Document, Entry, Feed
from aggregator.publish.editions import write_due
from aggregator.settings import DigestSettings, Settings
from aggregator.text.identity import feed_id
from storage import Store

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
START = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
NOUNS = ("harbour", "orchard", "tram", "museum", "ferry", "comet", "quarry", "library", "dam")
VERBS = ("closes", "reopens", "floods", "wins", "expands", "sues", "delays", "honours")
PLACES = ("Torvik", "Almere", "Quito", "Nagoya", "Tunis", "Perth", "Lodz", "Cork", "Basra", "Turku")


def entries(day: int, draw: random.Random) -> Iterator[Entry]:
    """What is published on one day, with hostile dates."""
    now = START + day * 24 * HOUR
    for number in range(9):
        place, other = draw.sample(PLACES, 2)
        noun, verb = draw.choice(NOUNS), draw.choice(VERBS)
        dates = (
            now - draw.randrange(1, 20) * HOUR,
            now - draw.randrange(30, 90) * HOUR,  # found late
            now + 400 * 24 * HOUR,  # a year ahead
            datetime(1970, 1, 1, tzinfo=UTC),
            None,
        )
        yield Entry(
            title=f"{place} {noun} {verb} after {other} vote {day}-{number}",
            guid=f"{day}-{number}",
            link=f"https://p{number}.example/{day}/{number}",
            published=draw.choices(dates, weights=(6, 1, 1, 1, 1))[0],
            language="en",
        )


@pytest.mark.slow
@pytest.mark.parametrize("span", [24, 7 * 24])
def test_every_canonical_item_is_listed_a_headline_or_dropped_once(tmp_path: Path, span: int):
    draw = random.Random(19)
    digest = DigestSettings(
        name="daily", formats=("json",), directory=tmp_path / "out",
        span=span * HOUR, limit=3, headlines=4,
    )  # fmt: skip
    settings = Settings(path=tmp_path / "feeds.toml", store="", timezone="UTC", digests=(digest,))
    listed: Counter[str] = Counter()
    dropped = 0
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        engine = Engine(store, settings)
        waiting: list[tuple[int, Entry]] = []

        def arrive(day: int, part: int) -> None:
            """Half of what waits is polled two hours before the digest, half after it."""
            if day % 9 in (3, 4):  # an outage of two days
                return
            at = START + day * DAY + (4 * part - 2) * HOUR
            for number, entry in waiting:
                for outlet in range(1 + (number % 5 == 0)):  # some are carried twice
                    if number % 2 == part:
                        url = f"https://p{number}-{outlet}.example/rss"
                        engine.take_document(Feed(feed_id(url), url), Document((entry,)), now=at)
            waiting[:] = [one for one in waiting if one[0] % 2 != part]

        for day in range(32):
            waiting += enumerate(entries(day, draw)) if day < 30 else ()
            arrive(day, 0)
            if day % 11 != 7:  # else the machine was off
                told = write_due(store, settings, now=START + day * DAY + HOUR / 60)
                assert not told.problems
                document = json.loads(told.files[0].read_text())
                dropped += document["counts"]["dropped"]
                listed.update(new_canonicals(document))
            arrive(day, 1)
        with store.reading() as view:
            records = view.digests.list("daily", limit=100)
            counted = {item for one in records for item in (*one.items, *one.dropped)}
            assert set(listed.values()) == {1}
            unseen = 0
            for canonical in view.canonicals.list(limit=10_000):
                if canonical.id in listed:
                    continue
                items = [view.items.get(item).item for item in canonical.items]
                backlog = all({"backlog", "republished"} & set(item.flags) for item in items)
                if not backlog:
                    assert any(item.id in counted for item in items), items[0].title
                    unseen += 1
    assert len(listed) > 100
    assert unseen >= dropped > 20


def new_canonicals(document: dict[str, Any]) -> Iterator[str]:
    """The canonical items that a digest lists as news, each as often as it stands there."""
    for story in document["stories"]:
        assert story["coverage"][0]["new"]  # the headline is news
        yield from (part["canonical"] for part in story["coverage"] if part["new"])
    for story in document["headlines"]:
        yield from story["canonicals"]
