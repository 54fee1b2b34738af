"""``run.py import``: imports feeds, OPML, JSON Lines and pages into the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli import documents, output
from aggregator.cli.context import CommandError, Context, now, of
from aggregator.cli.feeds import import_opml
from aggregator.engine import imports
from aggregator.engine.ahead import take_all
from aggregator.engine.imports import Intake
from aggregator.engine.polls import Engine, Tally
from aggregator.parse import ParseError, is_opml
from storage import Store

PAGES = {".html", ".htm", ".xhtml", ".txt"}
SKIPPED = {".tsv", ".md"}  # lists and notes beside the documents of a folder


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("import")(import_files)


def import_files(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Files or folders.", metavar="FILE...")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a file.")] = False,
) -> None:
    """Import files into the store: feed documents, OPML, JSON Lines, article pages.

    Files that cannot be read are listed with the reason, and the exit code is 1.
    """
    ours = of(context)
    refused = 0
    with ours.store(create=True) as store:
        engine = Engine(store, ours.settings)
        for path in _files(files):
            row: dict[str, object] = {"file": str(path)}
            try:
                tally = _import(context, ours, store, engine, path)
            except (ParseError, OSError, CommandError) as error:
                refused += 1
                row["error"] = str(error)
                output.complain(f"{path}: could not read: {error}")
            else:
                row |= {
                    "entries": tally.entries,
                    "items": tally.items,
                    "duplicates": tally.duplicates,
                }
                if not as_json:
                    print(
                        f"{path}: {tally.entries} entries, {tally.items} new items, "
                        f"{tally.duplicates} of them duplicates"
                    )
            if as_json:
                print(output.line(row))
    if refused:
        raise CommandError(f"{refused} of the files could not be read; the others are imported")


def _import(
    context: typer.Context, ours: Context, store: Store, engine: Engine, path: Path
) -> Tally:
    name = path.name.removesuffix(".gz")
    suffix = Path(name).suffix.lower()
    if suffix == ".opml" or (suffix == ".xml" and _lists_feeds(path)):
        import_opml(context, path)
        return Tally()
    total = Tally()
    intakes = _intakes(store, path, suffix)
    for _, tally in take_all(engine, intakes, ours.settings.fetch, clock=now):
        total.add(tally)
    return total


def _lists_feeds(path: Path) -> bool:
    """Whether a file is a list of feeds that was saved as ``.xml``."""
    if path.name.endswith(".gz"):
        return False
    with path.open("rb") as file:
        return is_opml(file.read(10_000))


def _intakes(store: Store, path: Path, suffix: str) -> Iterable[Intake]:
    if suffix in (".jsonl", ".ndjson"):
        return imports.lines(documents.read(path))
    if suffix in PAGES:
        return [imports.page(path, now=now())]
    with store.reading() as view:
        known = view.feeds.list()
    return [imports.feed_document(path, now=now(), known=known)]


def _files(paths: list[Path]) -> Iterator[Path]:
    """The files named, and those in the folders named, in the order of their names."""
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file())
            yield from (p for p in inside if p.suffix not in SKIPPED and p.name[0] != ".")
        else:
            yield path
