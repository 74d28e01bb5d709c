"""Mesh files: bytes that come back, that are proved, and that refuse to be altered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabdesign.check import verify_path
from fabdesign.chip import (
    Checked,
    Plan,
    design_mesh,
    load_calibration,
    load_mesh,
    save_calibration,
    save_mesh,
)
from fabdesign.chip.calibration import Calibrated
from fabdesign.chip.progress import State
from fabdesign.chip.store import load_hashed, save_hashed
from fabdesign.errors import FileFormatError
from tests.chip.networks import small_design


def calibrated(count: int) -> Calibrated:
    state = State(np.full(count, 1.5), np.full(count, 1.25), steps=3, queries=70, checks=20)
    state.history = [Checked(0, 0.5, 0.9, 30.0), Checked(70, 0.8, 0.4, 29.0)]
    return Calibrated(state.best_rad, state.phase_rad, state, timeouts=0)


def test_a_mesh_design_comes_back_and_equal_designs_give_equal_bytes(tmp_path: Path) -> None:
    design = small_design(mesh="clements")
    one, two = tmp_path / "one.safetensors", tmp_path / "two.safetensors"
    save_mesh(design, one)
    save_mesh(small_design(mesh="clements"), two)
    assert one.read_bytes() == two.read_bytes()
    back = load_mesh(one)
    assert back.content_hash == design.content_hash
    assert back.physical == design.physical
    assert np.array_equal(back.phase_rad, design.phase_rad)
    assert np.array_equal(back.active, design.active)
    assert all(np.array_equal(a, b) for a, b in zip(back.weights(), design.weights(), strict=True))


def test_a_calibration_comes_back_and_is_proved_with_its_design(tmp_path: Path) -> None:
    design = small_design()
    path, mesh = tmp_path / "calibration.safetensors", tmp_path / "mesh.safetensors"
    result = calibrated(int(design.active.sum()))
    plan = Plan(options={"pruning": 1.0})
    save_calibration(result, design, plan, path, instrument={"kind": "simulated"}, scores={"x": 1})
    back = load_calibration(path)
    assert np.array_equal(back.best_rad, result.best_rad)
    assert back.design_hash == design.content_hash
    assert back.scores["best"]["accuracy"] == 0.8
    assert back.settings["options"] == {"pruning": 1.0}
    assert "not beside it" in verify_path(path).proved[-1]
    save_mesh(design, mesh)
    proof = verify_path(path)
    assert proof.ok
    assert "one phase for each heater" in proof.proved[-1]
    assert verify_path(mesh).kind == "mesh"
    save_mesh(small_design(share=0.9), mesh)
    wrong = verify_path(path, mesh)
    assert [finding.id for finding in wrong.findings] == ["chain.other-design"]
    assert not wrong.ok


@settings(max_examples=40)
@given(place=st.integers(0, 10_000), change=st.integers(1, 255), cut=st.booleans())
def test_damaged_files_are_refused_and_never_crash(
    tmp_path_factory: pytest.TempPathFactory, place: int, change: int, cut: bool
) -> None:
    folder = tmp_path_factory.getbasetemp()
    path, damaged = folder / "good.safetensors", folder / "bad.safetensors"
    if not path.exists():
        save_mesh(design_mesh([np.eye(3)[:2]]), path)
    data = bytearray(path.read_bytes())
    place %= len(data)
    if cut:
        data = data[:place]
    else:
        data[place] ^= change
    damaged.write_bytes(data)
    with pytest.raises(FileFormatError):
        load_mesh(damaged)


def test_wrong_kinds_versions_and_records_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    design = small_design()
    save_mesh(design, path)
    with pytest.raises(FileFormatError, match="holds a mesh, not a calibration"):
        load_calibration(path)
    physical = design.physical.to_json()
    record = {"physical": physical, "settings": {}, "scores": {}, "provenance": {}}
    save_hashed(path, "mesh", design.arrays(), {**record, "format": "1.7"})
    with pytest.raises(FileFormatError, match=r"format 1\.7"):
        load_mesh(path)
    save_hashed(path, "mesh", {**design.arrays(), "sign": design.sign * 0}, record)
    with pytest.raises(FileFormatError, match="not a valid mesh design"):
        load_mesh(path)
    save_hashed(path, "mesh", design.arrays(), {**record, "physical": {**physical, "sizes": [9**9, 4]}})
    with pytest.raises(FileFormatError, match=r"physical\.sizes"):
        load_mesh(path)
    save_hashed(path, "mesh", {"sign": design.sign}, record)
    with pytest.raises(FileFormatError, match="phase_rad"):
        load_mesh(path)
    assert load_hashed(path, "mesh")[1]["physical"] == physical
