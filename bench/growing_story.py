"""What an article costs as its story grows: poll after poll of one event, through the store.

    python bench/growing_story.py [--articles N]

Each article has a title and a text of its own with the names of the event in them, so that each is
a new item of the one story. CPU milliseconds by block of 100 after the first 20 articles, and the
last block as a ratio of the first: the cost is flat where the ratio is near one.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from aggregator.engine.polls import Engine  # noqa: E402 # after the path is set
from aggregator.model import Document, Entry, Feed  # noqa: E402
from aggregator.settings import Settings  # noqa: E402
from storage import Store  # noqa: E402

START = datetime(2026, 3, 1, tzinfo=UTC)
SYLLABLES = ("ka", "lo", "mer", "dun", "sta", "vil", "por", "ten", "gra", "shi", "fel", "wan")
EVENT = (
    "Karlomer", "Dunsta", "ferry", "collision", "harbour", "Velporten", "captain", "Ostergra",
    "survivors",
)  # fmt: skip
FEEDS = tuple(Feed(f"f{n}", f"https://{n}.example/feed", title=f"Outlet {n}") for n in range(10))
SKIPPED, BLOCK = 20, 100


def words(draw: random.Random, count: int) -> list[str]:
    return ["".join(draw.choice(SYLLABLES) for _ in range(3)) for _ in range(count)]


def article(number: int) -> Entry:
    """A headline with four of the event's words and four of its own; a text of 78 words."""
    draw = random.Random(number)
    title = draw.sample(EVENT, 4) + words(draw, 4)
    draw.shuffle(title)
    sentences = [draw.sample(EVENT, len(EVENT)) + words(draw, 4) for _ in range(6)]
    text = " ".join(f"{' '.join(sentence)}." for sentence in sentences)
    return Entry(
        title=" ".join(title),
        guid=f"a{number}",
        link=f"https://one.example/{number}",
        content=text,
        published=START + timedelta(minutes=number),
        language="en",
    )


def costs(store: Store, count: int) -> list[float]:
    """CPU milliseconds of each article, one a poll."""
    engine = Engine(store, Settings(Path("feeds.toml"), "sqlite://"))
    with store.transaction() as tx:
        for feed in FEEDS:
            tx.feeds.upsert(feed, 0)
    found = []
    for number in range(count):
        document = Document((article(number),), language="en")
        now = START + timedelta(minutes=number, seconds=30)
        began = time.process_time()
        engine.take_document(FEEDS[number % len(FEEDS)], document, now=now)
        found.append((time.process_time() - began) * 1000)
    return found


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--articles", type=int, default=600)
    count = asked.parse_args().articles
    with tempfile.TemporaryDirectory() as folder, Store.open(f"sqlite:///{folder}/s.db") as store:
        times = costs(store, count)
        with store.reading() as view:
            total = view.counts()
    print(f"{total.items} items in {total.stories} stories")
    blocks = [times[at : at + BLOCK] for at in range(SKIPPED, count, BLOCK)]
    means = [sum(block) / len(block) for block in blocks if len(block) > BLOCK // 2]
    print("ms an article by block:", " ".join(f"{mean:.1f}" for mean in means))
    print(f"last block / first block: {means[-1] / means[0]:.2f}")


if __name__ == "__main__":
    main()
