"""What each part of the story engine contributes: ``python bench/stories_quality.py DATASETS``.

Runs the kinds of dev sets as streams through the engine (as ``aggregator.lab.fit`` does) with
the shipped model, then with one part switched off at a time, then with all limits shifted.
Prints two tables: BCubed F1 for labelled documents; for labelled pairs the share of same
pairs and of other pairs that end in one story.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from aggregator.cluster import (  # noqa: E402
    ClusterState,
    assign,
    document_frequencies,
)
from aggregator.cluster.assign import place  # noqa: E402
from aggregator.cluster.constraints import NONE  # noqa: E402
from aggregator.cluster.weights import Model, shipped  # noqa: E402
from aggregator.lab.fit import KINDS, stream_of  # noqa: E402
from aggregator.lab.labelled_sets import Stream  # noqa: E402
from aggregator.lab.metrics import bcubed  # noqa: E402
from aggregator.settings import ClusterSettings  # noqa: E402

OFF: dict[str, Callable[[Model], Model]] = {
    "as shipped": lambda m: m,
    "no extra weight for title words": lambda m: replace(m, title=1.0),
    "no title pairs": lambda m: replace(m, pair=0.0),
    "no extra weight for names": lambda m: replace(m, name=1.0),
    "no extra weight for numbers": lambda m: replace(m, number=1.0),
    "no check of what is shared besides title words": lambda m: replace(m, beyond=0.0),
    "no check for each other's headline": lambda m: replace(m, untold=0.0),
    "time ignored": lambda m: replace(m, late_headline=0.0, late_text=0.0),
    "one limit for all lengths": lambda m: replace(
        m, limit_headline=m.limit_lead, limit_full=m.limit_lead
    ),
    "constant .12 instead of the neighbourhood in the limit": lambda m: replace(
        m,
        density=0.0,
        limit_headline=m.limit_headline + 0.12,
        limit_lead=m.limit_lead + 0.12,
        limit_full=m.limit_full + 0.12,
    ),
    "no cohesion": lambda m: replace(m, cohesion=0.0, cohesion_headline=0.0),
    "one cohesion for all lengths": lambda m: replace(m, cohesion_headline=m.cohesion),
    "same limit for larger groups": lambda m: replace(m, wide=1.0),
    "an unknown time counts as the same time": lambda m: replace(
        m, undated=0.0, limit_lead=m.limit_lead + m.undated, limit_full=m.limit_full + m.undated
    ),
}
SWEPT = (-0.06, -0.03, 0.0, 0.03, 0.06)


def figures(stream: Stream, model: Model) -> str:
    state = ClusterState(ClusterSettings())
    for item, features in zip(stream.items, stream.features, strict=True):
        state.apply(place(state, item, item.id, features, model, NONE), item.seen)
    story = {item.id: state.current(item.id) or "" for item in stream.items}
    if not stream.pairs:
        found = bcubed({name: story[name] for name in stream.labels}, stream.labels)
        return f"{found.f1:.3f} ({found.precision:.2f}/{found.recall:.2f})"
    share = {}
    for wanted in (True, False):
        said = [story[a] == story[b] for a, b, same in stream.pairs if same is wanted]
        share[wanted] = sum(said) / len(said)
    return f"{share[True]:.3f}, {share[False]:.3f}"


@contextmanager
def no_changes() -> Iterator[None]:
    """Items join or found stories; existing stories never merge or split."""
    module = sys.modules[assign.__module__]
    original = module.renamed
    module.renamed = lambda *given: replace(original(*given), changes=())
    try:
        yield
    finally:
        module.renamed = original


@contextmanager
def constant(module: object, name: str, value: object) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("datasets", type=Path)
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=list(KINDS))
    options = parser.parse_args()
    streams = [stream_of(options.datasets, kind) for kind in options.kinds]
    model = shipped()

    def row(title: str, changed: Model) -> None:
        cells = " | ".join(figures(stream, changed) for stream in streams)
        print(f"| {title} | {cells} |", flush=True)

    print(f"| | {' | '.join(options.kinds)} |")
    print("|---" * (len(streams) + 1) + "|")
    for title, change in OFF.items():
        row(title, change(model))
    with no_changes():
        row("no merges and splits", model)
    with constant(document_frequencies, "RAREST", 99.0):
        row("no cap on rarity", model)
    with constant(document_frequencies, "PRIOR", 1.0):
        row("no shipped background", model)
    print()
    for moved in SWEPT:
        limits = ("limit_headline", "limit_lead", "limit_full")
        row(
            f"all limits {moved:+.2f}",
            replace(model, **{name: getattr(model, name) + moved for name in limits}),
        )


if __name__ == "__main__":
    main()
