"""Stories of streams like those of real readers: ``python bench/real_stream.py SHARED``.

SHARED is a folder with ``feeds/real`` (saved feed documents) and ``datasets`` (labelled sets).
Replays three streams with the shipped model and compares the stories with labels made by
reading (``bench/data/real_stream.jsonl``: ids and verdicts) or those of the sets. Prints a table,
for each stream the half that rules may be chosen on, and the half held out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from aggregator.lab.judged import (  # noqa: E402
    Pair,
    Tally,
    Verdict,
    judged,
    read_labels,
    several_outlets,
    tally,
)
from aggregator.lab.real_streams import Page, days, feed_polls, front_pages  # noqa: E402
from aggregator.lab.replay import Replay, Replayed  # noqa: E402

LABELS = ROOT / "bench" / "data" / "real_stream.jsonl"
YEARS = (2025, 2026)
POLLED = datetime(2026, 3, 1, tzinfo=UTC)
FIRST, LAST = date(2018, 5, 3), date(2018, 5, 16)  # two dense weeks of the Arabic stream
FRONT = ("allsides_neus", "ecbplus", "uci_random4224")
STREAMS = ("polls", "days", "front pages")
COLUMNS = "stream | half | right | with strangers | wrong | unread | joins found | false joins"


def item_id(row: Replayed) -> str:
    """Entries of feeds are named by their item: guids repeat between feeds."""
    return row.item.id


def document_id(row: Replayed) -> str:
    return row.id


def read_streams(shared: Path, wanted: list[str]) -> Iterator[str]:
    """A table row for each stream with labels made by reading, and each half of them."""
    labels = read_labels(LABELS.read_text("utf-8").splitlines())
    for stream in wanted:
        name: Callable[[Replayed], str] = document_id
        if stream == "polls":
            name = item_id
            rows = Replay(now=POLLED).polls(feed_polls(shared / "feeds/real", YEARS, now=POLLED))
        else:
            rows = Replay().run(days(shared / "datasets/ant_arabic_multisource", FIRST, LAST))
        for held_out in (False, True):
            chosen = [x for x in labels if x.stream == stream and x.held_out == held_out]
            yield row_of(stream, held_out, tally(rows, judged(chosen), name))


def front_streams(shared: Path) -> Iterator[str]:
    """A table row for each half of the front pages."""
    folders = [shared / "datasets" / name for name in FRONT]
    for held_out in (False, True):
        pages = front_pages(folders, held_out=held_out)
        rows = Replay().run([page.document for page in pages])
        yield row_of("front pages", held_out, front_tally(rows, pages))


def front_tally(rows: list[Replayed], pages: list[Page]) -> Tally:
    """Like ``tally``, with the labels of all documents known."""
    label = {page.document.id: page.story for page in pages}
    stories = several_outlets(rows, document_id)
    pairs: dict[Pair, bool] = {}
    for members in stories:
        pairs |= {
            frozenset(two): label[two[0]] == label[two[1]] for two in combinations(members, 2)
        }
    whole: dict[str, list[str]] = {}
    for name, story in label.items():
        whole.setdefault(story, []).append(name)
    for names in whole.values():
        pairs |= {frozenset(two): True for two in combinations(names, 2)}
    return tally(rows, pairs, document_id)


def row_of(stream: str, held_out: bool, found: Tally) -> str:  # one call
    stories = " | ".join(str(found.stories.get(one, 0)) for one in Verdict)
    half = "held out" if held_out else "dev"
    joins = f"{found.found} of {found.joins} ({found.found / max(found.joins, 1):.3f})"
    false = f"{found.false} of {found.apart}"
    return f"| {stream} | {half} | {stories} | {found.unread} | {joins} | {false} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--streams", nargs="+", default=list(STREAMS), choices=STREAMS)
    options = parser.parse_args()
    print(f"| {COLUMNS} |")
    print("|---" * (COLUMNS.count("|") + 1) + "|")
    for row in read_streams(options.shared, [x for x in options.streams if x != "front pages"]):
        print(row, flush=True)
    if "front pages" in options.streams:
        for row in front_streams(options.shared):
            print(row, flush=True)


if __name__ == "__main__":
    main()
