"""The fitted model: how likely two canonical items tell of one event."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from aggregator.cluster.compare import Matrix


@dataclass(frozen=True, slots=True)
class Model:
    """Weights over ``expand``-ed features, and the limits for joining and merging."""

    weights: NDArray[np.float64]
    join: float
    merge: float

    def probability(self, features: Matrix, texts: NDArray[np.float64]) -> NDArray[np.float64]:
        """How likely each compared item tells of the query's event (0 to 1)."""
        logits = expand(features, texts) @ self.weights
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30))))


def expand(features: Matrix, texts: NDArray[np.float64]) -> Matrix:
    """Features with their squares, once for all pairs and once for pairs with text."""
    one = np.ones((len(features), 1))
    base = np.concatenate([one, features, features[:, :11] ** 2], axis=1)
    t = texts[:, None]
    return np.concatenate([base * (1 - t), base * t], axis=1)


@cache
def shipped() -> Model:
    """The model of this package."""
    source = resources.files(__package__).joinpath("data", "model.toml").read_text("utf-8")
    table = tomllib.loads(source)
    return Model(np.array(table["weights"]), table["join"], table["merge"])
