"""The shipped model on the dev sets: what it must reach, and that order hardly matters."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.cluster import ClusterState
from aggregator.cluster.assign import place
from aggregator.cluster.constraints import NONE
from aggregator.cluster.weights import shipped
from aggregator.lab.fit import score
from aggregator.lab.labelled_sets import Stream, read
from aggregator.lab.metrics import bcubed
from aggregator.settings import ClusterSettings

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("name", "least"), [("ecbplus", 0.88), ("uci_random4224", 0.82)])
def test_stories_of_a_labelled_set_are_found(shared: Path, name: str, least: float) -> None:
    assert score(read(shared / "datasets" / name, text=True), shipped()) >= least


def _stories(stream: Stream) -> dict[str, str]:
    state = ClusterState(ClusterSettings())
    for item, features in zip(stream.items, stream.features, strict=True):
        state.apply(place(state, item, item.id, features, shipped(), NONE), item.seen)
    return {item.id: state.current(item.id) or "" for item in stream.items}


def test_order_within_the_hour_hardly_matters(shared: Path) -> None:
    stream = read(shared / "datasets" / "uci_random4224", text=True)
    stream = replace(stream, items=stream.items[:1500], features=stream.features[:1500])
    rng = random.Random(1)
    pairs = sorted(
        zip(stream.items, stream.features, strict=True),
        key=lambda pair: (int(pair[0].seen.timestamp()) // 3600, rng.random()),
    )
    shuffled = replace(
        stream, items=tuple(i for i, _ in pairs), features=tuple(f for _, f in pairs)
    )
    assert bcubed(_stories(stream), _stories(shuffled)).f1 >= 0.97
