"""``run.py evaluate``: scores duplicates and stories on labelled sets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli import documents, output
from aggregator.cli.context import CommandError

if TYPE_CHECKING:
    from aggregator.engine.compare_titles import Side
    from aggregator.lab.evaluation import Labelled, LabelledSet, Pair, Result


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("evaluate")(evaluate_sets)


def evaluate_sets(
    sets: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Folders of JSON Lines; by default every set in ../shared/datasets.",
            metavar="SET...",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a figure.")] = False,
) -> None:
    """Score duplicate and story detection on labelled data: precision, recall, F1.

    Documents are processed in order of time if all documents of a set have one; otherwise
    without dates, in an order shuffled with a fixed seed.
    """
    from aggregator.lab.evaluation import evaluate

    folders = sets or _default()
    for folder in folders:
        for result in evaluate(read_set(folder)):
            print(output.line(_row(result)) if as_json else _text(result), flush=True)


def read_set(folder: Path) -> LabelledSet:
    """The labelled set in a folder (or a single file). Raises CommandError."""
    from aggregator.lab.evaluation import Labelled, LabelledSet, Pair

    files = [folder] if folder.is_file() else sorted(folder.glob("*.jsonl*"))
    if not files:
        raise CommandError(f"{folder}: no .jsonl or .jsonl.gz file in it")
    labelled: list[Labelled] = []
    pairs: list[Pair] = []
    same: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    for file in files:
        ids: list[tuple[str, str]] = []
        for where, value in documents.objects(file):
            if "a" not in value:
                cluster = value.get("cluster")
                label = None if cluster is None else str(cluster)
                labelled.append(Labelled(documents.document(where, value), label))
            elif "same" in value:
                left, right = (side(where, value, name) for name in ("a", "b"))
                pairs.append(Pair(str(value.get("id", where)), left, right, _label(where, value)))
            else:
                ids.append((str(value["a"]), str(value.get("b"))))
        if ids:
            same.append((file.name.split(".")[0], tuple(ids)))
    return LabelledSet(folder.name, tuple(labelled), tuple(pairs), tuple(same))


def _label(where: str, value: dict[str, object]) -> bool | None:
    same = value["same"]
    if not (same is None or isinstance(same, bool)):
        raise CommandError(f'{where}: "same" must be true, false or null')
    return same


def side(where: str, value: dict[str, object], name: str) -> Side:
    """One side of a pair: a headline, or an object like a document. Raises CommandError."""
    from aggregator.engine.compare_titles import Side

    found = value.get(name)
    language = value.get("lang")
    if isinstance(found, str):
        return Side(found, language=language if isinstance(language, str) else None)
    if isinstance(found, dict):
        one = documents.document(f"{where}, {name}", {"lang": language, **found, "id": name})
        return Side(one.title, one.body, one.language, one.source, one.url)
    raise CommandError(f'{where}: "{name}" must be a headline or an object with a title')


def _default() -> list[Path]:
    folder = Path(__file__).resolve().parents[3] / "shared" / "datasets"
    found = [path for path in sorted(folder.glob("*")) if path.is_dir()] if folder.is_dir() else []
    if not found:
        raise CommandError(
            "give a folder of JSON Lines; the default ../shared/datasets does not exist"
        )
    return found


def _row(result: Result) -> dict[str, object]:
    row: dict[str, object] = {"set": result.set, "measure": result.measure, "count": result.count}
    if result.score is not None:
        row |= {
            "precision": round(result.score.precision, 4),
            "recall": round(result.score.recall, 4),
            "f1": round(result.score.f1, 4),
        }
    if result.value is not None:
        row["value"] = round(result.value, 4)
    return row


def _text(result: Result) -> str:
    head = f"{result.set:<24} {result.measure:<44} {result.count:>6}"
    if result.score is not None:
        s = result.score
        return f"{head}   precision {s.precision:.3f}  recall {s.recall:.3f}  F1 {s.f1:.3f}"
    return f"{head}   {result.value:.4f}"
