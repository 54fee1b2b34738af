"""``run.py replay``: documents through the engines in memory, without store or network."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli import documents, output
from aggregator.cli.context import CommandError

if TYPE_CHECKING:
    from aggregator.lab.replay import Replayed


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(replay)


def replay(
    file: Annotated[
        Path,
        typer.Argument(
            help="JSON Lines (.jsonl or .jsonl.gz), one document a line.", metavar="DOCS.jsonl"
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Write to this file instead of standard output.")
    ] = None,
    across_languages: Annotated[
        bool, typer.Option("--across-languages", help="Also group stories across languages.")
    ] = False,
) -> None:
    """Run documents through deduplication and story grouping; one JSON line for each.

    A document has id and title and, where known, body, lang, published, source and
    url. One without a time is taken to come right after the one before it. An output
    line has id, canonical, story, rule, score, partner, title, language
    and flags.
    """
    from aggregator.crosslingual import package_encoder
    from aggregator.lab.replay import Replay
    from aggregator.settings import LANGUAGES_EXTRA, ClusterSettings

    if across_languages:
        try:
            package_encoder()
        except ImportError as error:
            raise CommandError(
                f"--across-languages needs an optional package ({error}): make {LANGUAGES_EXTRA}"
            ) from error
    settings = ClusterSettings(across_languages=across_languages)
    rows = Replay(cluster_settings=settings).run(documents.read(file))
    if out is None:
        sys.stdout.writelines(_lines(rows))
        return
    try:
        with out.open("w", encoding="utf-8") as target:
            target.writelines(_lines(rows))
    except OSError as error:
        raise CommandError(f"cannot write {out}: {error.strerror}") from error


def _lines(rows: list[Replayed]) -> Iterator[str]:
    for row in rows:
        yield (
            output.line(
                {
                    "id": row.id,
                    "canonical": row.canonical,
                    "story": row.story,
                    "rule": row.evidence.rule,
                    "score": round(row.evidence.score, 4),
                    "partner": row.partner,
                    "title": row.item.title,
                    "language": row.item.language,
                    "flags": row.item.flags,
                }
            )
            + "\n"
        )
