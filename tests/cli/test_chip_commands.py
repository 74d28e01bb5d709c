"""mesh, calibrate, and what info and verify say of their files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.runner import Run


@pytest.fixture
def data(folder: Path) -> str:
    """Four kinds of small images in an .npz file."""
    random = np.random.default_rng(0)
    corners = np.zeros((4, 6, 6))
    for label, (y, x) in enumerate([(0, 0), (0, 3), (3, 0), (3, 3)]):
        corners[label, y : y + 3, x : x + 3] = 180
    arrays = {}
    for part, count in (("train", 200), ("test", 50)):
        labels = random.integers(0, 4, count)
        noisy = corners[labels] + random.integers(0, 70, (count, 6, 6))
        arrays |= {f"{part}_images": noisy.astype(np.uint8), f"{part}_labels": labels.astype(np.uint8)}
    np.savez("corners.npz", **arrays)
    return "corners.npz"


def test_a_network_is_made_calibrated_shown_and_proved(run: Run, folder: Path, data: str) -> None:
    made = run("mesh", "--data", data, "--side", "3", "--hidden", "5", "--epochs", "200", "--json")
    assert made.code == 0, made.err
    mesh = json.loads(made.out)
    assert mesh["physical"]["sizes"] == [9, 5, 4]
    assert mesh["scores"]["accuracy"] > 0.7
    assert mesh["active"] == 9 + round(0.15 * (36 + 10 + 10 + 6))
    error = ("--error", "bias_std_rad=0.3")
    answer = run("calibrate", "--queries", "200", "-o", "share=0.5", *error, "--json")
    assert answer.code == 0, answer.err
    record = json.loads(answer.out)
    assert record["design"] == mesh["content_hash"]
    assert record["scores"]["queries"] == 200
    assert record["settings"]["options"] == {"share": 0.5}
    assert record["instrument"]["errors"]["bias_std_rad"] == 0.3
    assert "200/200 queries" in answer.err
    assert json.loads(run("info", "calibration.safetensors", "--json").out) == record
    assert json.loads(run("info", "mesh.safetensors", "--json").out) == mesh
    for file in ("mesh.safetensors", "calibration.safetensors"):
        proved = json.loads(run("verify", file, "--json").out)
        assert proved["ok"]
        assert proved["design"] == mesh["content_hash"]
    assert run("calibrate", "--queries", "200").code == 2, "an existing file is not replaced unasked"
    more = run("calibrate", "--queries", "300", "-o", "share=0.5", *error, "--resume", "--json", "--quiet")
    assert json.loads(more.out)["scores"]["queries"] == 300
    assert more.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--learner", "szo"), "known one"),
        (("-o", "share"), "KEY=VALUE"),
        (("-o", "share=x"), "must be a number"),
        (("-o", "share=7"), "between 0 and 1"),
        (("--error", "gama_std=1"), "gama_std"),
        (("--error", "omega=-1"), "omega"),
        (("--resume",), "does not exist"),
    ],
)
def test_wrong_arguments_are_told_and_nothing_is_written(
    arguments: tuple[str, ...], expected: str, run: Run, folder: Path, data: str
) -> None:
    run("mesh", "--data", data, "--side", "3", "--hidden", "", "--epochs", "1")
    before = sorted(path.name for path in folder.iterdir())
    answer = run("calibrate", *arguments)
    assert answer.code in (2, 3)
    assert expected in answer.err
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_file_that_is_no_mesh_is_refused(run: Run, data: str) -> None:
    Path("mesh.safetensors").write_bytes(b"no container")
    assert run("calibrate").code == 3
    assert run("mesh", "--data", data, "--side", "9", "--overwrite").code == 2
    assert run("mesh", "--data", data, "--hidden", "3,x", "--overwrite").code == 2
