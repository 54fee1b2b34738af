"""How often stories are wrongly linked across languages, and what a link costs.

    python bench/crosslingual.py ../shared/datasets

News from different years placed in one week: 600 Spanish and 600 Turkish articles
(semeval2022_t8), 600 Arabic (ant_arabic_multisource), 600 English (allsides_neus), at random
times within five days, each a story of its own. Nearly every link among them is wrong. Prints the
number of links for several limits, the closest ones, and the cost of a vector and of a decision.
"""

from __future__ import annotations

import gzip
import json
import random
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.crosslingual import CrosslingualState, linked, links, package_encoder, vector_of
from aggregator.engine import effects
from aggregator.engine.placements import Placements
from aggregator.model import Item, StoryLink, StoryVector

EACH = 600
DAYS = 5
START = datetime(2026, 1, 1, tzinfo=UTC)
LIMITS = ((0.56, 0.68, 0.04), (0.58, 0.68, 0.04), (0.60, 0.70, 0.05), (0.62, 0.70, 0.05))


def rows(path: Path) -> Iterator[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def articles(folder: Path, rng: random.Random) -> list[tuple[str, str, str]]:
    """Language, title and body of each article."""
    pairs = [
        side
        for row in rows(folder / "semeval2022_t8" / "pairs.jsonl.gz")
        for side in (row["a"], row["b"])
    ]
    chosen = []
    for language in ("es", "tr"):
        known = {(p["title"], p["body"]): p for p in pairs if p["lang"] == language}
        chosen += [(language, p) for p in list(known.values())[:EACH]]
    for language, name in (("ar", "ant_arabic_multisource"), ("en", "allsides_neus")):
        found = list(rows(folder / name / "data.jsonl.gz"))
        chosen += [(language, row) for row in rng.sample(found, EACH)]
    return [(language, row["title"] or "", row["body"] or "") for language, row in chosen]


def week(folder: Path) -> list[Item]:
    rng = random.Random(5)
    items = []
    for number, (language, title, body) in enumerate(articles(folder, rng)):
        seen = START + timedelta(minutes=rng.randrange(DAYS * 1440))
        items.append(
            Item(f"i{number}", "f", str(number), title, seen=seen, text=body, language=language)
        )
    return sorted(items, key=lambda item: item.seen)


def run(items: list[Item], vectors: dict[str, bytes]) -> list[StoryLink]:
    state, standing, found = CrosslingualState(), Placements(), []
    for item in items:
        if item.id not in vectors:
            continue
        vector = vectors[item.id]
        state.add(StoryVector(item.id, item.id, item.language or "", item.seen, item.time, vector))
        now = int(item.seen.timestamp())
        for link in linked(state, item.id, now=now, live_days=5.0):
            for effect in effects.linked(standing, link):
                standing.apply(effect)
                state.apply(effect)
            found.append(link)
    return [link for link in found if link.kind == "link"]


def main(folder: Path) -> None:
    items = week(folder)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    encoder = package_encoder()
    encoder.encode("once")
    print(f"to load the model: {time.process_time() - began:.2f} s of CPU")
    began = time.process_time()
    made = {item.id: vector_of(item, encoder) for item in items}
    each = (time.process_time() - began) / len(items) * 1000
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"a vector: {each:.1f} ms of CPU; memory for model and vectors: {more:.0f} MB")
    vectors = {name: vector for name, vector in made.items() if vector is not None}
    by_id = {item.id: item for item in items}
    shipped = links.LIMIT, links.SURE, links.MARGIN
    for limits in dict.fromkeys((*LIMITS, shipped)):
        links.LIMIT, links.SURE, links.MARGIN = limits
        began = time.process_time()
        found = run(items, vectors)
        each = (time.process_time() - began) / len(items) * 1000
        mark = " (shipped)" if limits == shipped else ""
        print(f"limit, sure, margin {limits}{mark}: {len(found)} links of {len(items)} stories; "
              f"{each:.2f} ms of CPU a decision")  # fmt: skip
    for link in sorted(found, key=lambda one: -one.evidence.score)[:12]:
        one, other = by_id[link.story], by_id[link.into]
        print(f"  {link.evidence.score:.2f} {one.language}: {one.title[:60]} | "
              f"{other.language}: {other.title[:60]}")  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
