"""The shipped materials have the published indices; files and refusals."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.materials import list_materials, load_material

MINE = """
name = "mine"
title = "My resin"
state = "cured"
mark = "measured"
source = "ellipsometry"
[dispersion]
formula = "tabulated"
range_um = [0.5, 0.9]
coefficients = { wavelength_um = [0.5, 0.7, 0.9], n = [1.52, 1.51, 1.505] }
"""


@pytest.mark.parametrize(
    ("wavelength_nm", "index", "full_turn_nm"),
    [
        (405, 1.5810, 697),
        (532, 1.5575, 954),
        (633, 1.5494, 1152),
        (785, 1.5429, 1446),
        (850, 1.5411, 1571),
        (1064, 1.5371, 1981),
        (1550, 1.5322, 2913),
    ],
)
def test_ip_dip_has_the_index_of_schmid_2019(wavelength_nm: int, index: float, full_turn_nm: int) -> None:
    found = load_material("ip-dip").index(wavelength_nm / 1000)
    assert found == pytest.approx(index, abs=5e-5)
    assert wavelength_nm / (found - 1) == pytest.approx(full_turn_nm, abs=0.5)


@pytest.mark.parametrize(
    ("name", "wavelength_um", "index", "within"),
    [
        ("fused-silica", 0.5875618, 1.45846, 6e-6),  # Malitson 1965, helium d line
        ("fused-silica", 1.55, 1.44402, 6e-6),
        ("air", 0.5893, 1.000277, 5e-7),  # standard air at the sodium line
        ("water", 0.5893, 1.33299 * 1.000277, 2e-5),  # 1.33299 against air, 20 °C
        ("pmma-sultanova", 0.5876, (1 + 1.1819 / (1 - 0.011313 / 0.5876**2)) ** 0.5, 1e-12),
        ("su-8-2000", 0.5, 1.566 + 0.00796 / 0.25 + 0.00014 / 0.0625, 1e-12),
        ("su-8-3000", 0.5, 1.5525 + 0.00629 / 0.25 + 0.0004 / 0.0625, 1e-12),
        ("epocore", 0.5, 1.572 + 0.0076 / 0.25 + 0.00046 / 0.0625, 1e-12),
        ("pmma-950", 0.5, 1.488 + 0.002898 / 0.25 + 0.0001579 / 0.0625, 1e-12),
        ("vacuum", 300.0, 1.0, 0.0),
    ],
)
def test_materials_have_the_published_index(
    name: str, wavelength_um: float, index: float, within: float
) -> None:
    assert load_material(name).index(wavelength_um) == pytest.approx(index, abs=within)


@pytest.mark.parametrize("material", list_materials(), ids=lambda material: material.name)
def test_every_material_falls_with_wavelength_and_says_where_it_comes_from(material) -> None:
    assert load_material(material.name) is material
    assert material.state
    assert len(material.source) > 10
    low, high = material.range_um
    shown = [material.index(low + (high - low) * k / 50) for k in range(51)]
    assert all(earlier >= later >= 1 for earlier, later in pairwise(shown))
    assert shown[0] == material.index(low)


@pytest.mark.parametrize("wavelength_um", [300.0, 0.3999, 1.6001, float("nan")])
def test_an_index_is_never_extrapolated(wavelength_um: float) -> None:
    with pytest.raises(ConfigError, match=r"ip-dip has a known index from 400 nm to 1\.6 um; got"):
        load_material("ip-dip").index(wavelength_um)


def test_an_unknown_name_gets_a_suggestion() -> None:
    with pytest.raises(ConfigError, match='did you mean "ip-dip"'):
        load_material("ip-dib")


@pytest.mark.parametrize("name", ["ip-s", "IP-Visio", "ormocomp"])
def test_a_resin_without_a_readable_source_is_not_shipped(name: str) -> None:
    with pytest.raises(ConfigError, match=r"no index of .* is shipped") as caught:
        load_material(name)
    assert "measured index" in (caught.value.hint or "")
    assert ".toml" not in caught.value.message


def test_names_forgive_their_case() -> None:
    assert load_material("IP-Dip") is load_material("ip-dip")


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MINE, encoding="utf-8")
    material = load_material(path)
    assert material.index(0.7) == pytest.approx(1.51)
    assert material.mark == "measured"
    with pytest.raises(ConfigError, match="500 nm to 900 nm"):
        material.index(0.95)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("state =", "sate =", ['unknown key sate; did you mean "state"']),
        ('mark = "measured"', 'mark = "guessed"', ["mark", "measured"]),
        (
            "range_um = [0.5, 0.9]",
            "range_um = [0.9, 0.5]",
            ["dispersion.range_um must be [shortest, longest]"],
        ),
        ("range_um = [0.5, 0.9]", "range_um = [0.5, 1.9]", ["dispersion.range_um must lie within"]),
        ("range_um = [0.5, 0.9]", "range_um = [-0.5, 0.9]", ["range_um"]),
        ('formula = "tabulated"', 'formula = "guess"', ["formula", "tabulated"]),
        (
            'formula = "tabulated"',
            'formula = "cauchy"',
            ["dispersion.coefficients must be A for the formula cauchy"],
        ),
        ("n = [1.52, 1.51, 1.505]", "n = [1.52, 1.51]", ["as many wavelength_um as n"]),
        ("n = [1.52, 1.51, 1.505]", "n = [1.52, nan, 1.505]", ["finite"]),
        ('source = "ellipsometry"', "", ["source"]),
    ],
)
def test_a_wrong_file_is_named_with_key_and_need(
    tmp_path: Path, old: str, new: str, words: list[str]
) -> None:
    path = tmp_path / "mine.toml"
    assert old in MINE
    path.write_text(MINE.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_material(path)
    for word in [str(path), *words]:
        assert word in caught.value.message


def test_a_file_that_is_missing_or_no_toml(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="readable"):
        load_material(tmp_path / "none.toml")
    path = tmp_path / "bad.toml"
    path.write_text("name =", encoding="utf-8")
    with pytest.raises(FileFormatError, match="must be TOML"):
        load_material(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileFormatError, match="readable"):
        load_material(path)
