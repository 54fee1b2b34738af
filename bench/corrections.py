"""What corrections cost a running engine: making one, and having thousands in force.

    python bench/corrections.py [--items N] [--standing N]

A store is filled with generated headlines. Then corrections are made one after another through the
engine that filled it, as in a running process, and undone. Then the same news is processed with no
corrections and with many in force. CPU milliseconds, because the machine is shared.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from aggregator.cluster.views import features_of  # noqa: E402 # after the path is set
from aggregator.dedupe import item_keys  # noqa: E402
from aggregator.engine import effects, item_corrections, story_corrections  # noqa: E402
from aggregator.engine.polls import Engine  # noqa: E402
from aggregator.model import (  # noqa: E402
    Decision,
    Document,
    Entry,
    Evidence,
    Feed,
    StoryDecision,
)
from aggregator.settings import Settings  # noqa: E402
from aggregator.text.identity import canonical_id, story_id  # noqa: E402
from aggregator.text.item_factory import make_item  # noqa: E402
from storage import Store  # noqa: E402

START = datetime(2026, 3, 1, tzinfo=UTC)
FEED = Feed("f", "https://one.example/feed", title="Outlet")
SYLLABLES = ("ka", "lo", "mer", "dun", "sta", "vil", "por", "ten", "gra", "shi", "fel", "wan")
POLL = 30
TAKEN = 1_500  # items processed without and with corrections in force


def entries(count: int, seed: int) -> Iterator[Entry]:
    """Headlines of eight generated words, without duplicates."""
    draw = random.Random(seed)
    for number in range(count):
        words = ["".join(draw.choice(SYLLABLES) for _ in range(4)) for _ in range(8)]
        yield Entry(
            title=" ".join(words),
            guid=f"{seed}-{number}",
            link=f"https://one.example/{seed}/{number}",
            published=START + timedelta(seconds=10 * number),
            language="en",
        )


def fill(engine: Engine, count: int, seed: int, at: datetime) -> float:
    """Process ``count`` items; CPU milliseconds per item."""
    waiting = list(entries(count, seed))
    began = time.process_time()
    for start in range(0, count, POLL):
        part = Document(tuple(waiting[start : start + POLL]), language="en")
        engine.take_document(FEED, part, now=at, in_order=True)
    return (time.process_time() - began) / count * 1000


def stored(store: Store, count: int, at: datetime) -> None:
    """Write ``count`` items, each with its own canonical item and story, without deciding them."""
    waiting = entries(count, 1)
    while some := list(islice(waiting, 1_000)):
        document = Document(tuple(some), language="en")
        with store.transaction() as tx:
            tx.feeds.upsert(FEED, 0)
            for entry in some:
                item = make_item(FEED, entry, document, seen=at)
                assert item is not None
                canonical, new = canonical_id(item.id), Evidence("new")
                keys = item_keys(item)
                decision = Decision(item.id, canonical, True, new, keys, representative=item.id)
                tx.apply(effects.stored(tx.standing, item, decision), at)
                story = StoryDecision(
                    canonical, story_id(canonical), True, new, features_of(item).pack()
                )
                tx.apply(effects.placed(tx.standing, story), at)


def timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


def shown(name: str, times: list[float]) -> None:
    ordered = sorted(times)
    print(f"{name}: median {statistics.median(ordered):.1f} ms, "
          f"worst of {len(ordered)} {ordered[-1]:.1f} ms", flush=True)  # fmt: skip


def single(engine: Engine, store: Store, at: datetime, rounds: int = 20) -> None:
    draw = random.Random(2)
    with store.reading() as view:
        items = [one.item.id for one in view.items.list(limit=4_000)]
    times: dict[str, list[float]] = {}

    def note(name: str, work: Callable[[], object]) -> None:
        times.setdefault(name, []).append(timed(work))

    for number in range(rounds):
        now = at + timedelta(seconds=number)
        a, b = draw.sample(items, 2)
        same = item_corrections.make("item", "same", a, b, at=now)
        note("items same", partial(item_corrections.apply, engine, same, now=now))
        note("items undo", partial(item_corrections.undo, engine, same.id, now=now))
        with store.reading() as view:
            stories = [view.canonicals.get(view.items.get(one).canonical).story for one in (a, b)]
        if stories[0] != stories[1]:
            note("stories same", partial(story_corrections.same, engine, *stories, now=now))
            with store.reading() as view:
                last = view.corrections.list()[-1].correction.id
            note("stories undo", partial(story_corrections.undo, engine, last, now=now))
    for name, found in times.items():
        shown(name, found)


def standing(engine: Engine, store: Store, count: int, at: datetime) -> None:
    """Write ``count`` corrections, half of items and half of stories, directly into the store."""
    draw = random.Random(3)
    with store.reading() as view:
        placed = view.items.list(limit=4 * count)
    with engine.writing() as tx:
        for number in range(count):
            a, b = draw.sample(placed, 2)
            now = at + timedelta(microseconds=number)
            level, names = ("item", (a.item.id, b.item.id))
            if number % 2:
                level, names = "story", (a.canonical, b.canonical)
            tx.corrections.add(item_corrections.make(level, "split", *names, at=now))
    engine.forget()


def measured(items: int, count: int) -> float:
    """Milliseconds an item costs in a store of ``items`` with ``count`` corrections in force."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        settings = Settings(path / "feeds.toml", f"sqlite:///{path}/store.sqlite")
        with Store.open(settings.store) as store:
            engine, at = Engine(store, settings), START + timedelta(days=12)
            stored(store, items, at)
            if count:
                standing(engine, store, count, at)
            fill(engine, 300, 4, at)  # load state before measuring
            cost = fill(engine, TAKEN, 5, at)
            print(f"{items} items, {count} corrections in force: {cost:.2f} ms an item", flush=True)
            single(engine, store, at)
            return cost


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--items", type=int, default=100_000)
    asked.add_argument("--standing", type=int, default=5_000)
    wanted = asked.parse_args()
    without, held = (measured(wanted.items, count) for count in (0, wanted.standing))
    print(f"an item with {wanted.standing} corrections in force: {held / without - 1:+.1%}")


if __name__ == "__main__":
    main()
