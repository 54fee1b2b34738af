"""Fits the model of the story engine: ``python -m aggregator.lab.fit DATASETS``.

DATASETS is a folder with the labelled sets named in ``KINDS``. Each candidate model runs
every set as a stream through the engine itself and is scored by BCubed F1, or F1 over
labelled pairs. Each weight is varied separately from START; the values that improve the
mean over the kinds are then adopted one by one, the best first, as long as they still
improve it. A model fitted on one kind of set fails on others, so each set is also left
out in turn, and the file records the score on it of a model fitted without it.

Writes ``data/model.toml`` (or ``--out FILE``): the weights, the hashes of the data, the
scores and the date. The same data give the same file, with the date of the first run.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tomllib
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

from aggregator.cluster.assign import place
from aggregator.cluster.constraints import NONE
from aggregator.cluster.state import ClusterState
from aggregator.cluster.weights import FILE, Model
from aggregator.lab.labelled_sets import Stream, read
from aggregator.lab.metrics import bcubed
from aggregator.lab.weak_labels import ANT_2018
from aggregator.settings import ClusterSettings

KINDS: Final = {  # kind of set -> its folder, and which part of its texts is used
    "full texts": ("ecbplus", "text"),
    "leads": ("allsides_neus", "text"),
    "headlines": ("uci_random4224", "text"),
    "headlines of full texts": ("ecbplus", "title"),
    "pairs": ("semeval2022_t8", "text"),
    "affairs": ("ant_arabic_multisource", "text"),
    "headlines of affairs": ("ant_arabic_multisource", "title"),
}
AFFAIRS: Final = {"ant_arabic_multisource": ANT_2018}
START: Final = Model(
    title=2.5,
    pair=0.2,
    name=1.2,
    number=1.2,
    beyond=0.5,
    untold=1.0,
    late_headline=0.12,
    late_text=0.015,
    undated=0.06,
    density=1.0,
    limit_headline=0.17,
    limit_lead=0.15,
    limit_full=0.25,
    wide=0.6,
    cohesion_headline=0.5,
    cohesion=0.62,
)
GRID: Final[Mapping[str, Sequence[float]]] = {  # alternatives to START's values
    "limit_lead": (0.135, 0.165),
    "limit_full": (0.22, 0.28),
    "limit_headline": (0.14, 0.2),
    "wide": (0.45, 0.75),
    "cohesion_headline": (0.4, 0.6),
    "cohesion": (0.56, 0.68),
    "undated": (0.04, 0.08),
    "name": (1.0, 1.35),
    "number": (1.0, 1.4),
    "pair": (0.1, 0.35),
    "density": (0.8, 1.2),
    "title": (2.0, 3.0),
    "beyond": (1.0,),
    "untold": (0.5,),
    "late_headline": (0.1, 0.14),
    "late_text": (0.01, 0.02),
}
FALSE_WEIGHT: Final = 5  # a stream has far more unrelated pairs than a labelled set
LEAST: Final = 0.0005  # minimum improvement of the mean
WORKERS: Final = 2


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model and its scores by kind."""

    model: Model
    scores: dict[str, float]


def score(stream: Stream, model: Model) -> float:
    """The score of ``model`` on a labelled stream (0 to 1)."""
    state = ClusterState(ClusterSettings())
    for item, features in zip(stream.items, stream.features, strict=True):
        decision = place(state, item, item.id, features, model, NONE)
        state.apply(decision, item.seen)
    story = {item.id: state.current(item.id) or "" for item in stream.items}
    if stream.pairs:
        found = [(story[a] == story[b], same) for a, b, same in stream.pairs]
        together = sum(one for one, same in found if same)
        wrong = FALSE_WEIGHT * sum(one for one, same in found if not same)
        return 2 * together / (together + wrong + len([1 for _, same in found if same]))
    return bcubed({name: story[name] for name in stream.labels}, stream.labels).f1


@cache
def stream_of(root: Path, kind: str) -> Stream:
    """The labelled stream of a kind, from the folder of all sets."""
    folder, texts = KINDS[kind]
    return read(root / folder, text=texts == "text", affairs=AFFAIRS.get(folder, ()))


def _score(task: tuple[Path, str, Model]) -> float:
    root, kind, model = task
    return round(score(stream_of(root, kind), model), 6)


class Search:
    """Scores models, once per model and kind."""

    def __init__(self, root: Path, workers: Executor) -> None:
        self._root = root
        self._workers = workers
        self._known: dict[tuple[str, Model], float] = {}

    def scores(self, model: Model, kinds: Sequence[str]) -> dict[str, float]:
        """The scores of ``model`` on ``kinds``."""
        new = [kind for kind in kinds if (kind, model) not in self._known]
        tasks = [(self._root, kind, model) for kind in new]
        for kind, value in zip(new, self._workers.map(_score, tasks), strict=True):
            self._known[kind, model] = value
        return {kind: self._known[kind, model] for kind in kinds}

    def fit(self, kinds: Sequence[str]) -> Fitted:
        """The model with the best mean over ``kinds``: START with all changes that help."""
        best = self._fitted(START, kinds)
        helpful = []
        for name, values in GRID.items():
            tried = [self._fitted(replace(START, **{name: value}), kinds) for value in values]
            winner = max(tried, key=_mean)
            if _mean(winner) > _mean(best) + LEAST:
                helpful.append((_mean(winner), name, getattr(winner.model, name)))
            print(f"{name}: {_mean(winner) - _mean(best):+.4f}", file=sys.stderr)
        for _, name, value in sorted(helpful, reverse=True):
            tried_with = self._fitted(replace(best.model, **{name: value}), kinds)
            if _mean(tried_with) > _mean(best) + LEAST:
                best = tried_with
                print(f"{name} = {value}: {_mean(best):.4f}", file=sys.stderr)
        return best

    def _fitted(self, model: Model, kinds: Sequence[str]) -> Fitted:
        return Fitted(model, self.scores(model, kinds))


def _mean(fitted: Fitted) -> float:
    return sum(fitted.scores.values()) / len(fitted.scores)


def fit(root: Path, out: Path, *, today: str) -> None:
    """Fit to the sets in ``root`` and write ``out``. Raises FileNotFoundError for a missing set."""
    hashes = {name: _hash(root / name) for name in sorted({f for f, _ in KINDS.values()})}
    with ProcessPoolExecutor(WORKERS) as workers:
        search = Search(root, workers)
        fitted = search.fit(list(KINDS))
        left_out: dict[str, float] = {}
        for folder in hashes:
            without = [kind for kind, (name, _) in KINDS.items() if name != folder]
            print(f"without {folder}", file=sys.stderr)
            model = search.fit(without).model
            left_out |= search.scores(model, [k for k, (n, _) in KINDS.items() if n == folder])
    text = _as_toml(fitted, left_out, hashes)
    out.write_text(f'fitted = "{_date(out, text) or today}"\n{text}', encoding="utf-8")


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.jsonl.gz")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _as_toml(fitted: Fitted, left_out: Mapping[str, float], hashes: Mapping[str, str]) -> str:
    lines = ["", "[model] # aggregator/cluster/weights.py says what each means"]
    lines += [f"{name} = {value}" for name, value in asdict(fitted.model).items()]
    lines += ["", "[scores] # by kind, with the model above"]
    lines += [f'"{kind}" = {value:.4f}' for kind, value in fitted.scores.items()]
    lines += ["", "[left_out] # by kind, with a model fitted without its set"]
    lines += [f'"{kind}" = {value:.4f}' for kind, value in left_out.items()]
    lines += ["", "[data] # SHA-256 of the files, cut"]
    lines += [f'{name} = "{value}"' for name, value in hashes.items()]
    return "\n".join(lines) + "\n"


def _date(path: Path, text: str) -> str | None:
    """The date in an existing file that is otherwise equal to ``text``."""
    if not path.is_file():
        return None
    before = path.read_text("utf-8")
    return str(tomllib.loads(before)["fitted"]) if before.endswith(f'"\n{text}') else None


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m aggregator.lab.fit", description=__doc__)
    parser.add_argument("datasets", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "data" / FILE)
    options = parser.parse_args(arguments)
    missing = [f for f, _ in KINDS.values() if not (options.datasets / f).is_dir()]
    if missing:
        print(
            f"{options.datasets} has no folder {missing[0]}; give a folder that has one",
            file=sys.stderr,
        )
        return 2
    fit(options.datasets, options.out, today=datetime.now(UTC).date().isoformat())
    return 0


if __name__ == "__main__":
    sys.exit(main())
