"""Streams like those of real readers: most documents belong to no story.

The labelled sets consist of documents that belong to some story; on real front pages most
belong to none, and precision is decided there. Three streams (read in place, nothing is copied):

- ``feed_polls``: saved feed documents of many outlets, as one day's polls;
- ``days``: the documents of a dated set within some days;
- ``front_pages``: a few labelled stories among thousands of documents of other stories, of
  which only one document each is taken.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from aggregator.engine.imports import Intake, feed_document
from aggregator.engine.plain_documents import PlainDocument
from aggregator.lab.labelled_sets import records
from aggregator.parse import ParseError

INDEX: Final = "INDEX.tsv"
WHOLE: Final = 75  # stories taken whole onto the front pages, of each set
DAY: Final = datetime(2026, 1, 15, tzinfo=UTC)  # the day of the front pages
OUTLETS: Final = 14
LARGEST: Final = 15  # documents of a story that is taken whole
_SEED: Final = 16


@dataclass(frozen=True, slots=True)
class Page:
    """A document of the front pages, and the labelled story it belongs to."""

    document: PlainDocument
    story: str


def feed_polls(folder: Path, years: Sequence[int], *, now: datetime) -> Iterator[Intake]:
    """The feed documents in ``folder`` of these years, by file name, as its index lists them.

    Unreadable documents are left out, as a poll would. Raises OSError, KeyError for an index
    without the columns ``file`` and ``outlet``.
    """
    with (folder / INDEX).open(encoding="utf-8", newline="") as lines:
        names = [row["file"] for row in csv.DictReader(lines, delimiter="\t")]
    wanted = tuple(str(year) for year in years)
    for name in sorted(names):
        if any(part.startswith(wanted) for part in Path(name).stem.split("_")[2:]):
            try:
                yield feed_document(folder / name, now=now)
            except ParseError:
                continue


def days(folder: Path, first: date, last: date) -> list[PlainDocument]:
    """The documents of a dated set from ``first`` to ``last`` (inclusive), in order of time."""
    found = [_document(record) for record in records(folder) if record.get("published")]
    inside = [one for one in found if one.published and first <= one.published.date() <= last]
    return sorted(inside, key=lambda one: (one.published or DAY, one.id))


def front_pages(
    folders: Sequence[Path], *, held_out: bool = False, whole: int = WHOLE, seed: int = _SEED
) -> list[Page]:
    """Labelled documents on one day's front pages: most of them in no story.

    Half of the labelled stories of each set, or the other half if ``held_out``.
    Of each set, ``whole`` stories of two to fifteen documents (as many as there are, at most one
    in four stories) come with all their documents, every other story with one. Each document
    gets an hour of the day and an outlet, no outlet twice in a story of up to ``OUTLETS``.
    """
    draw = random.Random(seed)  # noqa: S311 # a selection, not a secret
    found = [page for folder in folders for page in _pages(folder, whole, draw, held_out=held_out)]
    draw.shuffle(found)
    timed = [(DAY + timedelta(seconds=draw.randrange(86_400)), page) for page in found]
    order = sorted(timed, key=lambda one: (one[0], one[1].document.id))
    return [Page(replace(page.document, published=moment), page.story) for moment, page in order]


def _pages(folder: Path, whole: int, draw: random.Random, *, held_out: bool) -> Iterator[Page]:
    stories: dict[str, list[PlainDocument]] = {}
    for record in records(folder):
        if record.get("cluster") is not None:
            stories.setdefault(str(record["cluster"]), []).append(_document(record))
    names = sorted(name for name in stories if (crc32(name.encode()) & 1) == held_out)
    draw.shuffle(names)
    several = [name for name in names if 2 <= len(stories[name]) <= LARGEST]
    taken = set(several[: min(whole, len(names) // 4)])
    for name in names:
        documents = sorted(stories[name], key=lambda one: one.id)
        chosen = documents if name in taken else [draw.choice(documents)]
        outlets = draw.sample(range(OUTLETS), OUTLETS)
        for place, document in enumerate(chosen):
            outlet = f"outlet {outlets[place % OUTLETS]}"
            yield Page(replace(document, source=outlet), f"{folder.name} {name}")


def _document(record: Mapping[str, Any]) -> PlainDocument:
    published = record.get("published")
    return PlainDocument(
        id=str(record["id"]),
        title=record.get("title") or "",
        body=record.get("body") or "",
        language=record.get("lang"),
        published=datetime.fromisoformat(published).astimezone(UTC) if published else None,
        source=record.get("source"),
        url=record.get("url"),
    )
