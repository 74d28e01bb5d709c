"""Runs of every kind of task: train, run folder, score again, export and check."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fabdesign.check import check_files
from fabdesign.config import project_from_text
from fabdesign.design import Design, load_design, save_design
from fabdesign.export import export_design
from fabdesign.tasks import PHASE_ERROR, SIGNAL_TO_NOISE, SSIM, UNIFORMITY, make_task
from fabdesign.training import evaluate_design, evaluate_network, train
from fabdesign.training.pictures import task_figures
from tests.training.runs import TOML, tiny, write_digits

DETECTORS = 'detector_size = "9 um"\ndetector_pitch = ["16 um", "19 um"]\n'
PHASE = TOML.replace(
    DETECTORS,
    'kind = "phase-imaging"\ndataset = "red-blood-cells"\nobject_pixels = 16\n'
    "dataset_options = { train = 12, test = 4, pixels = 16 }\n",
)
BEAM = TOML.replace(
    DETECTORS, 'kind = "beam-shaping"\nspots = 2\nspot_pitch = "19.2 um"\noutput_pixel = "4.8 um"\n'
)


def design_of(text: str, folder: Path, *overrides: str) -> Design:
    loaded = project_from_text(text, "tiny", overrides=overrides)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fabdesign.training.run.write_pictures", lambda *_: [])
        return train(loaded, folder / "runs").design


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Design:
    return design_of(PHASE, tmp_path_factory.mktemp("cells"), "train.epochs=30")


@pytest.fixture(scope="module")
def spots(tmp_path_factory: pytest.TempPathFactory) -> Design:
    return design_of(BEAM, tmp_path_factory.mktemp("spots"), "train.epochs=40")


def test_phase_imaging_learns_and_tells_its_scores(cells: Design) -> None:
    scores = cells.scores["quantised"]
    assert cells.scores["metric"] == SSIM
    assert {SSIM, PHASE_ERROR, "psnr_db"} <= set(scores)
    untouched = evaluate_design(cells, phase_rad=np.zeros(cells.levels.shape)).scores
    assert scores[PHASE_ERROR] < 0.8 * untouched[PHASE_ERROR]
    assert cells.settings["loss"] == "berhu"
    assert cells.settings["dataset_options"] == {"train": 12, "test": 4, "pixels": 16}
    assert evaluate_design(cells).scores[SSIM] == pytest.approx(scores[SSIM], rel=1e-5)


def test_beam_shaping_learns_and_tells_its_scores(spots: Design) -> None:
    scores = spots.scores["quantised"]
    assert spots.scores["metric"] == SIGNAL_TO_NOISE
    assert {UNIFORMITY, "target_efficiency", "detector_efficiency"} <= set(scores)
    untouched = evaluate_design(spots, phase_rad=np.zeros(spots.levels.shape)).scores
    assert scores[SIGNAL_TO_NOISE] > untouched[SIGNAL_TO_NOISE] + 3
    assert evaluate_design(spots).scores[SIGNAL_TO_NOISE] == pytest.approx(scores[SIGNAL_TO_NOISE], abs=1e-3)


@pytest.mark.parametrize("kind", ["cells", "spots"])
def test_exported_files_score_what_the_design_scores(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    design = request.getfixturevalue(kind)
    save_design(design, tmp_path / "design.safetensors")
    files = export_design(load_design(tmp_path / "design.safetensors"), tmp_path, "stl").paths
    result = check_files(files)
    assert result.ok
    assert result.scores["predictions"]["different"] == 0
    metric = design.scores["metric"]
    assert result.scores["file"][metric] == pytest.approx(design.scores["quantised"][metric], abs=1e-3)
    moved = replace(design, levels=np.roll(design.levels, 5, 2))
    assert not check_files(export_design(moved, tmp_path / "moved", "stl").paths, design).ok


def test_differential_pairs_train(tmp_path: Path) -> None:
    digits = write_digits(tmp_path / "digits.npz", 20, 5)
    small = ('task.detector_size="4.8 um"', 'task.detector_pitch=["7.5 um","20 um"]')
    design = train(tiny(digits, "task.readout=pairs", "train.epochs=1", *small), tmp_path / "runs").design
    assert len(design.physical.detectors) == 20
    assert design.physical.detectors[1].label == "0-"
    assert evaluate_design(design).scores["accuracy"] == design.scores["quantised"]["accuracy"]


def test_a_target_may_be_a_picture_beside_the_project(tmp_path: Path) -> None:
    grey = np.zeros((6, 6), np.uint8)
    grey[1:5, 1], grey[1, 1:4] = 255, 128
    Image.fromarray(grey).save(tmp_path / "f.png")
    text = BEAM.replace('spots = 2\nspot_pitch = "19.2 um"', 'target = "f.png"')
    loaded = project_from_text(text, "f", folder=tmp_path, overrides=["train.epochs=1"])
    design = train(loaded, tmp_path / "runs").design
    assert design.physical.readout is not None
    assert design.physical.readout.kind == "target-image"
    assert design.physical.readout.target_bytes() == grey.tobytes()


def test_validation_scores_do_not_touch_the_test_data(tmp_path: Path) -> None:
    digits = write_digits(tmp_path / "digits.npz", 40, 5)
    settings = ("task.validation=0.25", "task.test_examples=6", "task.examples=20", "train.epochs=1")
    design = train(tiny(digits, *settings), tmp_path / "runs").design
    assert design.scores["quantised"]["sample_count"] == 6
    assert "held out" in design.scores["quantised"]["data"]
    again = evaluate_design(design)
    assert again.data_hash == design.scores["quantised"]["data_hash"]


@pytest.mark.parametrize(("text", "name"), [(PHASE, "examples.png"), (BEAM, "target.png")])
def test_every_kind_has_its_picture(text: str, name: str, request: pytest.FixtureRequest) -> None:
    from fabdesign.network import from_design

    design = request.getfixturevalue("cells" if "phase" in text else "spots")
    task = make_task(project_from_text(text, "tiny").project)
    evaluation = evaluate_network(from_design(design, 1), task, task.dataset.test)
    figures = task_figures(evaluation, task)
    assert list(figures) == [name]
    assert len(figures[name].axes) >= 3
