"""Runs and sweeps with soft labels: they go on bit for bit, and know when the labels changed."""

from pathlib import Path

import numpy as np
import pytest

from fabdesign.config import load_project, load_sweep
from fabdesign.errors import ConfigError
from fabdesign.training import evaluate_design, resume, train
from fabdesign.training.sweep import cells_of
from tests.training.runs import TOML, interrupted, tiny
from tests.training.test_sweep import SWEEP, write

COUNT, CLASSES = 60, 10


def stored(path: Path, seed: int, count: int = COUNT) -> Path:
    np.save(path, np.random.default_rng(seed).dirichlet(np.ones(CLASSES), count))
    return path


@pytest.mark.usefixtures("same_commit")
def test_a_run_goes_on_bit_for_bit(data: Path, tmp_path: Path) -> None:
    asked = f'train.soft_labels="{stored(tmp_path / "teacher.npy", 1)}"'
    whole = train(tiny(data, asked), tmp_path / "whole")
    hard = train(tiny(data), tmp_path / "hard")
    assert whole.design.content_hash != hard.design.content_hash
    assert whole.design.settings["soft_labels"] == str(tmp_path / "teacher.npy")
    assert "soft_labels" not in hard.design.settings

    again = resume(interrupted(data, tmp_path / "runs", asked))
    assert again.design_path.read_bytes() == whole.design_path.read_bytes()


def test_a_run_with_other_soft_labels_does_not_go_on(data: Path, tmp_path: Path) -> None:
    path = stored(tmp_path / "teacher.npy", 1)
    run = interrupted(data, tmp_path / "runs", f'train.soft_labels="{path}"')
    stored(path, 2)
    with pytest.raises(ConfigError, match="data_hash changed"):
        resume(run)


def test_scores_need_no_teacher(data: Path, tmp_path: Path) -> None:
    path = stored(tmp_path / "teacher.npy", 1)
    design = train(
        tiny(data, f'train.soft_labels="{path}"', "task.validation=0.25"), tmp_path / "runs"
    ).design
    path.unlink()
    accuracy = evaluate_design(design, samples_per_pixel=2).scores["accuracy"]
    assert accuracy == pytest.approx(design.scores["quantised"]["accuracy"])


def test_their_path_starts_at_the_project_file(tmp_path: Path) -> None:
    text = TOML.replace("[train]", '[train]\nsoft_labels = "teacher.npy"')
    (tmp_path / "tiny.toml").write_text(text, encoding="utf-8")
    project = load_project(tmp_path / "tiny.toml").project
    assert project.train.soft_labels == str(tmp_path / "teacher.npy")


def test_changed_soft_labels_are_another_cell(tmp_path: Path) -> None:
    path = stored(tmp_path / "teacher.npy", 1, count=20)
    sweep = write(tmp_path, SWEEP.replace('"train.epochs" = 1', f'"train.soft_labels" = "{path}"'))
    first = cells_of(load_sweep(sweep))
    assert [cell.key for cell in cells_of(load_sweep(sweep))] == [cell.key for cell in first]
    stored(path, 2, count=20)
    assert not {cell.key for cell in cells_of(load_sweep(sweep))} & {cell.key for cell in first}
