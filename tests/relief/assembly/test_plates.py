"""Plates: one body for each layer, marked, and only where base and substrate are in the design."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from fabdesign.errors import ConfigError
from fabdesign.relief import CornerVolume
from fabdesign.relief.assembly import assemble
from fabdesign.relief.glyphs import glyph
from tests.relief.assembly.makers import even_record, make_relief, record, slabs, voxels
from tests.relief.solids import assert_no_overlap, collect, exact_volume_pm3

LEVELS = np.random.default_rng(5).integers(0, 8, (3, 20, 16))
SPACE = slabs(("gap", 60.0), ("substrate", 150.0), ("base", 5.0))
ON_GLASS = record([SPACE, SPACE, SPACE, slabs(("gap", 60.0))])


def plates(physical=ON_GLASS, **options):
    return assemble("plates", make_relief(LEVELS), physical, None, options)


def test_three_bodies_with_exactly_their_volume():
    solid = plates().solid
    mesh = collect(solid.batches())
    assert len(mesh) == solid.triangles
    assert_no_overlap(solid.lattice, mesh)
    removed = CornerVolume(solid.lattice)
    removed.add(mesh)
    assert exact_volume_pm3(solid.lattice, mesh) == solid.volume_pm3 - removed.removed_pm3
    assert ndimage.label(voxels(solid)[0])[1] == 3


def test_every_aperture_holds_its_layer_upright():
    assembly = plates()
    for layer, storey in enumerate(assembly.solid.storeys):
        ny, nx = storey.top_pm.shape
        inside = storey.top_pm[(ny - 20) // 2 : (ny + 20) // 2, (nx - 16) // 2 : (nx + 16) // 2]
        np.testing.assert_array_equal(inside, 5_000_000 + LEVELS[layer].astype(np.int64) * 180_000)


def test_axes_of_the_plates_lie_where_the_facts_say():
    assembly = plates()
    pitch = 1.5
    for storey, (x, y) in zip(assembly.solid.storeys, assembly.facts["centre_um"], strict=True):
        i, j = storey.corner[0] + storey.top_pm.shape[0] / 2, storey.corner[1] + storey.top_pm.shape[1] / 2
        assert (x, y) == (
            (j - assembly.solid.shape[1] / 2) * pitch,
            (i - assembly.solid.shape[0] / 2) * pitch,
        )


@pytest.mark.parametrize("layer", [0, 2])
def test_number_and_f_are_engraved_upright(layer):
    top = plates().solid.storeys[layer].top_pm
    nx = top.shape[1]
    low, high = (np.unique(strip)[[0, -1]] for strip in (top[:18], top[-18:]))
    assert (low == [5_000_000, 10_000_000]).all()
    assert (high == low).all()
    cut = (top == 5_000_000)[::2, ::2]
    ring, middle = 9, cut.shape[1] // 2
    column = (nx - 10) // 2 // 2
    assert middle >= column
    np.testing.assert_array_equal(cut[1 : ring - 1, column : column + 5], glyph(str(layer)))
    np.testing.assert_array_equal(cut[-ring + 1 : -1, column : column + 5], glyph("F"))


def test_design_without_substrate_is_refused():
    with pytest.raises(ConfigError, match="light goes through none") as caught:
        plates(even_record(3))
    assert "stack" in caught.value.hint


def test_base_and_substrate_that_do_not_fit_are_refused():
    with pytest.raises(ConfigError, match=r"must fit the 30 um before layer 0; got 5 \+ 170 um"):
        plates(even_record(3), substrate_um=170.0)


def test_another_substrate_than_the_design_has_is_refused():
    with pytest.raises(ConfigError, match="goes through 150 um there"):
        plates(substrate_um=100.0)
    assert plates(substrate_um=150.0).facts["substrate_um"] == 150.0


def test_design_without_distances_is_refused():
    with pytest.raises(ConfigError, match="no distances"):
        plates(record([]))


def test_an_aperture_too_small_for_its_marks_says_so():
    tiny = make_relief(np.zeros((1, 1, 1)))
    with pytest.raises(ConfigError, match="wide enough for its marks"):
        assemble("plates", tiny, record([SPACE, slabs(("gap", 60.0))]), None, {"clearance_um": 1.0})
