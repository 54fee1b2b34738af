"""Runs a stream through the store day by day and checks that every listed story id resolves.

    python bench/story_ids.py DOCUMENTS.jsonl.gz [--documents N]

The documents are sorted by their real times and processed as polls, one day after the
other. At the end of each day every story with something new is listed, as in a digest or
a feed of stories. At the end, each id that was ever listed is looked up: it must resolve
to a story with items.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import timedelta
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from pipeline import documents, polls  # noqa: E402 # after the path is set

from aggregator.engine.imports import lines  # noqa: E402
from aggregator.engine.polls import Engine  # noqa: E402
from aggregator.settings import Settings  # noqa: E402
from storage import Store  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--documents", type=int, default=1_000_000, help="number of documents to read"
    )
    options = parser.parse_args()
    found = [one for one in documents(options.file, options.documents) if one.published]
    found.sort(key=lambda one: (one.published, one.id))
    listed: dict[str, int] = {}  # story -> times it was listed
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "feeds.toml", f"sqlite:///{folder}/store.sqlite")
        with Store.open(settings.store) as store:
            engine = Engine(store, settings)
            days = 0
            for day, bunch in groupby(found, key=lambda one: one.published.date()):
                days += 1
                today = list(bunch)
                now = max(one.published for one in today) + timedelta(minutes=1)
                for poll in polls(today):
                    for one in lines(poll):
                        engine.take_document(one.feed, one.document, now=now, in_order=True)
                with store.reading() as tx:
                    for story in tx.stories.changed_since(now - timedelta(hours=1), 100_000):
                        listed[story.id] = listed.get(story.id, 0) + 1
                if days % 30 == 0:
                    print(f"{day}: {len(listed):,} stories listed so far", file=sys.stderr)
            with store.reading() as tx:
                today = {one: tx.stories.resolve(one) for one in listed}
                lost = [one for one, name in today.items() if not tx.stories.members(name or "")]
                redirected = sum(name != one for one, name in today.items())
    print(
        f"{len(found):,} documents, {days:,} days, {len(listed):,} story ids listed "
        f"{sum(listed.values()):,} times; {redirected:,} redirect today, {len(lost)} are lost"
    )
    return 1 if lost else 0


if __name__ == "__main__":
    raise SystemExit(main())
