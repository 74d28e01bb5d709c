"""The level tables that profiles give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.process import LevelTable, Profile, level_table, load_profile, printed_index
from fabdesign.process.candidates import read_contrast_curve, subset_sums_um

AIR = 1.00027
IP_DIP_785 = 1.5429
TURN = 2 * np.pi

HEAD = '[profile]\nname = "mine"\nkind = "{kind}"\n'
ASSUMED = 'source = "assumed"'


def profile_of(folder: Path, kind: str, body: str) -> Profile:
    path = folder / "mine.toml"
    path.write_text(HEAD.format(kind=kind) + body, encoding="utf-8")
    return load_profile(path)


def table_of(profile: Profile, levels: int, **options: float) -> LevelTable:
    settings = {"wavelength_um": 0.785, "medium_index": AIR, "material_index": IP_DIP_785, **options}
    return level_table(profile, levels=levels, **settings)


def test_ip_dip_at_785_nm_in_slices_of_100_nm() -> None:
    table = table_of(load_profile("2pp-63x-ip-dip"), 8)
    assert table.height_um.tolist() == [0.0, 0.2, 0.4, 0.5, 0.7, 0.9, 1.1, 1.3]
    assert table.phase_rad[1] == pytest.approx(TURN * 0.2 * (IP_DIP_785 - AIR) / 0.785, rel=1e-12)
    assert table.closed
    # six steps of 0.2 or 0.1446 um among 15 slices cannot be even: gaps 2 2 1 2 2 2 2 and 1.466 slices
    gaps = np.array([2, 2, 1, 2, 2, 2, 2, table.full_turn_um / 0.1 - 13]) * 0.1 / table.full_turn_um * TURN
    assert table.rms_rounding_rad == pytest.approx(np.sqrt(np.sum(gaps**3) / (24 * np.pi)), rel=1e-9)


def test_a_slice_of_119_nm_serves_532_nm_and_one_of_200_does_not(tmp_path: Path) -> None:
    """Eight levels of IP-Dip at 532 nm are 119 nm apart: 200 nm slices leave five."""
    options = {"wavelength_um": 0.532, "material_index": 1.5575}
    fine = profile_of(tmp_path, "2pp", f"[axial]\nslice_um = {{ value = 0.1192, {ASSUMED} }}\n")
    table = table_of(fine, 8, **options)
    assert np.diff(table.height_um) == pytest.approx(np.full(7, 0.1192), abs=1e-9)
    assert table.rms_rounding_rad == pytest.approx(0.2267, abs=2e-4)
    coarse = profile_of(tmp_path, "2pp", f"[axial]\nslice_um = {{ value = 0.2, {ASSUMED} }}\n")
    with pytest.raises(
        ConfigError, match=r"makes 5 different levels below 955 nm .*0\.2 um slice.*= 8"
    ) as caught:
        table_of(coarse, 8, **options)
    assert "at most 5 levels" in (caught.value.hint or "")
    assert "axial.slice_um in the profile (0.1193 um gives even levels)" in (caught.value.hint or "")


def test_a_taller_relief_offers_more_levels(tmp_path: Path) -> None:
    """At two turns, slices of 0.5 um give 0, 0.5, 1.0, and 1.5 … 2.5 a turn further on."""
    profile = profile_of(tmp_path, "2pp", f"[axial]\nslice_um = {{ value = 0.5, {ASSUMED} }}\n")
    with pytest.raises(ConfigError, match="makes 3 different levels"):
        table_of(profile, 4)
    table = table_of(profile, 4, max_turns=2)
    assert table.phase_rad.max() > TURN
    assert table.n == 4
    assert table.gap_rad.sum() == pytest.approx(TURN)


def test_a_height_limit_counts_the_limit_in(tmp_path: Path) -> None:
    body = f"[axial]\nslice_um = {{ value = 0.1, {ASSUMED} }}\nheight_max_um = {{ value = 0.7, {ASSUMED} }}\n"
    table = table_of(profile_of(tmp_path, "2pp", body), 8)
    assert table.height_um[-1] == 0.7
    assert not table.closed


@given(st.floats(0.405, 1.55), st.integers(2, 10), st.floats(0.01, 0.09))
@settings(max_examples=60, deadline=None)
def test_levels_are_multiples_of_the_slice_below_one_turn(
    wavelength_um: float, n: int, slice_um: float
) -> None:
    shipped = load_profile("2pp-63x-ip-dip")
    marked = shipped.axial.slice_um.model_copy(update={"value": slice_um})
    profile = shipped.model_copy(update={"axial": shipped.axial.model_copy(update={"slice_um": marked})})
    index = printed_index(profile, wavelength_um).index
    if wavelength_um / (index - AIR) / slice_um < n:
        return
    table = table_of(profile, n, wavelength_um=wavelength_um, material_index=index)
    slices = table.height_um / slice_um
    assert table.height_um[0] == 0
    assert slices == pytest.approx(np.rint(slices), abs=1e-4)
    assert table.height_um[-1] < table.full_turn_um
    even = TURN / (n * 12**0.5)
    slack = TURN * slice_um / table.full_turn_um
    assert even * (1 - 1e-9) <= table.rms_rounding_rad <= even + slack


@pytest.mark.parametrize("n", [2, 4, 8, 16])
def test_free_etch_depths_give_even_levels(n: int) -> None:
    profile = load_profile("binary-optics-fused-silica")
    table = table_of(profile, n, material_index=1.4536)
    even_um = table.full_turn_um / n
    assert table.mask_depth_um is not None
    masks = len(table.mask_depth_um)
    assert 2**masks == n
    assert table.mask_depth_um == pytest.approx(even_um * 2.0 ** np.arange(masks), abs=5.1e-4)
    assert table.height_um == pytest.approx(even_um * np.arange(n), abs=5.1e-4 * masks)


def test_six_etched_levels_are_even_too() -> None:
    table = table_of(load_profile("binary-optics-fused-silica"), 6, material_index=1.4536)
    assert table.height_um == pytest.approx(table.full_turn_um / 6 * np.arange(6), abs=1.6e-3)


@pytest.mark.parametrize("n", [2, 3, 5, 6, 7, 8, 11, 16])
def test_every_etched_level_is_a_sum_of_mask_depths(n: int) -> None:
    table = table_of(load_profile("binary-optics-fused-silica"), n, material_index=1.4536)
    assert table.mask_depth_um is not None
    assert set(table.etch_depth_um) <= set(subset_sums_um(table.mask_depth_um))
    assert table.etch_depth_um[-1] == 0


ETCHES = """
[mask]
depths = "fixed"
etch = [
  { bit = 1, depth_nm = { value = 250, source = "measured" } },
  { bit = 0, depth_nm = { value = 100, source = "measured" } },
  { bit = 2, depth_nm = { value = 730, source = "measured" } },
]
"""


def test_given_etch_depths_are_all_there_is(tmp_path: Path) -> None:
    """Sums 0 100 250 350 730 830 980 1080: the top level is the unetched one, so depths count from it."""
    profile = profile_of(tmp_path, "binary-etch", ETCHES)
    table = table_of(profile, 8, material_index=1.5)
    assert table.mask_depth_um.tolist() == [0.1, 0.25, 0.73]  # type: ignore[union-attr]
    assert table.etch_depth_um.tolist() == [1.08, 0.98, 0.83, 0.73, 0.35, 0.25, 0.1, 0.0]
    fewer = table_of(profile, 5, material_index=1.5)
    assert set(fewer.etch_depth_um) <= set(table.etch_depth_um)
    with pytest.raises(ConfigError, match="makes 8 different levels"):
        table_of(profile, 9, material_index=1.5)


def test_more_levels_than_the_masks_make() -> None:
    with pytest.raises(ConfigError, match="takes 4 masks, which make 16 levels; got 32"):
        table_of(load_profile("binary-optics-fused-silica"), 32, material_index=1.4536)


@pytest.mark.parametrize(
    ("name", "step_um"), [("2gl-grayscale", 1.45 / 65535), ("dwl-grayscale", 1.45 / 255)]
)
def test_grey_processes_come_near_even_levels(name: str, step_um: float) -> None:
    table = table_of(load_profile(name), 8)
    assert table.height_um == pytest.approx(table.full_turn_um / 8 * np.arange(8), abs=4 * step_um)
    assert table.rms_rounding_rad == pytest.approx(0.2267, abs=3e-4)


def test_a_contrast_curve_gives_its_own_heights(tmp_path: Path) -> None:
    (tmp_path / "curve.csv").write_text(
        "grey,height_um\n0,2.5\n64,2.2\n128,1.7\n192,1.5\n255,1.2\n", encoding="utf-8"
    )
    profile = profile_of(tmp_path, "grayscale-laser", '[dose]\ncurve_csv = "curve.csv"\n')
    table = table_of(profile, 4)
    assert table.rule == "grey curve"
    assert set(table.height_um) <= {0.0, 0.3, 0.5, 1.0, 1.3}
    assert table_of(profile, 5).height_um.tolist() == [0.0, 0.3, 0.5, 1.0, 1.3]


@pytest.mark.parametrize(
    "text", ["", "grey,height\n0,1\n", "0,1\n1,2\n2,1.5\n", "0,1\n0,2\n", "0,1,2\n1,2,3\n", "0,x\n1,2\n"]
)
def test_a_contrast_curve_that_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "curve.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileFormatError, match=r"curve\.csv must"):
        read_contrast_curve(path)


def test_a_missing_contrast_curve(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="must hold"):
        read_contrast_curve(tmp_path / "none.csv")


def test_a_curve_may_have_comments_and_a_title(tmp_path: Path) -> None:
    path = tmp_path / "curve.csv"
    path.write_text("# ma-P 1200G\ngrey,height_um\n10,0.5\n0,0.1\n", encoding="utf-8")
    grey, height = read_contrast_curve(path)
    assert (grey.tolist(), height.tolist()) == ([0.0, 10.0], [0.1, 0.5])


def test_the_ideal_process_makes_any_height() -> None:
    table = table_of(load_profile("ideal"), 16)
    assert table.rule == "ideal"
    assert table.phase_rad == pytest.approx(TURN * np.arange(16) / 16, abs=3e-6)


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("2pp", "", r"mine must have axial\.slice_um"),
        ("2gl", "[dose]\n", r"mine must have dose\.bits"),
        ("binary-etch", "[mask]\n", r"mine must have mask\.depth_step_nm"),
        ("ebeam", "", r"needs a \[mask\] or \[dose\] table"),
    ],
)
def test_a_profile_without_the_number_its_rule_needs(
    tmp_path: Path, kind: str, body: str, words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        table_of(profile_of(tmp_path, kind, body), 4)


@pytest.mark.parametrize(("levels", "max_turns"), [(1, 1), (257, 1), (8, 0)])
def test_numbers_out_of_range(levels: int, max_turns: int) -> None:
    with pytest.raises(ConfigError, match=r"process\.(levels|max_turns) must be"):
        table_of(load_profile("ideal"), levels, max_turns=max_turns)


def test_an_index_of_ones_own_wins() -> None:
    profile = load_profile("2pp-63x-ip-dip")
    assert printed_index(profile, 0.785, index=1.55).index == 1.55
    assert printed_index(profile, 0.785, material="su-8-3000").name == "su-8-3000"
    assert printed_index(profile, 0.785).name == "ip-dip"


@pytest.mark.parametrize("name", ["2pp-25x-ip-s", "2gl-grayscale", "dwl-grayscale"])
def test_a_resin_without_an_index_gives_no_table_until_one_is_given(name: str) -> None:
    profile = load_profile(name)
    with pytest.raises(ConfigError, match=f"process {name} has no index of its material") as caught:
        printed_index(profile, 0.785)
    assert "--index" in (caught.value.hint or "")
    assert printed_index(profile, 0.785, index=1.505).source == "given by the user"


def test_a_wavelength_outside_the_material_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"400 nm to 1\.6 um; got 300 um"):
        printed_index(load_profile("2pp-63x-ip-dip"), 300.0)
