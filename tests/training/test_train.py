"""A whole run: what lies in its folder, what the design says, and what goes wrong clearly."""

import csv
import tomllib
from pathlib import Path

import numpy as np
import pytest

from fabdesign.design import load_design
from fabdesign.errors import ConfigError, FileFormatError, NumericsError
from fabdesign.tasks import load_dataset
from fabdesign.training import (
    Evaluating,
    Finished,
    Preparing,
    Saved,
    Started,
    Stepped,
    evaluate_design,
    resume,
    train,
)
from tests.training.runs import tiny, write_digits


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("project")
    events = []
    loaded = tiny(write_digits(folder / "digits.npz"))
    result = train(loaded, folder / "runs", listen=events.append)
    return result, events


def test_the_run_folder_holds_everything(finished) -> None:
    result, _ = finished
    names = {path.name for path in result.run.iterdir()}
    assert names == {
        "fabdesign.toml",
        "origin.json",
        "train.log",
        "metrics.csv",
        "checkpoint.safetensors",
        "design.safetensors",
        "layers.png",
        "layer_00.png",
        "layer_01.png",
        "confusion.png",
        "training.png",
    }
    assert result.run.name == "0001-tiny"
    assert (result.run.parent / "LATEST").read_text().strip() == "0001-tiny"
    assert tomllib.loads((result.run / "fabdesign.toml").read_text())["train"]["epochs"] == 3


def test_events_tell_the_story_in_order(finished) -> None:
    _, events = finished
    kinds = [type(event) for event in events if not isinstance(event, Evaluating)]
    assert kinds == [Preparing, Started, Saved, *[Stepped] * 9, Saved, Finished]
    steps = [event for event in events if isinstance(event, Stepped)]
    assert [step.step for step in steps] == list(range(1, 10))
    assert [step.epoch for step in steps] == [1] * 3 + [2] * 3 + [3] * 3
    assert steps[0].watched["temperature"] == 1.0
    assert steps[-1].seconds_left == 0.0
    assert {event.samples_per_pixel for event in events if isinstance(event, Evaluating)} == {2, 4}


def test_metrics_have_one_row_per_step(finished) -> None:
    result, _ = finished
    rows = list(csv.DictReader((result.run / "metrics.csv").open()))
    assert [int(row["step"]) for row in rows] == list(range(1, 10))
    assert {"epoch", "loss", "accuracy", "detector_efficiency", "learning_rate", "temperature"} <= set(
        rows[0]
    )
    assert all(float(row["loss"]) > 0 for row in rows)


def test_the_design_is_on_the_levels_of_the_process_with_scores_of_hard_levels(finished) -> None:
    result, _ = finished
    design = load_design(result.design_path)
    assert design.content_hash == result.design.content_hash
    assert design.levels.shape == (2, 28, 28)
    assert design.height_of_level_um.tolist() == [[0.0, 0.4, 0.7, 1.1]] * 2
    scores = design.scores["quantised"]
    again = evaluate_design(design)
    assert again.scores["accuracy"] == scores["accuracy"]
    assert again.scores["detector_efficiency"] == pytest.approx(scores["detector_efficiency"], rel=1e-5)
    assert scores["sample_count"] == 20
    assert scores["samples_per_pixel"] == 2
    assert scores["finer"]["samples_per_pixel"] == 4
    assert scores["finer"]["coarse"]["accuracy"] == scores["accuracy"]
    assert scores["data_hash"] == load_dataset(str(design.settings["dataset"])).test.data_hash
    assert "float" not in design.scores
    assert design.provenance["config"].startswith('\nname = "tiny"')
    assert design.settings["sampling"]["estimated_error"] <= 1e-3


@pytest.mark.usefixtures("same_commit")
def test_the_same_project_gives_the_same_bytes(tmp_path: Path) -> None:
    loaded = tiny(write_digits(tmp_path / "digits.npz"), "train.epochs=1")
    first, second = (train(loaded, tmp_path / name).design_path.read_bytes() for name in ("a", "b"))
    assert first == second


def test_run_folders_are_numbered_and_never_overwritten(finished) -> None:
    result, _ = finished
    before = result.design_path.read_bytes()
    loaded = tiny(Path(str(result.design.settings["dataset"])), "train.epochs=1", "train.seed=9")
    second = train(loaded, result.run.parent)
    assert second.run.name == "0002-tiny"
    assert result.design_path.read_bytes() == before
    assert second.design.content_hash != result.design.content_hash


def test_training_lowers_the_loss(tmp_path: Path) -> None:
    losses = []
    loaded = tiny(write_digits(tmp_path / "digits.npz"), "train.epochs=12")
    train(
        loaded, tmp_path / "runs", listen=lambda e: losses.append(e.loss) if isinstance(e, Stepped) else None
    )
    assert np.mean(losses[-6:]) < 0.9 * np.mean(losses[:3])


def test_a_full_precision_run_reports_both_scores(tmp_path: Path) -> None:
    loaded = tiny(write_digits(tmp_path / "digits.npz"), "quantise.method=none", "train.epochs=1")
    design = train(loaded, tmp_path / "runs").design
    assert design.phase is not None
    free = evaluate_design(design, phase_rad=design.phase)
    assert design.scores["float"]["detector_efficiency"] == pytest.approx(
        free.scores["detector_efficiency"], rel=1e-5
    )
    assert design.scores["float"]["detector_efficiency"] != design.scores["quantised"]["detector_efficiency"]


@pytest.mark.parametrize("method", ["pq", "gs", "psq-lt"])
def test_paper_methods_make_designs_on_their_own_range(tmp_path: Path, method: str) -> None:
    data = write_digits(tmp_path / "digits.npz", 20, 5)
    design = train(tiny(data, f"quantise.method={method}", "train.epochs=1"), tmp_path / "runs").design
    full_turn = 0.785 / (design.physical.material.index - design.physical.medium.index)
    assert design.height_of_level_um[0, -1] == pytest.approx(0.995 * full_turn, abs=1e-6)


def test_other_data_may_be_named_and_are_kept(tmp_path: Path) -> None:
    other = write_digits(tmp_path / "other.npz", 20, 5)
    loaded = tiny(tmp_path / "nothing.npz", "train.epochs=1")
    result = train(loaded, tmp_path / "runs", data=other)
    assert result.design.settings["dataset"] == str(other)
    assert tomllib.loads((result.run / "fabdesign.toml").read_text())["task"]["dataset"] == str(other)


def test_a_finished_run_is_handed_back(finished) -> None:
    result, _ = finished
    events = []
    again = resume(result.run, listen=events.append)
    assert again.design.content_hash == result.design.content_hash
    assert "finished" in str(events[0])


def test_missing_data_make_no_run_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing\.npz"):
        train(tiny(tmp_path / "nothing.npz"), tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_an_unwritable_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(FileFormatError, match="cannot be written"):
        train(tiny(write_digits(tmp_path / "digits.npz")), tmp_path / "file" / "runs")


def test_a_device_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"train\.device"):
        train(tiny(write_digits(tmp_path / "digits.npz"), "train.device=cuda:7"), tmp_path / "runs")


def test_nan_stops_with_the_step_and_keeps_the_last_good_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fabdesign.tasks import Classify
    from fabdesign.training.checkpoint import load_checkpoint

    right, calls = Classify.loss, []

    def wrong(self, outputs, batch):
        calls.append(1)
        return right(self, outputs, batch) * (float("nan") if len(calls) == 5 else 1.0)

    monkeypatch.setattr(Classify, "loss", wrong)
    loaded = tiny(write_digits(tmp_path / "digits.npz"), "train.checkpoint_every=1 ms")
    with pytest.raises(NumericsError, match="at step 5 the loss") as caught:
        train(loaded, tmp_path / "runs")
    assert "learning_rate" in str(caught.value.hint)
    run = tmp_path / "runs" / "0001-tiny"
    saved = load_checkpoint(run / "checkpoint.safetensors")
    assert saved.step == 4
    assert all(np.isfinite(array).all() for array in saved.arrays.values())
    assert not (run / "design.safetensors").exists()
    assert not (run.parent / "LATEST").exists()
