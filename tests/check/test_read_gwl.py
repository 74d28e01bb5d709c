"""GWL jobs read back: levels pixel by pixel, the F the right way up, damage and tricks refused."""

from pathlib import Path

import numpy as np
import pytest

from fabdesign.check import check_files
from fabdesign.check.orientation import AS_DESIGNED, best_match
from fabdesign.check.read_gwl import read_gwl
from fabdesign.errors import FileFormatError
from fabdesign.export import export_design
from tests.export.devices import F_SHAPE, make_design

MUTATIONS = 60


def export(design, folder: Path, **options) -> list[Path]:
    chosen = {"profile": "2pp-63x-ip-dip", "field_um": 1.7, **options}
    return list(export_design(design, folder, "gwl", options=chosen).paths)


def check(paths: list[Path], design):
    """Levels [layer, y, x] and the names of findings beyond those of the thin model."""
    result = check_files(paths, design, resimulate=False)
    levels = np.array([layer.comparison.levels for layer in result.layers])
    return levels, {finding.id for finding in result.findings} - {"model.thin-invalid"}


@pytest.mark.parametrize("hatch", ["x", "y", "alternate"])
def test_every_level_comes_back_and_the_f_stands(tmp_path: Path, hatch: str) -> None:
    design = make_design(F_SHAPE, step_um=0.2)
    [path] = export(design, tmp_path, hatch=hatch)
    read = read_gwl(path, design.pixels, 0.4)
    levels, findings = check([path], design)
    assert findings == set()
    assert (levels[0] == F_SHAPE).all()
    assert (read.slices == 50 + 2 * F_SHAPE.astype(int)).all()
    assert best_match(read.thickness_um, design.height_um(), 0).orientation == AS_DESIGNED


def test_random_layers_of_odd_pitch_come_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    design = make_design(rng.integers(0, 8, (2, 9, 13)), pitch_um=0.333333, step_um=0.1, base_um=0.35)
    levels, findings = check(export(design, tmp_path), design)
    assert findings == set()
    assert (levels == design.levels).all()


def test_a_mirrored_job_is_not_the_design(tmp_path: Path) -> None:
    design, mirrored = make_design(F_SHAPE, step_um=0.2), make_design(F_SHAPE[:, ::-1], step_um=0.2)
    [path] = export(mirrored, tmp_path)
    _, findings = check([path], design)
    assert findings == {"orientation.mirrored", "chain.other-design"}


def test_a_line_left_out_is_found(tmp_path: Path) -> None:
    design = make_design(F_SHAPE, step_um=0.2)
    [path] = export(design, tmp_path)
    block = path.parent / "field-000-000.gwl"
    text = block.read_text()
    block.write_text(text[: text.rindex("Write\n", 0, -6) + 6])
    read = read_gwl(path, design.pixels, 0.4)
    assert "job.partial" in {finding.id for finding in read.findings}


TRICKS = ["include ../other.gwl", "include /etc/passwd", "include design-layer00.gwl", "Jump 3", "ZOffset x"]


@pytest.mark.parametrize("line", TRICKS)
def test_tricks_are_refused(tmp_path: Path, line: str) -> None:
    [path] = export(make_design(F_SHAPE, step_um=0.2), tmp_path)
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(FileFormatError):
        read_gwl(path, (6, 5), 0.4)


def test_damage_gives_a_clear_error_or_is_found_or_is_harmless(tmp_path: Path) -> None:
    design = make_design(F_SHAPE, step_um=0.2)
    [path] = export(design, tmp_path, field_um=10.0)
    rng = np.random.default_rng(0)
    for _ in range(MUTATIONS):
        target = path.parent / str(rng.choice([path.name, "field-000-000.gwl", "base-6x5-x.gwl"]))
        good = target.read_bytes()
        data = bytearray(good)
        if rng.integers(2):
            del data[int(rng.integers(len(data))) :]
        else:
            data[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
        target.write_bytes(bytes(data))
        try:
            levels, findings = check([path], design)
            assert findings or (levels[0] == F_SHAPE).all()
        except FileFormatError:
            pass
        target.write_bytes(good)
