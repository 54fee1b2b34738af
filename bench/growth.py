"""How much a store grows: bytes per 100,000 items by table, and the CPU that saving them takes.

    python bench/growth.py [ITEMS]

The items are made up: words drawn by Zipf's law, texts of 80 to 600 words, a tenth of them copies.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
import zlib
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from sqlalchemy import text

from aggregator.engine import effects
from aggregator.model import Decision, Evidence, Feed, Item, Keys
from storage import Store

START = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 30  # items in one transaction, as in a poll


def words(dice: random.Random) -> list[str]:
    letters = "etaoinshrdlucmfwypvbgk"
    return ["".join(dice.choices(letters, k=dice.randint(2, 11))) for _ in range(60_000)]


def saving(store: Store, count: int) -> tuple[float, Counter[str]]:
    """Save ``count`` items; the CPU seconds, and the bytes of texts plain and compressed."""
    dice = random.Random(1)
    known = words(dice)
    weights = list(accumulate(1 / (n + 3) for n in range(len(known))))
    texts: Counter[str] = Counter()
    began = 0.0
    for start in range(0, count, BATCH):
        made = []
        for number in range(start, min(start + BATCH, count)):
            title = " ".join(dice.choices(known, cum_weights=weights, k=9)).capitalize()
            body = " ".join(dice.choices(known, cum_weights=weights, k=dice.randint(80, 600)))
            packed = body.encode()
            texts["plain"] += len(packed)
            texts["zlib"] += len(zlib.compress(packed, 6))
            item = Item(
                f"i{number:016x}", "f1", f"https://one.example/{number}", title,
                START + timedelta(seconds=number),
                text=body, lead=body[:160], title_raw=title, language="en",
                url=f"https://one.example/news/{number}", link=f"https://one.example/news/{number}",
            )  # fmt: skip
            keys = Keys(
                (item.url or "",), title.lower(),
                tuple(dice.getrandbits(63) for _ in range(12)), dice.randbytes(60),
            )  # fmt: skip
            own = f"c{number:016x}"
            copied = number > 100 and dice.random() < 0.1
            canonical = f"c{number - 50:016x}" if copied else own
            decision = Decision(
                item.id, canonical, not copied, Evidence("body" if copied else "new", 0.9), keys
            )
            made.append((item, decision))
        begin = time.process_time()
        with store.transaction() as tx:
            for item, decision in made:
                there = tx.standing.canonical(decision.canonical)
                own = replace(decision, canonical=f"c{item.id[1:]}", founded=True)
                taken = own if not decision.founded and there is None else decision
                tx.apply(effects.stored(tx.standing, item, taken), item.seen)
        began += time.process_time() - begin
    return began, texts


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.db"
        with Store.open(f"sqlite:///{path}") as store:
            with store.transaction() as tx:
                tx.feeds.upsert(Feed("f1", "https://one.example/feed"), 0)
            seconds, texts = saving(store, count)
        scale = 100_000 / count
        with Store.open(f"sqlite:///{path}") as store, store.reading() as view:
            query = text("SELECT name, sum(pgsize) FROM dbstat GROUP BY 1")
            sizes: Counter[str] = Counter()
            for name, size in view.session.connection.execute(query):
                sizes["word index" if name.startswith("item_words") else name] += size
        print(f"{count} items: {path.stat().st_size * scale / 1e6:,.0f} MB per 100,000 items,")
        print(f"{seconds * scale:,.0f} s of CPU to save 100,000")
        for name, size in sizes.most_common(12):
            print(f"  {name:<28} {size * scale / 1e6:8,.1f} MB")
        plain, packed = (texts[name] * scale / 1e6 for name in ("plain", "zlib"))
        print(f"  texts {plain:,.1f} MB, zlib {packed:,.1f} MB")


if __name__ == "__main__":
    main()
