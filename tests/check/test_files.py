"""Files simulated from their own heights: equal to the design, different where they were perturbed."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fabdesign.check import check_files
from fabdesign.check.optical import compare_predictions
from fabdesign.design import Design
from fabdesign.tasks import load_dataset
from tests.check.devices import BASE_UM, export_beside, make_design
from tests.check.voxels import read_triangles, voxel_triangles, write_stl

IMAGES = 30


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dataset = load_dataset("mnist-small")
    path = tmp_path_factory.mktemp("data") / "few.npz"
    few = {
        f"{part}_{what}": getattr(getattr(dataset, part), what)[:IMAGES]
        for part in ("train", "test")
        for what in ("images", "labels")
    }
    few["train_labels"] = np.arange(IMAGES, dtype=np.uint8) % 10
    np.savez_compressed(path, **few)
    return path


@pytest.fixture(scope="module")
def design() -> Design:
    return make_design(5, layers=2)


@pytest.fixture
def files(design: Design, tmp_path: Path) -> list[Path]:
    return export_beside(design, tmp_path)


def test_a_file_scores_what_its_design_scores(files: list[Path], digits: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    result = check_files(files, data=digits, finer=4, progress=lambda *step: steps.append(step))
    assert result.ok
    assert result.scores["predictions"]["count"] == IMAGES
    assert result.scores["predictions"]["different"] == 0
    assert result.scores["predictions"]["largest_power_change"] < 1e-4
    assert result.scores["file"]["accuracy"] == result.scores["design"]["accuracy"]
    assert result.scores["file"]["samples_per_pixel"] == 2
    assert result.scores["file_finer"]["samples_per_pixel"] == 4
    assert {step[0] for step in steps} == {"read back", "file", "design", "file, finer"}


def test_perturbed_heights_change_the_score(design: Design, files: list[Path], digits: Path) -> None:
    header, _ = read_triangles(files[0])
    noise = np.random.default_rng(0).normal(0, 0.08, design.pixels)
    write_stl(files[0], voxel_triangles(design.height_um()[0] + BASE_UM + noise, 1.5), header)
    result = check_files(files, data=digits)
    assert not result.ok
    assert result.scores["predictions"]["largest_power_change"] > 0.01
    assert result.scores["file"]["detector_efficiency"] != result.scores["design"]["detector_efficiency"]
    assert "optics.predictions" in {finding.id for finding in result.findings}


def test_a_scaled_file_is_not_simulated(files: list[Path], digits: Path) -> None:
    header, triangles = read_triangles(files[0])
    write_stl(files[0], 1000 * triangles, header)
    result = check_files(files, data=digits)
    assert result.scores == {}
    assert "do not have the design's size" in result.findings[-1].message


def test_a_design_without_a_task_is_only_compared(design: Design, tmp_path: Path) -> None:
    bare = design.physical.model_copy(
        update={"source": None, "encoder": None, "detectors": (), "readout": None}
    )
    files = export_beside(replace(design, physical=bare), tmp_path)
    result = check_files(files)
    assert result.ok
    assert result.scores == {}


def test_scores_that_were_stored_are_compared(design: Design, tmp_path: Path, digits: Path) -> None:
    split = load_dataset(digits).test
    stored = {"data_hash": split.data_hash, "samples_per_pixel": 2, "accuracy": 0.99}
    files = export_beside(replace(design, scores={"metric": "accuracy", "quantised": stored}), tmp_path)
    [note] = check_files(files, data=digits).findings
    assert note.id == "optics.other-machine"
    assert note.limit == 0.99


def test_ties_are_no_differences() -> None:
    expected = np.array([[1.0, 1 - 1e-6, 0], [1, 0.9, 0], [0, 0, 1]])
    seen = np.array([[1 - 1e-6, 1.0, 0], [0.9, 1, 0], [0, 0, 1]])
    counts = compare_predictions(seen, expected)
    assert (counts["different"], counts["ties"], counts["count"]) == (1, 1, 3)


def test_geometry_is_checked_without_torch(files: list[Path]) -> None:
    names = [str(path) for path in files]
    code = (
        "import sys; from fabdesign.check import check_files, check_design, verify_path;"
        "from fabdesign.process import load_profile;"
        f"result = check_files({names!r}, resimulate=False, profile=load_profile('2pp-63x-ip-dip'));"
        f"assert result.levels_identical and verify_path({names[0]!r}).ok;"
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
