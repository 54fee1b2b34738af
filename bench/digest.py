"""A digest of 10,000 stories with 100,000 items: CPU and memory after the query.

    python bench/digest.py [--stories N] [--items N] [--runs N]

The stories are made up here, as the store would give them: one to 200 canonical items with copies,
from 400 feeds, with tags, in three languages, all new. What is measured is all that happens to
them until the text of each format is there: selecting, ranking, dividing into sections, laying out,
writing. CPU time is that of the best run; memory is the peak that is added to the stories
themselves, measured in a run of its own, as that is slow.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from aggregator.digest import Edition, format_named, lay_out, select  # noqa: E402 # after the path
from aggregator.model import Item, Story  # noqa: E402
from aggregator.reading.story_view import Coverage, StoryView  # noqa: E402
from aggregator.settings import DigestSettings  # noqa: E402

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
FEEDS = 400
FORMATS = ("html", "md", "txt", "json", "atom", "rss", "jsonfeed", "epub")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--stories", type=int, default=10_000)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    stories = made_up(options.stories, options.items)
    items = sum(len(part.members) for view in stories for part in view.coverage)
    print(f"{len(stories):,} stories, {items:,} items")
    chosen = selected(stories)
    shown, bare, dropped = map(len, (chosen.stories, chosen.headlines, chosen.dropped))
    print(f"{shown} in full, {bare} headlines, {dropped:,} counted")
    total = told("select", lambda: selected(stories), options.runs)
    told("lay out", lambda: lay_out(chosen), options.runs)
    for name in FORMATS:
        total += told(name, lambda name=name: format_named(name).content(chosen), options.runs)
    print(f"{'all':10} {total:6.2f} s")
    tracemalloc.start()
    edition = selected(stories)
    for name in FORMATS:
        format_named(name).content(edition)
    print(f"peak       {tracemalloc.get_traced_memory()[1] / 1e6:6.0f} MB")


def selected(stories: list[StoryView]) -> Edition:
    """The edition of a day with all of these stories."""
    settings = DigestSettings(name="daily")
    since = NOW - timedelta(days=1)
    return select(
        settings, stories, since=since, until=NOW, made=NOW, reader_languages=("en", "ar")
    )


def told(name: str, work: Callable[[], object], runs: int) -> float:
    """Print and return the CPU seconds of the best of several runs."""
    best = float("inf")
    for _ in range(runs):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    print(f"{name:10} {best:6.2f} s")
    return best


def made_up(count: int, items: int) -> list[StoryView]:
    """Stories of very different sizes, ``items`` in all."""
    draw = random.Random(19)
    lexicon = ["".join(draw.choices("abcdefghiklmnoprstu", k=6)) for _ in range(20_000)]
    sizes = [min(200, 1 + int(draw.paretovariate(1.1))) for _ in range(count)]
    scale = items / sum(sizes)
    number = 0
    stories = []
    for story in range(count):
        size = max(1, round(sizes[story] * scale))
        topic = draw.sample(lexicon, 30)
        language = draw.choice(("en", "en", "ar", "fr"))
        coverage = []
        while size > 0:
            copies = min(size, draw.choice((1, 1, 1, 2, 4)))
            members = [_item(draw, number + n, topic, language) for n in range(copies)]
            number += copies
            size -= copies
            coverage.append(Coverage(members[0], f"c{number}", tuple(members[1:])))
        first = coverage[0].item
        stories.append(
            StoryView(
                Story(
                    id=f"s{story:016x}", headline=first.title, lead=first.lead, language=language,
                    first=first.time, last=NOW,
                    canonicals=tuple(part.canonical for part in coverage),
                    outlets=(), languages=(language,),
                ),
                tuple(coverage),
            )
        )  # fmt: skip
    return stories


def _item(draw: random.Random, number: int, topic: list[str], language: str) -> Item:
    feed = draw.randrange(FEEDS)
    at = NOW - timedelta(minutes=draw.randrange(1, 1_400))
    return Item(
        id=f"i{number:016x}", feed=f"f{feed}", identity=f"{number}",
        title=" ".join(draw.sample(topic, 8)).capitalize(),
        lead=" ".join(draw.choices(topic, k=40)).capitalize() + ".",
        link=f"https://outlet{feed}.example/{number}", url=f"https://outlet{feed}.example/{number}",
        seen=at, published=at, language=language, source=f"Outlet {feed}",
        tags=(f"Tag {feed % 20}",),
    )  # fmt: skip


if __name__ == "__main__":
    main()
