"""``run.py store``: check, repair, back up, restore, vacuum, measure, export, import, copy."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli import output
from aggregator.cli.context import CommandError, now, of
from aggregator.cli.copy import copy
from aggregator.reading import wording

if TYPE_CHECKING:
    from storage import Store

Json = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    group = typer.Typer(
        name="store", help="Look after the store.", no_args_is_help=True, rich_markup_mode=None
    )
    for command in (check, backup, restore, vacuum, stats):
        group.command()(command)
    group.command("export")(export_store)
    group.command("import")(import_store)
    group.command()(retain)
    group.command()(copy)
    app.add_typer(group)


def check(
    context: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="Repair what can be repaired.")] = False,
    as_json: Json = False,
) -> None:
    """Read every row and every text, and compare the records; exit 1 if anything is damaged.

    May run while the daemon runs. --repair makes indexes again, leads on what points to something
    that has moved, and replaces values that cannot be read; make a backup first.
    """
    with of(context).store(trust=True) as store:
        done = store.repair() if repair else []
        problems = store.check()
        if as_json:
            print(output.line({"store": store.where, "repaired": done, "problems": problems}))
        else:
            for line in done:
                print(f"repaired: {line}")
            if not problems:
                print(f"store OK ({store.where})")
        if problems:
            raise CommandError("\n  ".join((f"{store.where}:", *problems)))


def backup(
    context: typer.Context,
    target: Annotated[
        Path | None,
        typer.Argument(help="A new file; by default a dated one in the folder for backups."),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(min=1, help="Keep this many dated backups, and remove older ones."),
    ] = None,
) -> None:
    """Write a backup of the store, also while the daemon runs, and print its path.

    Of an SQLite store it is a store; of a PostgreSQL store a compressed export (.jsonl.gz).
    """
    from storage import dated_backup, write_backup

    ours = of(context)
    plan = ours.settings.backup
    with ours.store() as store:
        if target is not None:
            print(write_backup(store, target.absolute()))
            return
        made = dated_backup(store, plan.directory, at=now(), keep=keep or plan.keep)
    print(made.path)
    for path in made.removed:
        print(f"removed {path}")


def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="A backup, an export, or another store.")],
) -> None:
    """Put a backup in the place of the store; stop the daemon first.

    An SQLite store that is there is moved aside, never deleted. A PostgreSQL database must be
    empty.
    """
    from storage import restore_store

    ours = of(context)
    aside = restore_store(source.absolute(), ours.settings.store, at=now())
    print(f"{source} restored")
    if aside is not None:
        print(f"the store that was there is now {aside}")


def vacuum(context: typer.Context) -> None:
    """Give space that is no longer used back to the file system."""
    with of(context).store() as store:
        before = _size(store)
        store.vacuum()
        after = _size(store)
    print(f"{_megabytes(before)} before, {_megabytes(after)} now")


def retain(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count what would be removed.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Remove what is older than [retention] in feeds.toml keeps; the daemon does so every day.

    Kept whatever its age: what is starred, labelled, followed, corrected or in a kept digest.
    """
    from aggregator.engine.retention import Removed, retain
    from aggregator.publish.old_files import old_digest_files

    ours = of(context)
    at = now()
    with ours.store() as store:
        found = sum(retain(store, ours.settings, at, dry_run=dry_run), Removed())
    files = list(old_digest_files(ours.settings, at))
    for path in () if dry_run else files:
        path.unlink(missing_ok=True)
    if as_json:
        print(
            output.line(
                {
                    "items": found.items,
                    "stories": found.stories,
                    "kept": found.kept,
                    "polls": found.polls,
                    "files": len(files),
                    "dry_run": dry_run,
                }
            )
        )
        return
    done = "would be removed" if dry_run else "removed"
    print(
        f"{wording.count(found.items, 'item')} in"
        f" {wording.count(found.stories, 'story', 'stories')}"
        f" and {wording.count(len(files), 'digest file')} {done};"
        f" {found.kept} old stories are kept (starred, followed, corrected, in a kept digest)"
    )


def stats(context: typer.Context, as_json: Json = False) -> None:
    """Show how large the store is, by table."""
    with of(context).store() as store:
        sizes, total, where = store.sizes(), _size(store), store.where
        with store.reading() as view:
            counts = view.counts()
    rows: list[dict[str, object]] = [
        {"table": one.name, "rows": one.rows, "bytes": one.bytes} for one in sizes
    ]
    if as_json:
        each = round(total / counts.items) if counts.items else None
        print(
            output.line(
                {
                    "store": where,
                    "bytes": total,
                    "items": counts.items,
                    "bytes_per_item": each,
                    "tables": rows,
                }
            )
        )
        return
    output.show_rows(rows, as_json=False, columns=("table", "rows", "bytes"))
    each_item = f", {total / counts.items / 1e3:.1f} kB each" if counts.items else ""
    print(f"{where}: {_megabytes(total)}, {wording.count(counts.items, 'item')}{each_item}")


def export_store(
    context: typer.Context,
    target: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="A new file (.gz compresses); else standard output."),
    ] = None,
) -> None:
    """Write everything stored as JSON Lines, also while the daemon runs."""
    from storage import write_lines

    with of(context).store(trust=True) as store:
        if target is not None:
            write_lines(target.absolute(), store.export_lines())
            print(f"{store.where} exported to {target}")
            return
        for line in store.export_lines():
            sys.stdout.write(f"{line}\n")


def import_store(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="FILE", help="An export (.jsonl, .jsonl.gz).")],
) -> None:
    """Fill a new store with an export, completely or not at all."""
    from storage import read_lines

    with of(context).store(create=True) as store:
        count = store.import_lines(read_lines(source), str(source))
        print(f"{wording.count(count, 'row')} imported into {store.where}")


def _size(store: Store) -> int:
    """The bytes on disk: of the file and its log, or of the tables on a server."""
    if store.file is None:
        return sum(one.bytes or 0 for one in store.sizes())
    log = store.file.with_name(store.file.name + "-wal")
    return sum(path.stat().st_size for path in (store.file, log) if path.exists())


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
