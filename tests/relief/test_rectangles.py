"""Merged rectangles cover a mask exactly once; runs and corner touches agree with counting by hand."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fabdesign.errors import ConfigError
from fabdesign.relief.rectangles import (
    ShortestRuns,
    count_corner_touches,
    filled_rectangles,
    merged_rectangles,
    shortest_runs,
)

masks = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(lambda shape: arrays(bool, shape))


def paint(corners, shape):
    """How often each pixel is covered, rectangle by rectangle."""
    count = np.zeros(shape, int)
    for x0, y0, x1, y1 in corners.tolist():
        assert 0 <= x0 < x1 <= shape[1]
        assert 0 <= y0 < y1 <= shape[0]
        count[y0:y1, x0:x1] += 1
    return count


def run_lengths(line):
    return [(bool(value), len(list(group))) for value, group in itertools.groupby(line)]


def runs_by_hand(mask):
    """Shortest runs from itertools, clear runs at the border left out."""
    solid, space = [], []
    for line in [*mask, *mask.T]:
        runs = run_lengths(line)
        solid += [length for value, length in runs if value]
        inner = runs[0 if runs[0][0] else 1 : len(runs) if runs[-1][0] else -1]
        space += [length for value, length in inner if not value]
    return ShortestRuns(min(solid, default=None), min(space, default=None))


@settings(max_examples=100, deadline=None)
@given(masks)
def test_each_set_pixel_is_covered_once_and_no_clear_one(mask):
    corners = merged_rectangles(mask)
    assert (paint(corners, mask.shape) == mask).all()
    assert (filled_rectangles(corners, mask.shape) == mask).all()


@settings(max_examples=80, deadline=None)
@given(masks)
def test_no_rectangle_could_be_joined_to_the_one_above(mask):
    corners = {tuple(row) for row in merged_rectangles(mask).tolist()}
    for x0, _, x1, y1 in corners:
        assert not any(row[:2] == (x0, y1) and row[2] == x1 for row in corners)


@settings(max_examples=80, deadline=None)
@given(masks)
def test_rectangles_are_whole_runs_ordered_by_column(mask):
    corners = merged_rectangles(mask)
    for x0, y0, x1, _ in corners.tolist():
        assert x0 == 0 or not mask[y0, x0 - 1]
        assert x1 == mask.shape[1] or not mask[y0, x1]
    assert corners[:, :2].tolist() == sorted(corners[:, :2].tolist())


@pytest.mark.parametrize(
    ("mask", "count"),
    [(np.zeros((3, 4), bool), 0), (np.ones((3, 4), bool), 1), (np.indices((6, 6)).sum(0) % 2 == 0, 18)],
)
def test_counts_that_are_known_beforehand(mask, count):
    assert len(merged_rectangles(mask)) == count


def test_a_mask_must_be_boolean():
    with pytest.raises(ConfigError, match=r"A mask must be bool \[y, x\]; got uint8"):
        merged_rectangles(np.ones((2, 2), np.uint8))


@settings(max_examples=100, deadline=None)
@given(masks)
def test_shortest_runs_equal_those_counted_by_hand(mask):
    assert shortest_runs(mask) == runs_by_hand(mask)


def test_shortest_runs_longer_than_a_pixel():
    mask = np.kron(np.random.default_rng(0).integers(0, 2, (9, 9)), np.ones((4, 4), int)).astype(bool)
    assert shortest_runs(mask) == ShortestRuns(4, 4)


@settings(max_examples=80, deadline=None)
@given(masks)
def test_corner_touches_equal_those_counted_by_hand(mask):
    rows, columns = mask.shape
    by_hand = sum(
        [list(map(int, mask[i : i + 2, j : j + 2].ravel())) in ([1, 0, 0, 1], [0, 1, 1, 0])
         for i in range(rows - 1) for j in range(columns - 1)]
    )  # fmt: skip
    assert count_corner_touches(mask) == by_hand
