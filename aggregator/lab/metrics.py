"""Scores groupings and yes/no answers against labels. Pure arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and their harmonic mean, each between 0 and 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean; 0 if both are 0."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def bcubed(found: Mapping[str, Hashable], truth: Mapping[str, Hashable]) -> Score:
    """Compare two groupings of the same documents, each document with equal weight.

    ``found`` and ``truth`` map document ids to groups. Documents that are not in both
    are ignored. Source: Bagga and Baldwin, COLING-ACL 1998.
    """
    ids = found.keys() & truth.keys()
    if not ids:
        return Score(0.0, 0.0)
    found_size = Counter(found[i] for i in ids)
    truth_size = Counter(truth[i] for i in ids)
    both = Counter((found[i], truth[i]) for i in ids)
    precision = sum(n * n / found_size[f] for (f, _), n in both.items()) / len(ids)
    recall = sum(n * n / truth_size[t] for (_, t), n in both.items()) / len(ids)
    return Score(precision, recall)


def pairwise(answers: Iterable[tuple[bool, bool]]) -> Score:
    """Score yes/no answers given as (found, truth) pairs.

    If nothing was found, precision is 1 (no false positives); if there was nothing to
    find, recall is 1.
    """
    counts = Counter(answers)
    hit = counts[(True, True)]
    found = hit + counts[(True, False)]
    wanted = hit + counts[(False, True)]
    return Score(hit / found if found else 1.0, hit / wanted if wanted else 1.0)
