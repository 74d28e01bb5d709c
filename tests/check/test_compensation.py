"""A compensated file is the design again once its record is undone; a wrong record or file is named."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fabdesign.check import check_files
from fabdesign.check.compensation import find_record
from fabdesign.design import Slab, save_design
from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.export import export_design
from fabdesign.process import load_profile
from fabdesign.relief.compensation import Amount, Compensation
from fabdesign.relief.height_curve import HeightCurve
from tests.check.devices import make_design

SHRINK = Compensation(shrink_xy=Amount(0.0625, 0.01, "measured"), shrink_z=Amount(0.04, 0.02, "measured"))
CURVE = Compensation(curve=HeightCurve(np.array([0, 0.3, 2.0]), np.array([0, 0.2, 1.8]), 0.01, "ours.csv"))
BIAS = Compensation(edge_bias_um=Amount(0.2, 0.05, "vendor"))
GROW = Compensation(edge_bias_um=Amount(-0.3))
ALL = replace(SHRINK, edge_bias_um=Amount(0.24), curve=CURVE.curve)


def design_of():
    design = make_design(3, layers=2, pixels=(7, 6), levels=8)
    return replace(design, height_of_level_um=np.tile(np.round(np.arange(8) * 0.2, 6), (2, 1)))


def exported(folder: Path, format_name: str, compensation: Compensation, **more) -> list[Path]:
    design = design_of()
    save_design(design, folder / "design.safetensors")
    result = export_design(design, folder, format_name, compensation=compensation, **more)
    return [path for path in result.paths if path.suffix not in (".csv", ".lyp")]


@pytest.mark.parametrize(
    "compensation", [SHRINK, CURVE, BIAS, GROW, ALL], ids=["shrink", "curve", "bias", "grow", "all"]
)
def test_solids_come_back(tmp_path: Path, compensation: Compensation) -> None:
    result = check_files(exported(tmp_path, "stl", compensation), resimulate=False)
    assert result.levels_identical
    assert {finding.id for finding in result.findings} == {"compensation.undone"}
    for layer in result.layers:
        assert layer.comparison.largest_deviation_um < 1e-5
        assert layer.read.pixel_um == pytest.approx((1.5, 1.5), rel=1e-5)


@pytest.mark.parametrize("compensation", [BIAS, GROW], ids=["bias", "grow"])
@pytest.mark.parametrize("merged", [False, True])
def test_masks_come_back(tmp_path: Path, compensation: Compensation, merged: bool) -> None:
    pytest.importorskip("klayout.db")
    profile = load_profile("binary-optics-fused-silica")
    files = exported(tmp_path, "gds", compensation, profile=profile, options={"merged": merged})
    result = check_files(files, resimulate=False)
    assert result.levels_identical
    assert {finding.id for finding in result.findings} == {"compensation.undone"}


def test_jobs_and_images_come_back(tmp_path: Path) -> None:
    for format_name in ("gwl", "png16"):
        folder = tmp_path / format_name
        folder.mkdir()
        files = exported(folder, format_name, SHRINK, profile=load_profile("2pp-63x-ip-dip"))
        pictures = [path for path in files if path.suffix in (".gwl", ".png")]
        result = check_files(pictures, resimulate=False)
        assert result.levels_identical, format_name
        assert "compensation.undone" in {finding.id for finding in result.findings}


def test_the_uncertainty_is_told(tmp_path: Path) -> None:
    result = check_files(exported(tmp_path, "stl", SHRINK), resimulate=False)
    message = result.findings[0].message
    assert "shrink_z 0.04 ± 0.02, measured" in message
    assert "29.2 nm" in message  # 1400 nm · 0.02 / 0.96
    assert "0.13 rad" in message  # 2π · 29.2 nm · 0.5429 / 785 nm


def rewritten(folder: Path, **changes) -> None:
    [path] = folder.glob("*-compensation.json")
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(record | changes), encoding="utf-8")


def test_a_wrong_compensation_is_named(tmp_path: Path) -> None:
    """Shrinkage of 6.25 % was made good; the record is changed to say 4 %."""
    files = exported(tmp_path, "stl", SHRINK)
    rewritten(tmp_path, pitch_um={"designed": 1.5, "written": 1.5625})
    result = check_files(files, resimulate=False)
    wrong = next(finding for finding in result.findings if finding.id == "compensation.wrong")
    assert "compensated for 6.25" in wrong.message
    assert "record says 4.0000%" in wrong.message
    assert not result.ok


def test_a_missing_or_foreign_record_is_named(tmp_path: Path) -> None:
    files = exported(tmp_path, "stl", SHRINK)
    rewritten(tmp_path, tag="00000000")
    assert "compensation.other" in {f.id for f in check_files(files, resimulate=False).findings}
    for path in tmp_path.glob("*-compensation.json"):
        path.unlink()
    found = {finding.id for finding in check_files(files, resimulate=False).findings}
    assert "compensation.missing" in found
    assert not check_files(files, resimulate=False).ok


def test_a_record_of_another_design_is_refused(tmp_path: Path) -> None:
    files = exported(tmp_path, "stl", SHRINK)
    rewritten(tmp_path, height_of_level_um={"designed": [[0.0, 1.0]] * 2, "written": [[0.0, 1.1]] * 2})
    with pytest.raises(FileFormatError, match="other heights"):
        check_files(files, resimulate=False)


def test_damaged_records_are_refused(tmp_path: Path) -> None:
    files = exported(tmp_path, "stl", SHRINK)
    [path] = tmp_path.glob("*-compensation.json")
    whole = path.read_bytes()
    assert find_record(files[0]) is not None
    rng = np.random.default_rng(5)
    for _ in range(60):
        data = bytearray(whole[: int(rng.integers(1, len(whole) + 1))])
        for at in rng.integers(0, len(data), 3).tolist():
            data[at] = int(rng.integers(0, 256))
        path.write_bytes(bytes(data))
        try:
            check_files(files[:1], resimulate=False)
        except FileFormatError:
            continue


ON_GLASS = Slab(what="substrate", thickness_um=20.0, index=1.4536)


@pytest.mark.parametrize("format_name", ["stl", "3mf", "nano"])
@pytest.mark.parametrize("kind", ["stack", "plates"])
def test_layers_put_together_come_back(tmp_path: Path, kind: str, format_name: str) -> None:
    design = design_of()
    if kind == "plates":
        gap, base = design.physical.spaces[0]
        spaces = (*[(gap, ON_GLASS, base)] * 2, (gap,))
        design = replace(design, physical=design.physical.model_copy(update={"spaces": spaces}))
    options = {"assembly": kind, **({"profile": "2pp-25x-ip-s"} if format_name == "nano" else {})}
    both = replace(SHRINK, curve=None if format_name == "nano" else CURVE.curve)
    result = export_design(design, tmp_path, format_name, compensation=both, options=options)
    checked = check_files(result.paths, design, resimulate=False)
    assert {finding.id for finding in checked.findings} == {"compensation.undone"}
    assert checked.levels_identical
    assert all(layer.comparison.largest_deviation_um < 1e-4 for layer in checked.layers)
    (tmp_path / result.report["compensation"]["file"]).unlink()
    with pytest.raises(FileFormatError, match="whose record is not beside it"):
        check_files(result.paths, design, resimulate=False)


def test_a_stack_shrinks_to_the_distances_of_the_design(tmp_path: Path) -> None:
    options = {"assembly": "stack", "post_um": 9}
    plain = export_design(design_of(), tmp_path / "a", "stl", options=options).report["geometry"]
    made = export_design(design_of(), tmp_path / "b", "stl", options=options, compensation=SHRINK)
    written = made.report["geometry"]
    for name in ("base_bottom_um", "modulation_plane_um", "post_height_um"):
        np.testing.assert_allclose(np.array(written[name]) * 0.96, plain[name], atol=1e-5)
    across = (1 - 0.0625, 1 - 0.0625, 0.96)
    np.testing.assert_allclose(np.array(written["size_um"]) * across, plain["size_um"], rtol=1e-6)
    behind_um = written["detector_plane_um"] - written["modulation_plane_um"][-1]
    assert behind_um == pytest.approx(plain["detector_plane_um"] - plain["modulation_plane_um"][-1])


def test_records_of_layers_and_of_a_stack_lie_side_by_side(tmp_path: Path) -> None:
    files = exported(tmp_path, "stl", SHRINK)
    files += exported(tmp_path, "stl", SHRINK, options={"assembly": "stack"})
    assert len(list(tmp_path.glob("*-compensation.json"))) == 2
    result = check_files(files, resimulate=False)
    assert result.levels_identical
    assert {finding.id for finding in result.findings} == {"compensation.undone"}


def test_moved_walls_are_refused_where_layers_are_put_together(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="posts would no longer fit"):
        exported(tmp_path, "stl", BIAS, options={"assembly": "stack"})


@pytest.mark.parametrize("mean", [0.7, "much", None])
def test_a_record_with_an_impossible_shrinkage_is_refused(tmp_path: Path, mean: object) -> None:
    [file] = exported(tmp_path, "stl", SHRINK, options={"assembly": "stack"})
    record = next(tmp_path.glob("*-compensation.json"))
    told = json.loads(record.read_text(encoding="utf-8"))
    told["corrections"]["shrink_z"] = {"mean": mean, "sigma": None, "source": ""}
    record.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(FileFormatError, match="shrinkage"):
        check_files([file], resimulate=False)
