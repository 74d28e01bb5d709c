"""The flood that finds trapped resin, against a search that tries every place of the square."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fabdesign.errors import ConfigError
from fabdesign.relief.assembly.drains import flooded, refuse_trapped
from fabdesign.relief.assembly.storey import Storey


def flooded_slowly(empty: np.ndarray, width: int) -> np.ndarray:
    padded = np.pad(empty, width, constant_values=True)
    rows, columns = (length - width + 1 for length in padded.shape)
    free = {(i, j) for i in range(rows) for j in range(columns) if padded[i : i + width, j : j + width].all()}
    todo, seen = [(0, 0)], {(0, 0)}
    while todo:
        i, j = todo.pop()
        for place in ((i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)):
            if place in free and place not in seen:
                seen.add(place)
                todo.append(place)
    reached = np.zeros_like(padded)
    for i, j in seen:
        reached[i : i + width, j : j + width] = True
    return reached[width:-width, width:-width]


@settings(max_examples=60, deadline=None)
@given(
    empty=hnp.arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 9))),
    width=st.integers(1, 4),
)
def test_the_flood_reaches_what_a_square_reaches(empty, width):
    np.testing.assert_array_equal(flooded(empty, width), flooded_slowly(empty, width))


def cavity(posts: np.ndarray) -> Storey:
    return Storey(np.where(posts, 30, 5), 0, np.zeros_like(posts), posts)


def test_a_closed_wall_traps_resin():
    wall = np.zeros((9, 9), dtype=bool)
    wall[1:-1, 1:-1] = True
    wall[2:-2, 2:-2] = False
    with pytest.raises(ConfigError, match="25 pixels"):
        refuse_trapped(cavity(wall), pitch_pm=10, drain_pm=10)
    wall[1, 4] = False
    refuse_trapped(cavity(wall), pitch_pm=10, drain_pm=10)
    with pytest.raises(ConfigError, match="at least 2e-05 um"):
        refuse_trapped(cavity(wall), pitch_pm=10, drain_pm=20)


def test_a_low_cavity_does_not_drain():
    posts = np.zeros((9, 9), dtype=bool)
    posts[1:3, 1:3] = True
    refuse_trapped(cavity(posts), pitch_pm=10, drain_pm=25)
    with pytest.raises(ConfigError, match="of its height"):
        refuse_trapped(cavity(posts), pitch_pm=10, drain_pm=26)
