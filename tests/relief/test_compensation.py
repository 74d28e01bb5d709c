"""Compensation by closed forms: what is written, printed and shrunk is what was designed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.process import Profile, load_profile
from fabdesign.relief import Relief, layer_lattice, pixel_mesh
from fabdesign.relief.compensation import Amount, Compensation, compensate
from fabdesign.relief.from_profile import choose_compensation, unused_corrections
from fabdesign.relief.height_curve import HeightCurve, read_height_curve
from fabdesign.relief.moved_walls import moved_cells, moved_lines
from fabdesign.relief.volume import lattice_volume_pm3

LEVELS = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(
    lambda shape: arrays(np.uint8, (1, *shape), elements=st.integers(0, 3))
)


def relief_of(levels: np.ndarray, pitch_pm: int = 1_000_000) -> Relief:
    heights = np.array([[0, 100_000, 250_000, 600_000]])
    return Relief(levels, heights, 2_000_000, pitch_pm, "ab" * 32, "part")


def curve() -> HeightCurve:
    return HeightCurve(np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.4, 0.9]), 0.01, "curve.csv")


@given(levels=LEVELS, xy=st.floats(-0.2, 0.3), z=st.floats(-0.2, 0.3))
def test_volume_and_box_scale_as_powers_of_the_shrinkage(levels, xy: float, z: float) -> None:
    designed = relief_of(levels)
    made = compensate(designed, Compensation(Amount(xy), Amount(z)))
    assert made.pitch_um * (1 - xy) == pytest.approx(1.0, rel=1e-6)
    assert made.base_um * (1 - z) == pytest.approx(2.0, rel=1e-6)
    expected = designed.volume_pm3(0) / ((1 - xy) ** 2 * (1 - z))
    assert made.volume_pm3(0) == pytest.approx(expected, rel=1e-5)
    assert (made.levels == designed.levels).all()
    assert designed.compensation is None


@given(heights=arrays(np.float64, 5, elements=st.floats(0, 0.8)), shrink=st.floats(-0.1, 0.1))
def test_printing_undoes_what_is_written(heights, shrink: float) -> None:
    made = Compensation(shrink_z=Amount(shrink), curve=curve())
    np.testing.assert_allclose(made.printed_height_um(made.written_height_um(heights)), heights, atol=1e-12)


def test_heights_go_through_shrinkage_and_curve_in_turn() -> None:
    """0.32 µm shrunk by 20 % was 0.4 µm, and the curve gives that where 0.5 µm is written."""
    made = Compensation(shrink_z=Amount(0.2), curve=curve())
    assert made.written_height_um(np.array([0.0, 0.32])).tolist() == pytest.approx([0.0, 0.5])


def test_uncertainty_is_height_times_that_of_the_shrinkage_beside_that_of_the_curve() -> None:
    made = Compensation(shrink_z=Amount(0.0, 0.02), curve=replace(curve(), sigma_um=0.015))
    assert made.height_sigma_um(np.array([0.0, 1.0])).tolist() == [0.0, 0.025]


@settings(max_examples=60)
@given(levels=LEVELS, shift=st.sampled_from([-300_000, -1000, 1000, 250_000, 499_000]))
def test_planes_shrink_and_grow_as_polygons_do(levels, shift: int) -> None:
    """Each plane against Shapely's buffer with mitred corners, by area and symmetric difference."""
    shapely = pytest.importorskip("shapely")
    lattice = layer_lattice(replace(relief_of(levels), edge_shift_pm=shift), 0)
    y, x = (lattice.lines_pm(axis) / 1e6 for axis in (0, 1))
    rank = lattice.rank[1:-1, 1:-1]
    heights = relief_of(levels).base_pm + relief_of(levels).height_of_level_pm[0]
    for number, z in enumerate(lattice.z_pm.tolist()):
        if number == 0:
            continue
        pixels = [shapely.box(j, i, j + 1, i + 1) for i, j in np.argwhere(heights[levels[0]] >= z).tolist()]
        moved = shapely.unary_union(pixels).buffer(-shift / 1e6, join_style="mitre", mitre_limit=10)
        cells = [shapely.box(x[j], y[i], x[j + 1], y[i + 1]) for i, j in np.argwhere(rank >= number).tolist()]
        drawn = shapely.unary_union(cells) if cells else shapely.Polygon()
        assert drawn.symmetric_difference(moved).area < 1e-9


@settings(max_examples=40)
@given(levels=LEVELS, shift=st.sampled_from([-200_000, 150_000]))
def test_the_mesh_with_moved_walls_is_closed_and_has_the_volume(levels, shift: int) -> None:
    lattice = layer_lattice(replace(relief_of(levels), edge_shift_pm=shift), 0)
    assert lattice.contacts == 0
    edges: dict[tuple, int] = {}
    sixfold = 0.0
    for batch in pixel_mesh(lattice):
        points = np.stack([lattice.x_um[batch.xi], lattice.y_um[batch.yi], lattice.z_um[batch.zi]], axis=-1)
        sixfold += float(np.linalg.det(points).sum())
        keys = np.stack([batch.xi, batch.yi, batch.zi], axis=-1).tolist()
        for a, b, c in keys:
            for edge in ((tuple(a), tuple(b)), (tuple(b), tuple(c)), (tuple(c), tuple(a))):
                edges[edge] = edges.get(edge, 0) + 1
    assert all(edges.get(edge[::-1]) == count == 1 for edge, count in edges.items())
    assert sixfold / 6 == pytest.approx(lattice_volume_pm3(lattice) / 1e18, rel=1e-9)


def test_one_raised_pixel_keeps_its_middle() -> None:
    """A 1 µm pixel 0.6 µm high on a plate of 3 x 3 µm, walls 0.1 µm in: 0.8² x 0.6 on 2.8² x 2."""
    levels = np.zeros((1, 3, 3), np.uint8)
    levels[0, 1, 1] = 3
    lattice = layer_lattice(replace(relief_of(levels), edge_shift_pm=100_000), 0)
    assert lattice_volume_pm3(lattice) == (8**2 * 6 + 28**2 * 20) * 10**15
    assert lattice_volume_pm3(layer_lattice(relief_of(levels), 0)) == relief_of(levels).volume_pm3(0)


@given(mask=arrays(np.bool_, st.tuples(st.integers(1, 7), st.integers(1, 7))), shift=st.integers(-4, 4))
def test_snapping_moved_walls_back_gives_the_pixels(mask, shift: int) -> None:
    cells = moved_cells(mask, shift)
    assert (cells[::2, ::2] == mask).all()
    if shift:
        lines = moved_lines(mask.shape[1], 10, shift)
        assert (np.diff(lines) > 0).all()
        assert (np.abs(lines - np.rint(lines / 10) * 10) == abs(shift)).all()


@pytest.mark.parametrize(
    ("compensation", "words"),
    [
        (Compensation(edge_bias_um=Amount(0.5)), "half of features of one"),
        (Compensation(edge_bias_um=Amount(-0.5)), "half of gaps of one"),
        (Compensation(curve=replace(curve(), written=np.array([0, 0.05, 0.1]))), None),
        (Compensation(shrink_z=Amount(0.4), curve=curve()), "measured from 0 to 0.9 um"),
    ],
)
def test_what_cannot_be_made_is_refused(compensation: Compensation, words: str | None) -> None:
    designed = relief_of(np.array([[[0, 3]]], np.uint8))
    if words is None:
        assert compensate(designed, compensation).height_of_level_pm.max() < 600_000
        return
    with pytest.raises(ConfigError, match=words):
        compensate(designed, compensation)


def test_compensating_twice_is_refused() -> None:
    once = compensate(relief_of(np.array([[[0, 3]]], np.uint8)), Compensation(Amount(0.1)))
    with pytest.raises(ConfigError, match="already"):
        compensate(once, Compensation(Amount(0.1)))
    with pytest.raises(ConfigError, match="share"):
        Compensation(Amount(2.0))


def measured(folder: Path) -> Profile:
    (folder / "steps.csv").write_text("written um,printed um,sigma\n0.5,0.4,0.01\n1,0.9,0.02\n")
    (folder / "ours.toml").write_text(
        """
[profile]
name = "ours"
kind = "2pp"
[material]
shrink_xy.mean = { value = 0.02, source = "measured: plate 7" }
shrink_xy.sigma = { value = 0.005, source = "assumed" }
shrink_z = { mean = { value = 0.03, source = "measured: plate 7" } }
[lateral]
edge_bias_um = { mean = { value = 0.1, source = "vendor" }, sigma = { value = 0.02, source = "vendor" } }
[axial]
height_curve_csv = "steps.csv"
""",
        encoding="utf-8",
    )
    return load_profile(folder / "ours.toml")


def test_words_take_the_numbers_of_the_profile(tmp_path: Path) -> None:
    made = choose_compensation("shrinkage, bias, curve", measured(tmp_path))
    assert (made.shrink_xy.mean, made.shrink_xy.sigma, made.shrink_z.sigma) == (0.02, 0.005, None)
    assert made.shrink_xy.source == "measured: plate 7 in ours, its sigma assumed"
    assert made.edge_bias_um == Amount(0.1, 0.02, "vendor in ours")
    assert made.curve is not None
    assert made.curve.written.tolist() == [0.0, 0.5, 1.0]
    assert made.curve.sigma_um == 0.02


def test_numbers_go_before_the_profile(tmp_path: Path) -> None:
    made = choose_compensation("shrinkage,shrink_z=0.1+-0.01,bias=80 nm ± 5 nm", measured(tmp_path))
    assert (made.shrink_xy.mean, made.shrink_z) == (0.02, Amount(0.1, 0.01, "given"))
    assert made.edge_bias_um == Amount(pytest.approx(0.08), pytest.approx(0.005), "given")
    assert made.curve is None


@pytest.mark.parametrize("text", ["shrink", "bias=1", "shrink_z=lots", "shrink_z=1+-2+-3", "shrink_xy", "=1"])
def test_corrections_that_cannot_be_read(text: str) -> None:
    with pytest.raises(ConfigError):
        choose_compensation(text, load_profile("2pp-63x-ip-dip"))


def test_numbers_that_nobody_has_are_asked_for() -> None:
    with pytest.raises(ConfigError, match="does not say bias"):
        choose_compensation("bias", load_profile("2pp-63x-ip-dip"))
    with pytest.raises(ConfigError, match="No process"):
        choose_compensation("shrinkage")
    with pytest.raises(ConfigError, match="no curve"):
        choose_compensation("curve", load_profile("2pp-63x-ip-dip"))


def test_what_is_left_undone_is_told(tmp_path: Path) -> None:
    assumed, *_ = unused_corrections(load_profile("2pp-63x-ip-dip"))
    assert assumed == "shrink_xy not compensated: 0 ± 0.02 in 2pp-63x-ip-dip is assumed."
    known = unused_corrections(measured(tmp_path))
    assert len(known) == 3
    assert known[2].endswith("is vendor; --compensate bias does it.")


@pytest.mark.parametrize(
    "text", ["", "1\n", "0.5,0.4\n0.4,0.5\n", "1,a\n", "1,2,-1\n", "0,0\n", "1,2,3,4\n", "\0"]
)
def test_curves_that_cannot_be_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "curve.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileFormatError):
        read_height_curve(path)
