"""Profiles: every number has a source, every wrong key is named, files of one's own are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.process import list_profiles, load_profile, profile_text

NAMES = [
    "2gl-grayscale",
    "2pp-25x-ip-s",
    "2pp-63x-ip-dip",
    "binary-optics-fused-silica",
    "dwl-grayscale",
    "dwl66-binary",
    "ebeam-fused-silica",
    "ideal",
    "mask-shop",
    "mla150-binary",
    "mla150-grayscale",
    "soi-220-heaters",
]

EVERYTHING = """
[profile]
name = "everything"
version = "3"
kind = "2pp"
[machine]
vendor = "V"
accepts = ["stl"]
[material]
resin = "R"
n_sigma = { value = 0.002, source = "measured: 2026-01-07" }
shrink_z = { mean = { value = 0.01, source = "measured" }, sigma = { value = 0.002, source = "measured" } }
[material.dispersion]
formula = "cauchy"
range_um = [0.5, 0.9]
coefficients = { A = [1.5, 0.005] }
[lateral]
edge_bias_um = { mean = { value = -0.05, source = "measured" } }
[axial]
slice_um = { value = 0.1, source = "vendor: preset A" }
height_sigma_nm.global = { value = 5, source = "assumed" }
height_sigma_nm.correlation_um = { value = 2, source = "assumed" }
[field]
shape = "square"
stitch_sigma_um = { xy = { value = 0.1, source = "assumed" } }
[layers.plates]
sigma_um = { dz = { value = 1, source = "literature: 10.1000/xyz" } }
rot_mrad = { value = 0.5, source = "assumed" }
[mask]
depths = "fixed"
[[mask.etch]]
bit = 0
depth_nm = { value = 400, source = "measured" }
overlay_sigma_um = { value = 0.3, source = "assumed" }
[setup]
wavelength_sigma_nm = { value = 1, source = "measured" }
[limits]
max_vertices = { value = 4000, source = "vendor" }
forbidden_names = ["main"]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "everything.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_built_in_profiles() -> None:
    assert [profile.name for profile in list_profiles()] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_built_in_profile_is_named_as_its_file_and_marks_every_number(name: str) -> None:
    profile = load_profile(name)
    assert profile.name == name
    assert profile.header.summary
    for key, number in profile.numbers().items():
        assert number.mark in {"measured", "vendor", "literature", "assumed"}, key
        assert number.mark != "literature" or number.citation, key
        assert number.mark != "measured", f"{key}: nobody measured anything for a built-in profile"


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_listed_with_the_assumed_ones_first(name: str) -> None:
    marks = [number.mark for _, number in load_profile(name).marked_numbers()]
    assumed = marks.count("assumed")
    assert assumed > 0
    assert set(marks[:assumed]) == {"assumed"}


def test_the_text_of_a_profile_is_a_profile(tmp_path: Path) -> None:
    path = written(tmp_path, profile_text("2PP-63x-ip-dip"))
    assert load_profile(path) == load_profile("2pp-63x-ip-dip")


def test_a_file_may_use_every_table(tmp_path: Path) -> None:
    profile = load_profile(written(tmp_path, EVERYTHING))
    numbers = profile.numbers()
    assert numbers["axial.height_sigma_nm.global"].value == 5
    assert numbers["layers.plates.sigma_um.dz"].citation == "10.1000/xyz"
    assert numbers["mask.etch[0].overlay_sigma_um"].value == 0.3
    assert numbers["material.n_sigma"].source == "measured: 2026-01-07"
    assert len(numbers) == 14
    assert profile.printed_material().index(0.5) == pytest.approx(1.52)
    assert profile.base_um is None


def test_a_material_file_lies_beside_its_profile(tmp_path: Path) -> None:
    (tmp_path / "resin.toml").write_text(
        'name = "resin"\ntitle = "R"\nstate = "cured"\nmark = "measured"\nsource = "me"\n'
        '[dispersion]\nformula = "constant"\nrange_um = [0.5, 0.9]\ncoefficients = { n = [1.51] }\n',
        encoding="utf-8",
    )
    path = written(tmp_path, '[profile]\nname = "p"\nkind = "2pp"\n[material]\nname = "resin.toml"\n')
    assert load_profile(path).printed_material().index(0.785) == 1.51


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("slice_um", "slize_um", ['unknown key axial.slize_um; did you mean "slice_um"']),
        ("[setup]", "[setpu]", ["setpu", '"setup"']),
        (
            'source = "vendor: preset A"',
            'source = "hearsay"',
            ["axial.slice_um.source", "measured, vendor, literature or assumed"],
        ),
        ('source = "vendor: preset A"', 'source = "literature"', ["axial.slice_um.source", "publication"]),
        ('slice_um = { value = 0.1, source = "vendor: preset A" }', "slice_um = 0.1", ["axial.slice_um"]),
        (
            'value = 0.1, source = "vendor',
            'value = -0.1, source = "vendor',
            ["axial.slice_um", "value must be greater than 0; got -0.1"],
        ),
        (
            'value = 0.1, source = "vendor',
            'value = nan, source = "vendor',
            ["axial.slice_um.value", "finite"],
        ),
        ("value = 4000", 'value = "4000"', ["limits.max_vertices.value must be a whole number"]),
        ("value = 4000", "value = 4000.5", ["limits.max_vertices", "whole number"]),
        ('kind = "2pp"', 'kind = "3pp"', ["profile.kind"]),
        ('shape = "square"', 'shape = "round"', ["field.shape"]),
        ("bit = 0", "bit = 1", ["mask", "bits of its etches 0, 1, 2"]),
        ('depths = "fixed"', 'depths = "free"', ["mask", "fixed"]),
        ('name = "everything"', "", ["profile.name"]),
        ("A = [1.5, 0.005]", "B = [1.5, 0.005]", ["material.dispersion", "must be A for the formula cauchy"]),
    ],
)
def test_a_wrong_profile_is_named_with_key_and_need(
    tmp_path: Path, old: str, new: str, words: list[str]
) -> None:
    assert old in EVERYTHING
    path = written(tmp_path, EVERYTHING.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        load_profile(path)
    for word in [str(path), *words]:
        assert word in caught.value.message


def test_an_unknown_profile_gets_a_suggestion() -> None:
    with pytest.raises(ConfigError, match='did you mean "2pp-63x-ip-dip"'):
        load_profile("2pp-63x-ipdip")


def test_a_profile_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="readable"):
        load_profile(tmp_path / "none.toml")


def test_profiles_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_profile("ideal").header.name = "other"
