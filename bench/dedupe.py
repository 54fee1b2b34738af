"""What the duplicate engine finds and what it merges wrongly: ``python bench/dedupe.py``.

Pairs: the dev set, the Arabic stance pairs, the graded article pairs. Stream: five Arabic feeds
from 2018, compared with the pairs whose texts are known to be copies, and ``--merges N`` random
title merges for manual review.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from aggregator.dedupe.bodies import overlap  # noqa: E402
from aggregator.engine.compare_titles import Side, verdict  # noqa: E402
from aggregator.lab.replay import PlainDocument, Replay, Replayed  # noqa: E402

TITLE_RULES = ("fuzzy", "title")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared" / "datasets")
    parser.add_argument(
        "--documents", type=int, help="number of documents of the stream; default: all"
    )
    parser.add_argument("--merges", type=int, default=0, help="title merges to print")
    parser.add_argument("--seed", type=int, default=20261124)
    options = parser.parse_args(argv)
    for name in (
        "title_pairs/dev.jsonl",
        "ans_arabic/pairs.jsonl.gz",
        "semeval2022_t8/pairs.jsonl.gz",
    ):
        pairs(name, list(lines(options.shared / name)))
    stream(options)
    return 0


def lines(path: Path) -> Iterator[dict[str, Any]]:
    data = path.read_bytes()
    text = gzip.decompress(data) if path.suffix == ".gz" else data
    yield from (json.loads(line) for line in text.decode("utf-8").split("\n") if line)


def side(value: Any, language: str | None) -> Side:
    row = {"title": value} if isinstance(value, str) else value
    return Side(row["title"] or "", row.get("body") or "", row.get("lang") or language)


def pairs(name: str, rows: list[dict[str, Any]]) -> None:
    count: Counter[tuple[bool, bool]] = Counter()
    for row in rows:
        if row["same"] is not None:
            found = verdict(side(row["a"], row.get("lang")), side(row["b"], row.get("lang")))
            count[found.same, row["same"]] += 1
    hits, false, missed = count[True, True], count[True, False], count[False, True]
    f1 = 2 * hits / (2 * hits + false + missed)
    print(
        f"{name}: {hits} of {hits + missed} same pairs found, {false} of "
        f"{false + count[False, False]} different ones matched, F1 {f1:.3f}",
        flush=True,
    )


def documents(folder: Path, most: int | None) -> list[PlainDocument]:
    rows = list(lines(folder / "data.jsonl.gz"))[:most]
    return [
        PlainDocument(
            id=row["id"],
            title=row["title"],
            body=row["body"] or "",
            language=row["lang"],
            published=datetime.fromisoformat(row["published"]) if row["published"] else None,
            source=row["source"],
            url=row["url"],
        )
        for row in rows
    ]


def stream(options: argparse.Namespace) -> None:
    folder = options.shared / "ant_arabic_multisource"
    known = documents(folder, options.documents)
    start = time.process_time()
    rows = Replay().run(known)
    seconds = time.process_time() - start
    print(
        f"stream: {len(rows)} documents, {len(rows) / seconds:.0f} a second of CPU (with stories)"
    )
    print("  by rule:", dict(Counter(row.evidence.rule for row in rows)))
    text = {document.id: document.body for document in known}
    canonical = {row.id: row.canonical for row in rows}
    sizes = Counter(canonical.values())
    print("  largest group:", max(sizes.values()), "of", len(sizes), "canonical items")
    for name in ("silver_pairs", "silver_same_source"):
        silver(name, list(lines(folder / f"{name}.jsonl.gz")), text, canonical)
    merges(rows, options.merges, options.seed)


def silver(
    name: str, rows: list[dict[str, Any]], text: dict[str, str], canonical: dict[str, str]
) -> None:
    """Results by the Jaccard index of both texts as given (their first 600 characters)."""
    found: dict[str, list[bool]] = {}
    for row in rows:
        if row["a"] in text and row["b"] in text:
            given = overlap(text[row["a"]], text[row["b"]], "ar").jaccard
            band = next(b for b in (0.5, 0.45, 0.25, 0.0) if given >= b)
            found.setdefault(f">= {band}", []).append(canonical[row["a"]] == canonical[row["b"]])
    total = sum(map(sum, found.values())), sum(map(len, found.values()))
    parts = ", ".join(f"{band}: {sum(one)} of {len(one)}" for band, one in sorted(found.items()))
    print(f"  {name}: {total[0]} of {total[1]} in one canonical item ({parts})")


def merges(rows: Sequence[Replayed], count: int, seed: int) -> None:
    """Fuzzy title merges first, then merges of equal titles, up to ``count``."""
    by_id = {row.id: row for row in rows}
    draw = random.Random(seed)
    chosen: list[Replayed] = []
    for rule in TITLE_RULES:
        merged = [row for row in rows if row.evidence.rule == rule and row.partner]
        chosen += draw.sample(merged, min(len(merged), count - len(chosen)))
    for number, row in enumerate(chosen, start=1):
        other = by_id[row.partner or ""]
        facts = dict(row.evidence.details)
        print(
            f"{number}. {row.evidence.rule} {row.evidence.score:.2f}, {facts['hours_apart']} h,"
            f" texts {facts.get('body_jaccard', 'none')}: {other.item.source} / {row.item.source}"
            f"\n   {other.item.title}\n   {row.item.title}"
        )


if __name__ == "__main__":
    raise SystemExit(main())
