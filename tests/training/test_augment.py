"""Shifted training images: every shift is drawn, only positions change, and a run still resumes."""

from pathlib import Path

import pytest
import torch

from fabdesign.errors import ConfigError
from fabdesign.tasks.base import Batch
from fabdesign.training import resume, train
from fabdesign.training.augment import shifted
from tests.training.runs import interrupted, tiny


def dots(count: int) -> Batch:
    images = torch.zeros(count, 9, 9)
    images[:, 4, 4] = 1
    return Batch(images, torch.arange(count))


def test_all_shifts_are_equally_likely_and_the_labels_stay() -> None:
    batch = shifted(dots(5000), 2, seed=1, step=3)
    assert torch.equal(batch.labels, torch.arange(5000))
    place = batch.images.flatten(1).argmax(1)
    counts = torch.bincount(place, minlength=81).reshape(9, 9)
    assert counts[2:7, 2:7].sum() == 5000
    assert counts[2:7, 2:7].min() > 130, "each of 25 is expected 200 times"
    assert torch.equal(batch.images.sum((1, 2)), torch.ones(5000))


def test_they_depend_on_seed_and_step_alone() -> None:
    one = shifted(dots(50), 2, seed=1, step=3).images
    assert torch.equal(one, shifted(dots(50), 2, seed=1, step=3).images)
    assert not torch.equal(one, shifted(dots(50), 2, seed=1, step=4).images)
    assert not torch.equal(one, shifted(dots(50), 2, seed=2, step=3).images)


def test_none_leaves_the_images_alone() -> None:
    batch = dots(3)
    assert shifted(batch, 0, seed=1, step=3) is batch


@pytest.mark.usefixtures("same_commit")
def test_a_run_with_shifts_goes_on_bit_for_bit(data: Path, tmp_path: Path) -> None:
    whole = train(tiny(data, "train.shift=2"), tmp_path / "whole")
    still = train(tiny(data), tmp_path / "still")
    assert whole.design.content_hash != still.design.content_hash
    assert whole.design.settings["shift"] == 2
    assert "shift" not in still.design.settings

    again = resume(interrupted(data, tmp_path / "runs", "train.shift=2"))
    assert again.design_path.read_bytes() == whole.design_path.read_bytes()


def test_there_is_nothing_to_shift_in_beam_shaping(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"train\.shift must be 0 for beam-shaping"):
        tiny(tmp_path / "none.npz", 'task.kind="beam-shaping"', "task.spots=2", "train.shift=1")
