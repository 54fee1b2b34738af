"""``run.py import``: imports feeds, OPML, JSON Lines and pages into the store."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli import documents, opml, output
from aggregator.cli.context import CommandError, Context, now, of
from aggregator.engine import imports
from aggregator.engine.ahead import take_all
from aggregator.engine.imports import Intake
from aggregator.engine.poll_results import Tally
from aggregator.engine.polls import Engine
from aggregator.fetch import Refused, read_file
from aggregator.model import Document
from aggregator.parse import (
    ParseError,
    ParserCrashed,
    ParserMissing,
    ParserPool,
    is_opml,
    whole_or_surviving,
)
from aggregator.settings import FetchLimits
from storage import Store, StoreError

PAGES = {".html", ".htm", ".xhtml", ".txt"}
SKIPPED = {".tsv", ".md"}  # lists and notes beside the documents of a folder
SILENCE = 5.0  # seconds after which a large file says how far it is
_NAMED = 20  # lines of one file that are named individually
_UNREADABLE = (ParseError, ParserCrashed, ParserMissing, Refused, ValueError, OSError, CommandError)


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("import")(import_files)


def import_files(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Files or folders.", metavar="FILE...")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a file.")] = False,
) -> None:
    """Import files into the store: feed documents, OPML, JSON Lines, article pages.

    Files and lines that cannot be read are listed with the reason, and the exit code is 1.
    The limits are those of polls, in [fetch] of feeds.toml.
    """
    ours = of(context)
    limits = ours.settings.fetch
    unread = 0
    with (
        ours.store(create=True) as store,
        ParserPool(seconds=limits.parse_seconds, memory=limits.parse_memory) as parsers,
    ):
        importer = Importer(ours, store, Engine(store, ours.settings), parsers, limits)
        for path in _files(files):
            result = importer.take(path)
            unread += result.failed
            _tell(path, result, as_json=as_json)
    if unread:
        raise CommandError(
            f"{unread} of the files could not be read completely; the rest is stored"
        )


@dataclass(slots=True)
class Result:
    """What one file brought."""

    tally: Tally = field(default_factory=Tally)
    feeds: opml.Added | None = None  # of a list of feeds
    problems: list[str] = field(default_factory=list)  # what could not be read, and why
    lost: int = 0  # lines left out; the first ones are among the problems
    notes: list[str] = field(default_factory=list)  # what is wrong with what could be read

    @property
    def failed(self) -> bool:
        """Whether something in the file could not be read at all."""
        return bool(self.problems)

    def lose(self, line: str) -> None:
        """Count a line that was left out."""
        self.lost += 1
        if self.lost <= _NAMED:
            self.problems.append(line)

    def rows(self) -> Iterator[str]:
        """What could not be read, for people."""
        yield from self.notes
        yield from self.problems
        if self.lost > _NAMED:
            yield f"... and {self.lost - _NAMED:,} more lines"


@dataclass(frozen=True, slots=True)
class Importer:
    """Imports files as the daemon takes polls: parsed in a worker, stored document by document."""

    ours: Context
    store: Store
    engine: Engine
    parsers: ParserPool
    limits: FetchLimits

    def take(self, path: Path) -> Result:
        """Import one file. Only the store may stop the others: raises StoreError."""
        result = Result()
        try:
            self._take(path, result)
        except StoreError:
            raise
        except _UNREADABLE as error:
            result.problems.append(f"could not read: {output.reason(error)}")
        except Exception as error:  # noqa: BLE001 - a fault of ours in one file costs that file
            result.problems.append(f"could not be stored: {type(error).__name__}: {error}")
        return result

    def _take(self, path: Path, result: Result) -> None:
        name = path.name.removesuffix(".gz")
        suffix = Path(name).suffix.lower()
        if suffix == ".opml" or (suffix == ".xml" and self._lists_feeds(path)):
            result.feeds = opml.add(self.ours, path, self.parsers)
            result.notes += result.feeds.problems
            return
        told = time.monotonic()
        intakes = self._intakes(path, suffix, result)
        for one, tally in take_all(self.engine, intakes, self.limits, clock=now):
            result.tally.add(tally)
            if one.document.partial:
                result.notes += one.document.problems
            if time.monotonic() - told > SILENCE:
                told = time.monotonic()
                output.complain(f"{path}: {result.tally.entries:,} entries so far")

    def _intakes(self, path: Path, suffix: str, result: Result) -> Iterable[Intake]:
        most = self.limits.max_bytes
        if suffix in (".jsonl", ".ndjson"):
            return imports.lines(documents.read(path, lost=result.lose))
        if suffix in PAGES:
            return [imports.page(path, now=now(), most_bytes=most, read=self.parsers.parse_page)]
        with self.store.reading() as view:
            known = view.feeds.list()
        return [
            imports.feed_document(path, now=now(), known=known, most_bytes=most, read=self._parse)
        ]

    def _parse(self, body: bytes, **arguments: object) -> Document:
        """``parse`` in a worker; a document that kills it loses the entries that do."""

        async def parse(part: bytes) -> Document:
            return await self.parsers.aparse(part, now=now(), max_entries=self.limits.max_entries)

        return asyncio.run(whole_or_surviving(parse, body))

    def _lists_feeds(self, path: Path) -> bool:
        """Whether a file is a list of feeds that was saved as ``.xml``."""
        body, _ = read_file(path, self.limits.max_bytes)
        return is_opml(body[:10_000])


def _tell(path: Path, result: Result, *, as_json: bool) -> None:
    tally, problems = result.tally, list(result.rows())
    for problem in problems:
        named = problem if problem.startswith(str(path)) else f"{path}: {problem}"
        output.complain(named)
    if as_json:
        row: dict[str, object] = {
            "file": str(path),
            "entries": tally.entries,
            "items": tally.items,
            "duplicates": tally.duplicates,
        }
        if result.feeds:
            row |= {"feeds": result.feeds.new, "known_feeds": result.feeds.known}
        print(output.line(row | ({"problems": problems} if problems else {})))
    elif result.feeds:
        output.say(f"{path}: {result.feeds}")
    elif tally.entries or not result.failed:
        output.say(
            f"{path}: {tally.entries} entries, {tally.items} new items, "
            f"{tally.duplicates} of them duplicates"
        )


def _files(paths: list[Path]) -> Iterator[Path]:
    """The files named, and those in the folders named, in the order of their names."""
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file())
            yield from (p for p in inside if p.suffix not in SKIPPED and p.name[0] != ".")
        else:
            yield path
