"""slic3r cuts our solids: no repairs, and every slice has the area of its levels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fabdesign.export import export_design
from tests.export.devices import F_SHAPE, make_design
from tests.relief.solids import lens_levels
from tests.tools.needed import need
from tests.tools.slic3r import info, slice_areas

pytestmark = need("slic3r", "slic3r")

RELIEFS = {
    "random": np.random.default_rng(5).integers(0, 4, (12, 12)),
    "lens": lens_levels(12) % 4,
    "checkerboard": np.indices((12, 12)).sum(axis=0) % 2 * 3,
    "f": F_SHAPE,
}
FORMATS = {"stl": {}, "3mf": {"contacts": "pulled"}}
PITCH_UM, STEP_UM, BASE_UM = 1.5, 0.2, 1.0
SCALE, LAYER_MM = 10, 1
VOLUME = 1e-5
"""slic3r adds volumes up in 32-bit numbers."""
REPAIRS = {
    "degenerate_facets", "edges_fixed", "facets_removed", "facets_added", "facets_reversed",
    "backwards_edges",
}  # fmt: skip


def export(levels, format: str, folder: Path, options: dict[str, str]) -> tuple[Path, dict]:
    design = make_design(levels, pitch_um=PITCH_UM, step_um=STEP_UM, base_um=BASE_UM, count=4)
    result = export_design(design, folder, format, options=options)
    return result.paths[0], result.report["layers"][0]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("levels", RELIEFS.values(), ids=RELIEFS)
def test_slices_without_repair_have_the_area_of_their_levels(tmp_path, levels, format):
    path, report = export(levels, format, tmp_path, FORMATS[format])
    facts = info(path)
    assert facts["manifold"] == "yes"
    assert not REPAIRS & set(facts)
    assert int(facts["number_of_parts"]) == 1
    assert int(facts["number_of_facets"]) == report["triangles"]
    assert float(facts["volume"]) == pytest.approx(report["volume_um3"], rel=VOLUME)
    areas, complaints = slice_areas(path, layer_mm=LAYER_MM, scale=SCALE, out=tmp_path / "slices.svg")
    assert complaints == []
    tops = np.rint((BASE_UM + STEP_UM * levels) * SCALE / LAYER_MM)
    middles = np.arange(int(tops.max())) + 0.5
    expected = np.array([np.count_nonzero(tops > middle) for middle in middles]) * (PITCH_UM * SCALE) ** 2
    assert len(areas) == len(expected)
    eps = report["corner_eps_um"] / PITCH_UM
    np.testing.assert_allclose(areas, expected, rtol=max(4 * eps, 1e-7))


def test_split_vertices_are_joined_again_by_this_slicer(tmp_path):
    """Why there is an option to pull corners in: slic3r 1.3 forgets which vertex a triangle named."""
    path, _ = export(RELIEFS["checkerboard"], "3mf", tmp_path, {})
    assert "facets_reversed" in info(path) or "backwards_edges" in info(path)


def test_exact_file_without_contacts_is_sliced_exactly(tmp_path):
    levels = np.add.outer(np.arange(12) // 3, np.zeros(12, dtype=int))
    path, report = export(levels, "3mf", tmp_path, {})
    facts = info(path)
    assert facts["manifold"] == "yes"
    assert not REPAIRS & set(facts)
    assert float(facts["volume"]) == pytest.approx(report["volume_um3"], rel=VOLUME)
