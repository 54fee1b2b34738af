"""Every merge that rests on titles or texts, for manual review: ``python bench/merges.py OUT``.

Takes the real feed documents and the documents of every data set through the import path
and the decider, in memory. OUT gets one JSON line for each merge by a rule other than an equal
address or identity (``"kind": "merge"``), for each pair that a guard refused and that stayed apart
(``"refused"``), and for each entry with its canonical item (``"entry"``). It contains titles and
texts of their publishers: keep it outside the project.

``bench/merge_verdicts.py`` reads OUT.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from aggregator.cli.documents import document  # noqa: E402
from aggregator.engine.decider import Decider  # noqa: E402
from aggregator.engine.documents import items  # noqa: E402
from aggregator.engine.imports import Intake, feed_document, lines  # noqa: E402
from aggregator.engine.plain_documents import PlainDocument  # noqa: E402
from aggregator.engine.recorder import MemoryRecords, Recorder  # noqa: E402
from aggregator.lab.labelled_sets import records  # noqa: E402
from aggregator.model import Decision, Entry, Evidence, FeedHistory, Item, Rule  # noqa: E402
from aggregator.settings import ClusterSettings, DedupeSettings  # noqa: E402
from aggregator.text.feed_history import profile_of, remember  # noqa: E402

NOW = datetime(2026, 11, 28, tzinfo=UTC)  # arrival of feed documents, as in an import
START = datetime(2000, 1, 1, tzinfo=UTC)  # clock for documents without times
BY_ADDRESS = frozenset({Rule.URL, Rule.REVISION})
TEXT = 700  # characters of a text that are written
FEEDS = "real"
Row = dict[str, Any]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--only", nargs="+", metavar="SOURCE", help=f"default: all; {FEEDS}: feeds")
    parser.add_argument("--jobs", type=int, default=1, help="processes; one takes one source")
    options = parser.parse_args(argv)
    sources = [options.shared / "feeds" / FEEDS, *sorted((options.shared / "datasets").iterdir())]
    sources = [one for one in sources if not options.only or one.name in options.only]
    with (
        options.out.open("w", encoding="utf-8") as target,
        ProcessPoolExecutor(options.jobs) as pool,
    ):
        for rows in pool.map(survey, sources):
            target.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            target.flush()
    return 0


def survey(folder: Path) -> list[Row]:
    """The merges, refused pairs and entries of a source."""
    stream = Stream(folder.name)
    start = time.process_time()
    for names, intake in feed_files(folder) if folder.name == FEEDS else data_set(folder):
        stream.take(names, intake)
    seconds = time.process_time() - start
    print(f"{folder.name}: {stream.taken} entries, {seconds:.0f} s of CPU", flush=True)
    return list(stream.rows())


def feed_files(folder: Path) -> Iterator[tuple[list[str], Intake]]:
    """Each feed document, with the names of its entries: file and number."""
    for path in sorted(folder.glob("*.xml")):
        intake = feed_document(path, now=NOW)
        entries = range(1, len(intake.document.entries) + 1)
        yield [f"{path.name} {number}" for number in entries], intake


def data_set(folder: Path) -> Iterator[tuple[list[str], Intake]]:
    """The documents of a set in order of time; those without times in the order of the file."""
    known = list(plain(folder))
    known.sort(key=lambda one: one.published or START)
    for intake in lines(known):
        yield [entry.guid or "" for entry in intake.document.entries], intake


def plain(folder: Path) -> Iterator[PlainDocument]:
    """The documents of a set; each that names no outlet has one of its own."""
    for record in records(folder):
        if "a" in record and "lang" in (record if isinstance(record["a"], str) else record["a"]):
            sides = [{**as_row(record, side), "id": f"{record['id']}/{side}"} for side in "ab"]
        elif "title" in record:
            sides = [record]
        else:
            continue  # labels: pairs of ids
        for row in sides:
            row["source"] = row.get("source") or f"outlet of {row['id']}"
            yield document(str(row["id"]), row)


def as_row(pair: Row, side: str) -> Row:
    """One side of a pair as a document; a side may be a bare headline."""
    given = pair[side]
    return {"title": given, "lang": pair["lang"]} if isinstance(given, str) else given


class Stream:
    """The entries of one source through the decider, as an import or a replay takes them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.taken = 0
        decider = Decider(DedupeSettings(), ClusterSettings())
        self._records = MemoryRecords()
        self._recorder = Recorder(lambda: decider, self._records)
        self._histories: dict[str, FeedHistory] = {}
        self._clock = START
        self._items: dict[str, Item] = {}
        self._names: dict[str, str] = {}  # item -> name of its entry
        self._decisions: list[tuple[str, Decision]] = []

    def take(self, names: list[str], intake: Intake) -> None:
        """Decide on the entries of a document; ``names`` are theirs, in its order."""
        feed, document = intake.feed, intake.document
        history = remember(self._histories.get(feed.id, FeedHistory()), document)
        self._histories[feed.id] = history
        name_of = {id(entry): name for entry, name in zip(document.entries, names, strict=True)}
        made = items(
            feed, document, profile_of(history), seen=self._arrived, in_order=intake.in_order
        )
        for entry, item in made:
            self.taken += 1
            if item is None:
                continue
            taken = self._recorder.take(item, item.seen)
            self._recorder.effects.clear()  # not needed here
            self._items[taken.item.id] = taken.item
            self._names.setdefault(taken.item.id, name_of[id(entry)])
            if taken.decision is not None:
                self._decisions.append((taken.item.id, taken.decision))

    def _arrived(self, entry: Entry) -> datetime:
        if self.name == FEEDS:
            return NOW
        self._clock = max(self._clock, entry.published or self._clock)
        return self._clock

    def rows(self) -> Iterator[Row]:
        """All merges, all refused pairs that stand apart in the end, and all entries."""
        for item, decision in self._decisions:
            found = decision.evidence
            if found.partner and found.rule not in BY_ADDRESS:
                yield self._row("merge", item, found.partner, found)
            for merge in decision.merges:
                facts = dict(merge.evidence.details)
                pair = str(facts["member_of_the_older"]), str(facts["member"])
                yield self._row("merge", pair[1], pair[0], merge.evidence)
        told: set[frozenset[str]] = set()
        standing = self._records.standing
        for item, decision in self._decisions:
            for refused in decision.refused:
                pair = frozenset({item, refused.partner or item})
                if len({standing.canonical_of(one) for one in pair}) == 2 and pair not in told:
                    told.add(pair)
                    yield self._row("refused", item, refused.partner or "", refused)
        for item, name in self._names.items():
            found = standing.canonical_of(item)
            yield {"kind": "entry", "set": self.name, "id": name, "canonical": found}

    def _row(self, kind: str, item: str, partner: str, evidence: Evidence) -> Row:
        return {
            "kind": kind,
            "set": self.name,
            "rule": str(evidence.rule),
            "score": round(evidence.score, 3),
            "threshold": round(evidence.threshold, 3),
            "reason": evidence.reason,
            "details": dict(evidence.details),
            "first": self._side(partner),
            "second": self._side(item),
        }

    def _side(self, name: str) -> Row:
        item = self._items[name]
        return {
            "id": self._names[name],
            "outlet": item.source or item.feed,
            "language": item.language,
            "time": item.time.isoformat(timespec="minutes"),
            "url": item.url,
            "title": item.title,
            "text": item.text[:TEXT],
            "length": len(item.text),
        }


if __name__ == "__main__":
    raise SystemExit(main())
