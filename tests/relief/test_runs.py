"""Run lengths against counting pixel by pixel, against KLayout, and against the clock."""

import time
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fabdesign.relief.contacts import mask_contacts
from fabdesign.relief.neighbours import isolated_pixels, steps_above, tallest_step_um
from fabdesign.relief.rectangles import count_corner_touches, merged_rectangles, shortest_runs
from fabdesign.relief.runs import survey_runs

SHAPES = st.tuples(st.integers(1, 9), st.integers(1, 9))
MASKS = SHAPES.flatmap(lambda shape: arrays(np.bool_, shape))
LEVELS = SHAPES.flatmap(lambda shape: arrays(np.uint8, shape, elements=st.integers(0, 3)))


def counted(mask: np.ndarray) -> tuple[list[tuple], list[tuple]]:
    """Solid runs and spaces as (length, row, column) of their middles, one pixel after the other."""
    solid, space = [], []
    for along_y, view in ((False, mask), (True, mask.T)):
        for line, row in enumerate(view.tolist()):
            at, seen = 0, False
            groups = [(key, len(list(group))) for key, group in groupby(row)]
            for number, (value, length) in enumerate(groups):
                middle = at + (length - 1) / 2
                spot = (middle, line) if along_y else (line, middle)
                if value:
                    solid.append((length, *spot))
                    seen = True
                elif seen and any(key for key, _ in groups[number + 1 :]):
                    space.append((length, *spot))
                at += length
    return solid, space


@settings(max_examples=150)
@given(mask=MASKS, solid=st.integers(1, 4), space=st.integers(1, 4))
def test_runs_are_those_counted_pixel_by_pixel(mask, solid: int, space: int) -> None:
    found = survey_runs(mask, solid=solid, space=space)
    features, gaps = counted(mask)
    assert found.shortest_solid == min((run[0] for run in features), default=None)
    assert found.shortest_space == min((run[0] for run in gaps), default=None)
    assert tuple(shortest_runs(mask)) == (found.shortest_solid, found.shortest_space)
    for kind, runs, least in (("solid", features, solid), ("space", gaps, space)):
        expected = sorted(spot for length, *spot in runs if length < least)
        assert sorted(found.middles(kind).tolist()) == expected
        assert found.count(kind) == len(expected)


@settings(max_examples=100)
@given(levels=LEVELS)
def test_neighbours_are_those_looked_at_one_by_one(levels) -> None:
    heights = np.array([0.0, 0.2, 0.25, 0.7])
    ny, nx = levels.shape
    near = {
        (i, j): [(i + a, j + b) for a, b in ((0, 1), (1, 0), (0, -1), (-1, 0))]
        for i in range(ny)
        for j in range(nx)
    }
    near = {at: [n for n in others if n in near] for at, others in near.items()}
    alone = [
        at
        for at, others in near.items()
        if others
        and (all(levels[at] > levels[n] for n in others) or all(levels[at] < levels[n] for n in others))
    ]
    steps = [abs(heights[levels[at]] - heights[levels[n]]) for at, others in near.items() for n in others]
    assert sorted(map(tuple, np.argwhere(isolated_pixels(levels)).tolist())) == sorted(alone)
    assert tallest_step_um(levels, heights) == max(steps, default=0.0)
    assert 2 * len(steps_above(levels, heights, 0.3)) == sum(step > 0.3 for step in steps)


@given(mask=MASKS)
def test_corner_touches_are_the_ones_counted(mask) -> None:
    assert np.count_nonzero(mask_contacts(mask)) == count_corner_touches(mask)


def test_klayout_finds_the_same_narrow_features_and_gaps() -> None:
    db = pytest.importorskip("klayout.db")
    rng = np.random.default_rng(3)
    mask = np.kron(rng.integers(0, 2, (12, 12)), np.ones((2, 2))).astype(bool)
    mask[5, :] ^= rng.integers(0, 2, 24).astype(bool)
    region = db.Region()
    for x0, y0, x1, y1 in merged_rectangles(mask).tolist():
        region.insert(db.Box(x0 * 1000, y0 * 1000, x1 * 1000, y1 * 1000))
    region.merge()
    found = survey_runs(mask, solid=2, space=2)
    whole = {"whole_edges": False, "metrics": db.Region.Projection}
    for kind, violations in (
        ("solid", region.width_check(2000, **whole)),
        ("space", region.space_check(2000, **whole) + region.notch_check(2000, **whole)),
    ):
        pixels = db.Region()
        for pair in violations.each():
            pixels.insert(pair.polygon(0))
        marked = {
            (y, x)
            for y in range(24)
            for x in range(24)
            if not (
                pixels & db.Region(db.Box(x * 1000, y * 1000, x * 1000 + 1000, y * 1000 + 1000))
            ).is_empty()
        }
        assert marked == {(int(y), int(x)) for y, x in found.middles(kind).tolist()}


def test_a_large_mask_is_surveyed_in_half_a_second() -> None:
    mask = np.random.default_rng(0).integers(0, 2, (2000, 2000)).astype(bool)
    start = time.process_time()
    found = survey_runs(mask, solid=2, space=2)
    assert time.process_time() - start < 1.0  # 0.2 s where nothing else runs
    assert found.count("solid") == pytest.approx(2 * 2000 * 2000 / 8, rel=0.01)  # runs of one: 0 1 0
