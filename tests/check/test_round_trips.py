"""Generated reliefs come back level by level from every format.

FABDESIGN_EXAMPLES=1000 pytest tests/check/test_round_trips.py
"""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabdesign.check import check_files
from fabdesign.check.readers import readable_formats
from fabdesign.design import Design
from fabdesign.export import exporters
from tests.check.devices import STEP_UM, make_physical
from tests.check.everything import export_in

EXAMPLES = int(os.environ.get("FABDESIGN_EXAMPLES", "6"))
FORMATS = sorted(set(exporters()) & set(readable_formats()))


@st.composite
def designs(draw: st.DrawFn) -> Design:
    """One or two layers of a few pixels, anything between flat and random, with any number of levels."""
    layers, count = draw(st.integers(1, 2)), draw(st.integers(2, 9))
    shape = layers, draw(st.integers(1, 7)), draw(st.integers(1, 7))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    used = draw(st.integers(1, count))
    levels = rng.integers(0, used, shape, dtype=np.uint8)
    heights = np.tile(np.round(np.arange(count) * STEP_UM, 6), (layers, 1))
    return Design(levels, heights, make_physical(layers))


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(design=designs())
def test_levels_come_back(name: str, design: Design) -> None:
    options = {"coding": "staircase"} if name in ("gds", "oasis") else {}
    before = design.content_hash, design.levels.copy()
    with TemporaryDirectory() as folder:
        result = check_files(export_in(design, name, Path(folder), **options), design, resimulate=False)
    assert result.findings == ()
    assert result.levels_identical
    for layer in result.layers:
        np.testing.assert_array_equal(layer.comparison.levels, design.levels[layer.comparison.layer])
    assert (design.content_hash, design.levels.tolist()) == (before[0], before[1].tolist())
