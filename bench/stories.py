"""The cost of one more canonical item in the story engine, with 5,000 and 50,000 live stories.

    python bench/stories.py [--stories 5000 50000] [--items 2000]

The stream is generated: word frequencies follow Zipf's law, and each event has twelve words of
its own; two thirds of the stories have one item, the others up to six; titles have nine words,
texts sixty; all items are within the window in which stories are open. Reference in the same
run: brute force, which compares the item with the founding item of every live story, using
the same similarity, and picks the best. All parts of a decision are counted, including
regrouping.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from aggregator.cluster import ClusterState, assign  # noqa: E402
from aggregator.cluster.similarity import asked, likeness  # noqa: E402
from aggregator.cluster.views import block, features_of  # noqa: E402
from aggregator.cluster.weights import shipped  # noqa: E402
from aggregator.model import Item  # noqa: E402
from aggregator.settings import ClusterSettings  # noqa: E402

START = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = 60_000
CHUNK = 600_000  # words drawn at a time
SIZES = (1,) * 12 + (2, 2, 3, 3, 4, 6)
SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "or", "il")]
REFERENCE = 60  # items that brute force decides


def spelt(number: int) -> str:
    """A unique word for each number."""
    word = ""
    while number or not word:
        number, rest = divmod(number, len(SYLLABLES))
        word += SYLLABLES[rest]
    return word


def stream(seed: int = 1) -> Iterator[Item]:
    """An endless stream of items; the few items of one event are hundreds of items apart."""
    rng = random.Random(seed)
    letters = np.random.default_rng(seed)
    ranks, at = letters.zipf(1.15, size=CHUNK), 0
    waiting: list[tuple[int, list[str]]] = []
    number = 0
    while True:
        if waiting and (len(waiting) > 3_000 or rng.random() < 0.4):
            event = waiting.pop(rng.randrange(len(waiting)))
        else:
            own = [spelt(WORDS + rng.randrange(4_000_000)).title() for _ in range(12)]
            size = rng.choice(SIZES)
            waiting += [(number, own)] * size
            event = waiting.pop()
        if at + 60 > CHUNK:  # draw new ones: the same words in the same order would be a duplicate
            ranks, at = letters.zipf(1.15, size=CHUNK), 0
        common = [spelt(rank % WORDS) for rank in ranks[at : at + 60].tolist()]
        at += 60
        own = event[1]
        title = " ".join(rng.sample(own, 4) + common[:5])
        text = " ".join(rng.sample(own, 8) + common)
        moment = START + timedelta(seconds=number)
        number += 1
        yield Item(
            id=f"i{number:016x}", feed="f", identity=str(number), title=title, seen=moment,
            published=moment, text=text, lead=text[:300], language="en", source=f"s{number % 97}",
        )  # fmt: skip


def decide(state: ClusterState, item: Item) -> None:
    state.apply(assign(state, item, "c" + item.id[1:]), item.seen)


def brute_force(state: ClusterState, item: Item) -> float:
    """The best similarity between ``item`` and the founding item of any live story."""
    founders = [state.item(state.story(name).members[0]).features for name in state.names()]  # type: ignore[union-attr] # every name has a story
    model = shipped()
    query = asked(features_of(item), state.frequencies, model)
    found, _ = likeness(query, block(founders), state.frequencies, model)
    return float(found.max())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stories", type=int, nargs="+", default=[5_000, 50_000])
    parser.add_argument("--items", type=int, default=2_000)
    options = parser.parse_args()
    items = stream()
    process = psutil.Process()
    empty = process.memory_info().rss
    state = ClusterState(ClusterSettings(live_days=365))
    print("| live stories | items | items/s | median ms | 95 % ms | brute force ms | MB |")
    print("|---|---|---|---|---|---|---|")
    for wanted in options.stories:
        while len(state.names()) < wanted:
            decide(state, next(items))
        gc.freeze()  # as after a start with this many items (aggregator/engine/decider.py)
        times = []
        began = time.perf_counter()
        for _ in range(options.items):
            item = next(items)
            start = time.perf_counter()
            decide(state, item)
            times.append(1000 * (time.perf_counter() - start))
        rate = options.items / (time.perf_counter() - began)
        count = min(REFERENCE, max(3, 300_000 // wanted))
        start = time.perf_counter()
        for _ in range(count):
            brute_force(state, next(items))
        brute = 1000 * (time.perf_counter() - start) / count
        grown = (process.memory_info().rss - empty) / 1e6
        print(
            f"| {len(state.names()):,} | {state.count():,} | {rate:.0f} | "
            f"{statistics.median(times):.2f} | {statistics.quantiles(times, n=20)[-1]:.2f} | "
            f"{brute:.0f} | {grown:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
