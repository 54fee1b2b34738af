"""Fingerprints of all decisions on several sets, to compare two versions of the code.

    python bench/same_decisions.py --feeds FOLDER DOCUMENTS.jsonl.gz ... > before.txt

Each set is replayed without a store; with ``--store`` each file is also imported into one, its
documents prepared in a worker process. A line has the number of items, canonical items and
stories, and a fingerprint of which item is in which. Equal lines mean equal results.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from pipeline import documents, polls  # noqa: E402 # after the path is set

from aggregator.engine.imports import lines  # noqa: E402
from aggregator.lab.real_streams import feed_polls  # noqa: E402
from aggregator.lab.replay import Replay  # noqa: E402

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, nargs="*", metavar="DOCUMENTS.jsonl.gz")
    parser.add_argument("--documents", type=int, default=1_000_000, help="of each file")
    parser.add_argument("--feeds", type=Path, help="a folder of feed documents")
    parser.add_argument("--store", action="store_true", help="also through a store")
    options = parser.parse_args(argv)
    if options.feeds:
        rows = Replay(now=NOW).polls(feed_polls(options.feeds, (2025, 2026), now=NOW))
        tell(options.feeds.name, ((row.id, row.canonical, row.story) for row in rows))
    for file in options.files:
        found = list(documents(file, options.documents))
        name = file.parent.name
        rows = Replay().run(found)
        tell(name, ((row.id, row.canonical, row.story) for row in rows))
        if options.store:
            tell(f"{name}, stored", stored(found))
    return 0


def stored(found: list) -> list[tuple[str, str, str]]:  # type: ignore[type-arg] # a script
    """The placement of each item after an import."""
    from aggregator.engine.ahead import take_all  # noqa: PLC0415 # absent in older versions
    from aggregator.engine.polls import Engine  # noqa: PLC0415
    from aggregator.settings import Settings  # noqa: PLC0415
    from storage import ItemFilter, Store  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "feeds.toml", f"sqlite:///{folder}/store.sqlite")
        with Store.open(settings.store) as kept:
            engine = Engine(kept, settings)
            intakes = (one for bunch in polls(found) for one in lines(bunch))
            for _ in take_all(engine, intakes, settings.fetch, clock=lambda: NOW):
                pass
            with kept.reading() as view:
                placed = view.items.list(ItemFilter(), limit=len(found) + 1)
                story = view.standing.story_of
                return [(one.item.id, one.canonical, story(one.canonical) or "") for one in placed]


def tell(name: str, rows: Iterable[tuple[str, str, str]]) -> None:
    found = sorted(rows)
    print(
        f"{name}: {len(found):,} items, {len({row[1] for row in found}):,} canonical items, "
        f"{len({row[2] for row in found}):,} stories, "
        f"{hashlib.sha256(repr(found).encode()).hexdigest()[:16]}",
        flush=True,
    )


if __name__ == "__main__":
    raise SystemExit(main())
