"""The whole pipeline on many documents: items per second and peak memory, with references.

    python bench/pipeline.py DOCUMENTS.jsonl.gz [--documents N]

Four runs over the same documents, each in its own process, one after another:

- *replay*: text, dedupe and cluster, without a store (``run.py replay``);
- *store*: the same through the store, 30 entries per poll, each poll one transaction with
  items, decisions, evidence, stories and the word index; parsing is not included;
- *feedparser*: the same entries as RSS documents of 30, parsed by feedparser and discarded;
- *sqlite*: the same titles and bodies inserted into one simple table, 30 per transaction.

CPU seconds are measured, because the machine is shared. Each run reports its progress, which
shows whether it slows down as the archive grows.
"""

from __future__ import annotations

import argparse
import gzip
import json
import platform
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from aggregator.engine.imports import lines  # noqa: E402 # after the path is set
from aggregator.lab.replay import PlainDocument, Replay  # noqa: E402

POLL = 30  # entries
STEP = 5_000  # documents between two reports


@dataclass
class Meter:
    """CPU seconds since its creation, printed every STEP documents."""

    name: str
    began: float = 0.0
    done: int = 0

    def start(self) -> None:
        """Start counting now."""
        self.began = time.process_time()

    def count(self, documents: int) -> None:
        """Report that ``documents`` are done in total."""
        if documents // STEP > self.done // STEP:
            self.tell(documents)
        self.done = documents

    def tell(self, documents: int, end: str = "") -> None:
        """Print the current figures."""
        seconds = time.process_time() - self.began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{self.name:11}{documents:7,} documents{seconds:9.1f} s"
            f"{documents / seconds:10,.0f} documents/s   peak {peak:5,.0f} MB{end}",
            flush=True,
        )


def documents(path: Path, most: int) -> Iterator[PlainDocument]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in islice(file, most):
            value = json.loads(line)
            at = value.get("published")
            yield PlainDocument(
                id=str(value["id"]),
                title=value.get("title") or "",
                body=value.get("body") or "",
                language=value.get("lang"),
                published=datetime.fromisoformat(at).astimezone(UTC) if at else None,
                source=value.get("source"),
                url=value.get("url"),
            )


def polls(found: Iterable[PlainDocument]) -> Iterator[list[PlainDocument]]:
    """Batches of 30 documents of one source, in the order in which the batches fill up."""
    waiting: dict[str, list[PlainDocument]] = {}
    for one in found:
        bunch = waiting.setdefault(one.source or "", [])
        bunch.append(one)
        if len(bunch) == POLL:
            yield waiting.pop(one.source or "")
    yield from waiting.values()


def replay(found: list[PlainDocument], meter: Meter) -> str:
    rows = Replay().run(found, progress=meter.count)
    canonicals, stories = {row.canonical for row in rows}, {row.story for row in rows}
    return f"   {len(canonicals):,} canonical items, {len(stories):,} stories"


def store(found: list[PlainDocument], meter: Meter) -> str:
    from aggregator.engine.polls import Engine  # noqa: PLC0415 # not in the memory of the other runs
    from aggregator.settings import Settings  # noqa: PLC0415
    from storage import Store  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "feeds.toml", f"sqlite:///{folder}/store.sqlite")
        done = 0
        with Store.open(settings.store) as kept:
            engine = Engine(kept, settings)
            for bunch in polls(found):
                for one in lines(bunch):
                    engine.take_document(
                        one.feed, one.document, now=datetime.now(UTC), in_order=True
                    )
                done += len(bunch)
                meter.count(done)
            with kept.reading() as tx:
                counts = tx.counts()
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    return (
        f"   {counts.items:,} items, {counts.canonicals:,} canonical items, "
        f"{counts.stories:,} stories; {size / 1e6:,.0f} MB on disk"
    )


def feedparser(found: list[PlainDocument], meter: Meter) -> str:
    import feedparser as theirs  # noqa: PLC0415 # not in the memory of the other runs

    bodies = [_rss(bunch) for bunch in polls(found)]
    meter.start()  # preparing the documents does not count
    entries = 0
    for body in bodies:
        entries += len(theirs.parse(body).entries)
        meter.count(entries)
    return f"   {entries:,} entries"


def _rss(bunch: list[PlainDocument]) -> bytes:
    entries = "".join(
        f"<item><title>{escape(one.title)}</title><guid>{escape(one.id)}</guid>"
        f"<description>{escape(one.body)}</description></item>"
        for one in bunch
    )
    return f'<rss version="2.0"><channel><title>x</title>{entries}</channel></rss>'.encode()


def sqlite(found: list[PlainDocument], meter: Meter) -> str:
    done = 0
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(f"{folder}/plain.sqlite")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE items (id TEXT, source TEXT, title TEXT, body TEXT)")
        for bunch in polls(found):
            with connection:
                connection.executemany(
                    "INSERT INTO items VALUES (?, ?, ?, ?)",
                    [(one.id, one.source, one.title, one.body) for one in bunch],
                )
            done += len(bunch)
            meter.count(done)
        connection.close()
    return ""


RUNS: dict[str, Callable[[list[PlainDocument], Meter], str]] = {
    "replay": replay,
    "store": store,
    "feedparser": feedparser,
    "sqlite": sqlite,
}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--documents", type=int, default=1_000_000, help="number of documents to read"
    )
    parser.add_argument("--run", choices=RUNS, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.run:
        found = list(documents(options.file, options.documents))
        meter = Meter(options.run)
        meter.start()
        told = RUNS[options.run](found, meter)
        meter.tell(len(found), told)
        return 0
    print(
        f"{platform.machine()}, Python {platform.python_version()}, SQLite "
        f"{sqlite3.sqlite_version}, feedparser {version('feedparser')}, "
        f"SQLAlchemy {version('sqlalchemy')}, rapidfuzz {version('rapidfuzz')}",
        flush=True,
    )
    more = [str(options.file), "--documents", str(options.documents)]
    for name in RUNS:
        subprocess.run([sys.executable, __file__, *more, "--run", name], check=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
