"""Whatever happens to a file between export and printing is caught and called by its name."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fabdesign.check import CheckResult, Severity, check_files
from fabdesign.check.differences import lies_on_side
from fabdesign.check.orientation import ORIENTATIONS, best_match
from fabdesign.check.scale import cause_of, height_scale
from fabdesign.design import Design
from tests.check.devices import BASE_UM, export_beside, make_design
from tests.check.voxels import read_triangles, voxel_triangles, write_stl

Floats = NDArray[np.float64]
SIDE = np.array([1.0, 1, 1])


@pytest.fixture(scope="module")
def design() -> Design:
    return make_design(7, layers=2, pixels=(14, 18))


@pytest.fixture
def files(design: Design, tmp_path: Path) -> list[Path]:
    return export_beside(design, tmp_path)


def change(path: Path, how: Callable[[Floats], Floats]) -> None:
    header, triangles = read_triangles(path)
    write_stl(path, how(triangles), header)


def ids(result: CheckResult) -> set[str]:
    """Findings beyond notes, on the layer that was changed."""
    return {finding.id for finding in result.findings if finding.severity is not Severity.NOTE}


def check(files: list[Path]) -> CheckResult:
    return check_files(files, resimulate=False)


def message(result: CheckResult, rule: str) -> str:
    return next(finding.message for finding in result.findings if finding.id == rule)


def test_nothing_is_wrong_with_what_was_exported(files: list[Path]) -> None:
    result = check(files)
    assert result.findings == ()
    assert result.ok
    assert result.levels_identical
    assert result.design_found == "beside the file"


@pytest.mark.parametrize(
    ("factor", "cause"),
    [
        (1e3, "nanometres"),
        (1e-3, "millimetres"),
        (25.4, "inch"),
        (1 / 25.4, "inch"),
        (1e-6, "metres"),
        (1.7, ""),
    ],
)
def test_scaled(files: list[Path], factor: float, cause: str) -> None:
    change(files[0], lambda triangles: triangles * factor)
    result = check(files)
    assert ids(result) == {"scale.uniform"}
    assert f"scaled by {factor:.6g}" in message(result, "scale.uniform")
    assert cause in message(result, "scale.uniform")
    assert not result.levels_identical


@pytest.mark.parametrize(
    ("factors", "found"),
    [
        ([1, 1, 1.02], {"scale.height"}),
        ([1, 1, 0.5], {"scale.height"}),
        ([1.02, 1, 1], {"scale.lateral"}),
        ([2, 2, 1], {"scale.lateral"}),
        ([1.5, 1.5, 3], {"scale.lateral", "scale.height"}),
    ],
)
def test_stretched(files: list[Path], factors: list[float], found: set[str]) -> None:
    change(files[0], lambda triangles: triangles * factors)
    assert ids(check(files)) == found


@pytest.mark.parametrize(
    ("axes", "name"),
    [([-1, 1, 1], "mirrored in x"), ([1, -1, 1], "mirrored in y")],
)
def test_mirrored(files: list[Path], axes: list[int], name: str) -> None:
    change(files[0], lambda triangles: (triangles * axes)[:, ::-1])
    result = check(files)
    assert ids(result) == {"orientation.mirrored"}
    assert name in message(result, "orientation.mirrored")


def test_mirrored_without_turning_the_faces(files: list[Path]) -> None:
    change(files[0], lambda triangles: triangles * [-1, 1, 1])
    assert ids(check(files)) == {"orientation.mirrored", "geometry.inside-out"}


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_rotated(files: list[Path], quarters: int) -> None:
    turn = np.linalg.matrix_power(np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]]), quarters)
    change(files[0], lambda triangles: triangles @ turn.T)
    result = check(files)
    assert ids(result) == {"orientation.rotated"}
    assert f"rotated by {90 * quarters}°" in message(result, "orientation.rotated")


@pytest.mark.parametrize(("axes", "axis"), [([1, -1, -1], "x"), ([-1, 1, -1], "y")])
def test_turned_over(files: list[Path], axes: list[int], axis: str) -> None:
    change(files[0], lambda triangles: triangles * axes)
    result = check(files)
    assert ids(result) == {"orientation.upside-down"}
    assert f"about its {axis} axis" in message(result, "orientation.turned-over")


def test_mirrored_in_z(files: list[Path]) -> None:
    change(files[0], lambda triangles: triangles * [1, 1, -1])
    assert ids(check(files)) == {"orientation.upside-down", "geometry.inside-out"}


def test_on_its_side(files: list[Path]) -> None:
    change(files[0], lambda triangles: triangles[..., [1, 2, 0]])
    assert "orientation.on-side" in ids(check(files))


def test_moved_in_space_is_only_noted(files: list[Path]) -> None:
    change(files[0], lambda triangles: triangles + np.array([10, -20, 3]))
    result = check(files)
    assert result.ok
    assert result.levels_identical
    assert "shifted by (10, -20, 3) um" in message(result, "position.shifted")


def test_swapped_layers(files: list[Path]) -> None:
    (header0, layer0), (header1, layer1) = (read_triangles(path) for path in files)
    write_stl(files[0], layer1, header0)
    write_stl(files[1], layer0, header1)
    result = check(files)
    assert ids(result) == {"layer.swapped"}
    assert "marked as layer 0, but shows layer 1" in message(result, "layer.swapped")


def test_a_layer_given_twice_and_one_not_at_all(files: list[Path]) -> None:
    copy = files[0].with_name("copy.stl")
    copy.write_bytes(files[0].read_bytes())
    assert ids(check([files[0], copy])) == {"layer.repeated", "layer.swapped"}
    only = check([files[1]])
    assert ids(only) == {"layer.missing"}
    assert only.ok
    assert only.layers[0].comparison.layer == 1


def voxel_layer(design: Design, files: list[Path], thickness: Floats) -> None:
    """Replace layer 0 by voxels of this thickness, which need not be levels."""
    header, _ = read_triangles(files[0])
    write_stl(files[0], voxel_triangles(thickness, design.physical.pitch_um), header)


def test_altered_pixels_are_listed(design: Design, files: list[Path]) -> None:
    thickness = design.height_um()[0] + BASE_UM
    thickness[3, 4] += 0.36
    thickness[13, 0] += 0.18
    voxel_layer(design, files, thickness)
    result = check(files)
    [altered] = [finding for finding in result.findings if finding.id == "levels.altered"]
    assert altered.count == 2
    assert [place.pixel for place in altered.places] == [(3, 4), (13, 0)]
    assert altered.places[1].x_um == -8.5 * 1.5
    assert altered.places[1].y_um == 6.5 * 1.5
    assert altered.value == pytest.approx(360, abs=1e-3)
    assert result.layers[0].comparison.changed == 2
    assert "heights.perturbed" not in ids(result)


def test_perturbed_heights_are_measured(design: Design, files: list[Path]) -> None:
    noise = np.random.default_rng(0).normal(0, 0.01, design.pixels)
    noise -= np.median(noise)
    voxel_layer(design, files, design.height_um()[0] + BASE_UM + noise)
    result = check(files)
    [perturbed] = [finding for finding in result.findings if finding.id == "heights.perturbed"]
    assert perturbed.count >= noise.size - 5
    assert perturbed.value == pytest.approx(np.abs(noise).max() * 1e3, abs=1e-3)
    assert result.layers[0].comparison.rms_deviation_um == pytest.approx(np.sqrt(np.mean(noise**2)), rel=1e-3)
    # 2π · 0.5429 / 0.785 rad for each micrometre
    assert f"({np.abs(noise).max() * 4.3454:.3g}" in message(result, "heights.perturbed")
    assert "levels.altered" not in ids(result)


def test_a_thousandth_of_a_nanometre_is_no_perturbation(design: Design, files: list[Path]) -> None:
    noise = np.random.default_rng(0).uniform(-1e-6, 1e-6, design.pixels)
    voxel_layer(design, files, design.height_um()[0] + BASE_UM + noise)
    assert check(files).levels_identical


def test_another_base(design: Design, files: list[Path]) -> None:
    voxel_layer(design, files, design.height_um()[0] + BASE_UM + 1)
    result = check(files)
    assert "base.thickness" in ids(result)
    assert "base is 6 um thick; the light of the design goes through 5 um" in message(
        result, "base.thickness"
    )


def test_a_negative(design: Design, files: list[Path]) -> None:
    height = design.height_um()[0]
    voxel_layer(design, files, BASE_UM + height.max() - height)
    assert "relief.inverted" in ids(check(files))


def test_another_relief(design: Design, files: list[Path]) -> None:
    voxel_layer(design, files, BASE_UM + make_design(99, pixels=design.pixels).height_um()[0])
    assert "levels.unlike" in ids(check(files))


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_every_orientation_of_every_layer_is_recognised(orientation: str) -> None:
    layers = make_design(3, layers=3, pixels=(9, 9)).height_um()
    match = best_match(2 * ORIENTATIONS[orientation](layers[2]) + 7, layers, expected=1)
    assert (match.layer, match.orientation) == (2, orientation)
    assert match.found
    assert not match.inverted


def test_a_symmetric_layer_lies_as_designed() -> None:
    y, x = np.mgrid[-4:5, -4:5]
    lens = (x**2 + y**2 + 0.0)[None]
    assert best_match(lens[0], lens, 0).orientation == "as designed"


def test_scales() -> None:
    height = np.arange(6.0).reshape(2, 3)
    assert height_scale(3 * height + 5, height, 5) == pytest.approx(3)
    assert height_scale(height + 5, height, 5) == 1
    assert height_scale(np.full((2, 3), 8.0), np.full((2, 3), 1.0), 3.0) == 2
    assert cause_of(1.5) is None


def test_a_cube_does_not_lie_on_its_side() -> None:
    assert not lies_on_side(np.ones(3), np.ones(3))
    assert not lies_on_side(np.array([60.0, 60, 12]), np.array([60.0, 60, 6]))
