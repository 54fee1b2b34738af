"""Average-link grouping: limits, halves, and a person's rules."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cluster.linkage import Compared, Limit, average_link


@st.composite
def matrices(draw: st.DrawFn) -> np.ndarray:
    count = draw(st.integers(1, 9))
    values = draw(st.lists(st.floats(0, 1), min_size=count * count, max_size=count * count))
    found = np.array(values).reshape(count, count)
    found = (found + found.T) / 2
    np.fill_diagonal(found, 1.0)
    return found


def group(alike: np.ndarray, limit: float | Limit, **rules: object) -> list[list[int]]:
    count = len(alike)
    rules.setdefault("cohesion", 0.0)
    agreed = rules.pop("agreed", np.full((count, count), True))
    return average_link(
        Compared(alike, agreed),  # type: ignore[arg-type]
        [1.0] * count,
        [0.0] * count,
        limit=limit if callable(limit) else lambda pairs: np.full(pairs.shape, limit),
        **rules,  # type: ignore[arg-type]
    )


@pytest.mark.slow
@given(matrices(), st.floats(0, 1))
def test_groups_hold_each_thing_once(alike: np.ndarray, limit: float) -> None:
    groups = group(alike, limit)
    assert sorted(at for one in groups for at in one) == list(range(len(alike)))


@pytest.mark.slow
@given(matrices(), st.floats(0.01, 1))
def test_no_two_groups_are_left_that_are_alike_enough(alike: np.ndarray, limit: float) -> None:
    groups = group(alike, limit)
    for at, one in enumerate(groups):
        for other in groups[at + 1 :]:
            assert alike[np.ix_(one, other)].mean() < limit + 1e-9


def test_groups_that_agree_in_one_word_only_stay_apart() -> None:
    alike = np.full((3, 3), 0.9)
    agreed = np.eye(3, dtype=np.bool_)
    agreed[0, 1] = agreed[1, 0] = True
    assert group(alike, 0.5, agreed=agreed) == [[0, 1], [2]]
    assert group(alike, 0.5, agreed=agreed, together=[(1, 2)]) == [[0, 1, 2]]
    agreed[1, 2] = agreed[2, 1] = True  # one agreement between two groups is enough
    assert group(alike, 0.5, agreed=agreed) == [[0, 1, 2]]


@given(matrices(), st.floats(0, 1), st.data())
def test_a_persons_rules_hold(alike: np.ndarray, limit: float, data: st.DataObject) -> None:
    count = len(alike)
    if count < 3:
        return
    a, b, c = data.draw(st.permutations(range(count)))[:3]
    groups = group(alike, limit, together=[(a, b)], apart=[(a, c)])
    home = next(one for one in groups if a in one)
    assert b in home
    assert c not in home


def test_one_bridge_does_not_chain_two_groups() -> None:
    alike = np.full((5, 5), 0.0)
    alike[:2, :2] = alike[3:, 3:] = 0.6
    alike[2, :] = alike[:, 2] = 0.35
    np.fill_diagonal(alike, 1.0)
    groups = group(alike, 0.3)
    assert not any({0, 4} <= set(one) for one in groups)


def test_two_dense_halves_stay_apart_where_few_would_join() -> None:
    alike = np.full((6, 6), 0.3)
    alike[:3, :3] = alike[3:, 3:] = 0.6
    np.fill_diagonal(alike, 1.0)
    assert group(alike, 0.25) == [[0, 1, 2, 3, 4, 5]]
    assert group(alike, 0.25, cohesion=0.7) == [[0, 1, 2], [3, 4, 5]]


def test_bigger_groups_need_less_for_a_mean_over_more_pairs_is_surer() -> None:
    alike = np.full((4, 4), 0.5)
    alike[3, :] = alike[:, 3] = 0.2
    np.fill_diagonal(alike, 1.0)
    assert group(alike, 0.3) == [[0, 1, 2], [3]]
    assert group(alike, _less_for_more) == [[0, 1, 2, 3]]
    assert group(alike[2:, 2:], _less_for_more) == [[0], [1]]


def _less_for_more(pairs: np.ndarray) -> np.ndarray:
    return 0.3 / np.sqrt(pairs)
