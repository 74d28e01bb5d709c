"""The choice of levels is the best of all choices."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabdesign.process.choose import choose_positions


def cost(position: np.ndarray) -> float:
    return float(np.sum(np.diff(np.append(position, 1.0)) ** 3))


def best_of_all(position: np.ndarray, n: int) -> list[int]:
    """Enumerate every choice: least cost, then nearest to k/n, then the lower indices."""
    ideal = np.arange(n) / n
    choices = [(0, *rest) for rest in itertools.combinations(range(1, len(position)), n - 1)]
    costs = np.array([cost(position[list(c)]) for c in choices])
    ties = [c for c, value in zip(choices, costs, strict=True) if value <= costs.min() * (1 + 1e-12)]
    return list(min(ties, key=lambda c: (round(float(np.sum((position[list(c)] - ideal) ** 2)), 12), c)))


@given(st.integers(2, 7), st.lists(st.integers(1, 999), min_size=6, max_size=11, unique=True))
@settings(max_examples=120, deadline=None)
def test_no_other_choice_is_better(n: int, places: list[int]) -> None:
    position = np.array([0, *sorted(places)]) / 1000
    chosen = choose_positions(position, n)
    assert cost(position[chosen]) == pytest.approx(cost(position[best_of_all(position, n)]), rel=1e-12)


@pytest.mark.parametrize(("count", "n"), [(14, 8), (15, 8), (10, 4), (13, 6), (12, 5)])
def test_even_candidates_with_all_their_ties(count: int, n: int) -> None:
    """On an even grid many choices are equally good; the one nearest to k/n is taken."""
    position = np.arange(count) / (count - 0.5)
    found, best = choose_positions(position, n), best_of_all(position, n)
    off = [float(np.sum((position[c] - np.arange(n) / n) ** 2)) for c in (found, best)]
    assert cost(position[found]) == pytest.approx(cost(position[best]), rel=1e-12)
    assert off[0] == pytest.approx(off[1], rel=1e-9)


def test_all_candidates_where_all_are_needed() -> None:
    assert choose_positions(np.array([0, 0.1, 0.2]), 3).tolist() == [0, 1, 2]


def test_two_levels_lie_opposite() -> None:
    assert choose_positions(np.array([0, 0.1, 0.45, 0.8]), 2).tolist() == [0, 2]


@pytest.mark.parametrize("even", [True, False])
def test_256_levels_of_1400_candidates_come_quickly(even: bool) -> None:
    rng = np.random.default_rng(1)
    position = np.arange(1400) / 1400.3 if even else np.append(0, np.sort(rng.random(1399)))
    start = time.process_time()
    chosen = choose_positions(position, 256)
    assert time.process_time() - start < 8
    assert len(set(chosen.tolist())) == 256
    even_choice = np.rint(np.arange(256) * 1400 / 256).astype(int)
    assert cost(position[chosen]) <= cost(position[even_choice])


def test_moving_one_of_many_levels_makes_it_worse() -> None:
    rng = np.random.default_rng(2)
    position = np.append(0, np.sort(rng.random(799)))
    chosen = choose_positions(position, 64)
    least = cost(position[chosen])
    for k in range(1, 64):
        for step in (-1, 1):
            moved = chosen.copy()
            moved[k] += step
            if moved[k] < 800:
                assert cost(np.sort(position[moved])) >= least * (1 - 1e-12)
