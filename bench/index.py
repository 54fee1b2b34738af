"""The candidate index: ``python bench/index.py`` (see ``--help``; needs the shared sets).

Measures, for 10,000, 100,000 and 1,000,000 titles in the window: the time of a start
that reads the store, bytes per title, and the CPU time to look up one new title, judge
the candidates and add it (CPU, because the machine may be shared). At 100,000 also the
share found of all pairs that the rule calls the same, compared with an exhaustive
search; and the same for other methods: rapidfuzz over all titles, MinHash LSH
(datasketch), PostgreSQL trigrams.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from index_rivals import datasketch_lsh, postgres_trigrams, rapidfuzz_all  # noqa: E402
from index_titles import Title, crossed, dressed, real  # noqa: E402

from aggregator.dedupe.index import TitleIndex, known  # noqa: E402
from aggregator.dedupe.sketches import sketch  # noqa: E402
from aggregator.dedupe.terms import Kind, outline  # noqa: E402
from aggregator.dedupe.titles import judge_titles  # noqa: E402
from aggregator.engine import effects  # noqa: E402
from aggregator.model import Decision, Evidence, Feed, Item, Keys  # noqa: E402
from aggregator.text.identity import canonical_id, item_id  # noqa: E402
from storage import Store, Transaction  # noqa: E402

START = datetime(2026, 1, 1, tzinfo=UTC)
Finder = Callable[[str, str], Iterable[int]]  # title, language -> places of candidates


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared" / "datasets")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument("--recall", type=int, default=100_000, help="titles; 0: leave out")
    parser.add_argument("--rival-queries", type=int, default=100)
    parser.add_argument("--dsn", help="also measure a PostgreSQL server with pg_trgm")
    options = parser.parse_args(argv)
    titles = real(options.shared, max(100_000, options.recall))
    print(f"{len(titles):,} real titles and sentences, {dict(Counter(t[1] for t in titles))}")
    if options.sizes:
        print("\n(a start: CPU and clock; a new title: look up, judge, take in)")
        print("   titles    start s  clock s  bytes/title  median ms  p95 ms")
    for size in options.sizes:
        speed(crossed(titles, size), options.queries)
    if options.recall:
        compare(titles[: options.recall], options)
    return 0


def items(titles: Sequence[Title]) -> Iterator[Item]:
    step = timedelta(days=6) / max(1, len(titles))
    for n, (title, language) in enumerate(titles):
        yield Item(item_id("f", str(n)), "f", str(n), title, START + n * step, language=language)


def built(titles: Sequence[Title]) -> TitleIndex:
    index = TitleIndex(timedelta(days=7))
    index.extend(map(known, items(titles)))
    return index


def started(titles: Sequence[Title], folder: Path) -> tuple[TitleIndex, float, float]:
    """An index filled from a store, as at startup; with the CPU and wall seconds it took."""
    with Store.open(f"sqlite:///{folder / 'store.db'}") as store:
        waiting = items(titles)
        while some := list(islice(waiting, 10_000)):
            with store.transaction() as tx:
                tx.feeds.upsert(Feed("f", "https://f.example/feed"), 0)
                for item in some:
                    _keep(tx, replace(item, text=item.title * 12))
        cpu, clock = time.process_time(), time.perf_counter()
        index = TitleIndex(timedelta(days=7))
        with store.reading() as view:
            index.extend(view.items.titles_since(START))
        return index, time.process_time() - cpu, time.perf_counter() - clock


def _keep(tx: Transaction, item: Item) -> None:
    keys = Keys(sketch=sketch(item.id, item.title, item.language))
    canonical = canonical_id(item.id)
    decision = Decision(item.id, canonical, True, Evidence("new"), keys)
    tx.apply(effects.stored(tx.standing, item, decision), item.seen)


def queries(titles: Sequence[Title], count: int, seed: int = 3) -> list[Title]:
    """Half variants of indexed titles, half titles that are not indexed."""
    draw = random.Random(seed)
    known = [draw.choice(titles) for _ in range(count)]
    made = crossed(list(dict(known).items()), 2 * count, seed)
    fresh = made[-(count // 2) :]
    return [(dressed(t, draw), lang) for t, lang in known[: count - count // 2]] + fresh


def speed(titles: Sequence[Title], count: int) -> None:
    with TemporaryDirectory() as folder:
        index, seconds, clock = started(titles, Path(folder))
    weight = index.nbytes / len(titles)
    times = []
    asked = queries(titles, count)
    random.Random(1).shuffle(asked)
    now = START + timedelta(days=6)
    for n, (title, language) in enumerate(asked):
        item = Item(item_id("q", str(n)), "q", str(n), title, now, language=language)
        start = time.process_time()
        for found in index.find(title, language, now):
            judge_titles(title, found.title, language)
        index.add(item)
        times.append(1e3 * (time.process_time() - start))
    tail = statistics.quantiles(times, n=20)[-1]
    print(
        f"{len(titles):>9,}  {seconds:>8.1f}  {clock:>8.1f}  {weight:>11.0f}"
        f"  {statistics.median(times):>9.2f}  {tail:>6.2f}",
        flush=True,
    )


class Exhaustive:
    """All titles that share two significant words, or the normal form, as the rule requires."""

    def __init__(self, titles: Sequence[Title]) -> None:
        self._titles = titles
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, (title, language) in enumerate(titles):
            for key in self._keys(title, language):
                self._places[key].append(place)

    def _keys(self, title: str, language: str) -> set[str]:
        keys = {
            f"{language} {k}" for _, k, kind in outline(title, language) if kind <= Kind.CALENDAR
        }
        return keys | {f"{language} form {' '.join(t for t, _, _ in outline(title, language))}"}

    def same(self, title: str, language: str) -> set[int]:
        """Places of all titles that the rule calls the same."""
        shared = Counter(
            p for key in self._keys(title, language) for p in self._places.get(key, ())
        )
        return {
            place
            for place, count in shared.items()
            if count >= 2 and judge_titles(title, self._titles[place][0], language).same
        }


def compare(titles: Sequence[Title], options: argparse.Namespace) -> None:
    asked = queries(titles, options.queries)
    now = START + timedelta(days=6)
    index = built(titles)
    place_of = {item.id: place for place, item in enumerate(items(titles))}

    def ours(title: str, language: str) -> list[int]:
        return [place_of[found.item] for found in index.find(title, language, now)]

    exhaustive = Exhaustive(titles)
    truth = [exhaustive.same(title, language) for title, language in asked]
    few = options.rival_queries
    print(f"\n{len(titles):,} titles; share found of all pairs that the rule calls the same")
    print(
        "way                                     queries   pairs   found %   candidates  median ms"
    )
    report("this index", ours, asked, truth)
    report("rapidfuzz token_set_ratio >= 85, all", rapidfuzz_all(titles), asked[:few], truth[:few])
    for name, finder in (
        ("datasketch LSH, words, threshold .5", datasketch_lsh(titles)),
        ("PostgreSQL trigrams, similarity > .6", postgres_trigrams(titles, options.dsn)),
    ):
        if isinstance(finder, str):
            print(f"{name:<38}  not measured: {finder}")
        else:
            report(name, finder, asked[:few], truth[:few])


def report(name: str, find: Finder, asked: Sequence[Title], truth: Sequence[set[int]]) -> None:
    times, sizes, hits = [], [], 0
    for (title, language), wanted in zip(asked, truth, strict=True):
        start = time.perf_counter()
        found = set(find(title, language))
        times.append(1e3 * (time.perf_counter() - start))
        sizes.append(len(found))
        hits += len(found & wanted)
    pairs = sum(map(len, truth))
    share = 100 * hits / pairs if pairs else 100.0
    print(
        f"{name:<38}  {len(asked):>7}  {pairs:>6}  {share:>8.2f}"
        f"  {statistics.mean(sizes):>10.1f}  {statistics.median(times):>10.2f}",
        flush=True,
    )


if __name__ == "__main__":
    raise SystemExit(main())
