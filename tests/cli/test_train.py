"""From a project to files that were read back, by commands alone, on a device small enough for a test."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from fabdesign.design import load_design
from tests.cli.runner import Run, child_environment

SMALL = {
    "optics.pixels": "24",
    "optics.layers": "2",
    "optics.gap": "30um",
    "optics.input_gap": "30um",
    "optics.detector_gap": "30um",
    "task.object_pixels": "8",
    "task.detector_size": "4um",
    "task.detector_pitch": "7um",
    "task.dataset": "digits.npz",
    "train.epochs": "2",
    "train.batch": "20",
    "train.threads": "1",
}


def small(**changes: str) -> list[str]:
    """Arguments that make the built-in project a small one."""
    return [word for key, value in {**SMALL, **changes}.items() for word in ("-o", f"{key}={value}")]


@pytest.fixture
def data(folder: Path) -> Path:
    """Ten classes of bright squares in different places, 8×8 pixels."""
    random = np.random.default_rng(7)
    arrays: dict[str, np.ndarray] = {}
    for part, count in (("train", 60), ("test", 30)):
        labels = np.arange(count) % 10
        images = random.integers(0, 40, (count, 8, 8))
        for image, label in zip(images, labels, strict=True):
            image[2 * (label // 4) : 2 * (label // 4) + 3, 2 * (label % 4) : 2 * (label % 4) + 2] = 255
        arrays |= {f"{part}_images": images.astype(np.uint8), f"{part}_labels": labels}
    np.savez(folder / "digits.npz", **arrays)
    return folder / "digits.npz"


def test_train_export_check_and_evaluate_agree(data: Path, run: Run, folder: Path) -> None:
    trained = run("train", *small(), "--json")
    assert trained.code == 0, trained.err
    assert "Project: built-in digits" in trained.err
    assert "-o optics.pixels=24" in trained.err
    assert "step 6/6" in trained.err
    record = json.loads(trained.out)
    assert record["run"] == "runs/0001-digits"
    exported = run("export", "--stl", "--json")
    assert exported.code == 0, exported.out
    assert "Using the latest run: runs/0001-digits/design.safetensors" in exported.err
    written = json.loads(exported.out)
    assert [Path(file).name for file in written["files"]] == ["digits-layer00.stl", "digits-layer01.stl"]
    assert written["check"]["levels_identical"] is True
    assert written["check"]["scores"]["predictions"]["different"] == 0
    checked = json.loads(run("check", "--json").out)
    assert checked["scores"] == written["check"]["scores"]
    assert checked["design"]["hash"] == record["content_hash"]
    evaluated = json.loads(run("evaluate", "--json").out)
    assert evaluated["accuracy"] == record["scores"]["quantised"]["accuracy"]


def test_plates_on_substrates_are_trained_exported_and_read_back(data: Path, run: Run) -> None:
    glass = {"process.substrate.material": "fused-silica", "process.substrate.thickness": "15um"}
    trained = run("train", *small(**glass, **{"train.epochs": "1"}), "--json")
    assert trained.code == 0, trained.err
    exported = run("export", "--stl", "--assembly", "plates", "--json")
    assert exported.code == 0, exported.err
    written = json.loads(exported.out)
    assert [Path(file).name for file in written["files"]] == ["digits-plates.stl"]
    assert written["report"]["geometry"]["substrate_um"] == 15.0
    assert written["check"]["levels_identical"] is True
    assert written["check"]["scores"]["predictions"]["different"] == 0
    stacked = run("export", "--stl", "--assembly", "stack")
    assert stacked.code == 2
    assert "Use --assembly plates" in stacked.err
    refused = run("train", *small(**{**glass, "process.substrate.thickness": "170um"}))
    assert refused.code == 2
    assert "process.substrate.thickness with process.base (5 um) must be below optics.gap" in refused.err


def test_runs_count_on_in_a_folder_and_under_a_name_of_ones_own(data: Path, run: Run, folder: Path) -> None:
    (folder / "trials/0041-old").mkdir(parents=True)
    answer = run(
        "train", *small(**{"train.epochs": "1"}), "--quiet", "--run-dir", "trials", "--name", "other"
    )
    assert answer.code == 0
    assert "step" not in answer.err
    assert "trials/0042-other/design.safetensors" in answer.out
    assert (folder / "trials/LATEST").read_text() == "0042-other\n"
    assert load_design("trials/0042-other/design.safetensors").provenance["project"] == "other"


def test_a_signal_saves_a_checkpoint_and_the_run_goes_on_from_it(data: Path, run: Run, folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "fabdesign_cli", "train", *small(**{"train.epochs": "20"})],
        cwd=folder,
        env=child_environment(),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        _wait_for(folder / "runs/0001-digits/checkpoint.safetensors", child)
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=300)
    assert (child.returncode, out) == (130, "")
    assert "a checkpoint is saved" in err
    assert "Hint: `fabdesign train --resume runs/0001-digits` goes on." in err
    assert not (folder / "runs/0001-digits/design.safetensors").exists()
    resumed = run("train", "--resume", "runs/0001-digits", "--json")
    assert resumed.code == 0
    assert json.loads(resumed.out)["design"] == "runs/0001-digits/design.safetensors"


def _wait_for(path: Path, child: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 300
    while not path.exists() and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert path.exists()
