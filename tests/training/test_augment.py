"""Moved training images: what is drawn, what becomes of pictures, and that a run still resumes."""

import math
from pathlib import Path

import pytest
import torch

from fabdesign.errors import ConfigError
from fabdesign.tasks.base import Batch
from fabdesign.training import resume, train
from fabdesign.training.augment import augmented, shifted, warped
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


def ramps(count: int) -> Batch:
    """Pictures of 12×16 whose value grows along x, as their middle half shows it."""
    x = torch.arange(16.0) - 7.5
    return Batch(x.expand(count, 12, 16).contiguous(), torch.arange(count))


def slopes(images: torch.Tensor) -> torch.Tensor:
    """Changes a pixel along x and y around the middle, [2, image]."""
    middle = images[:, 4:8, 6:10]
    return torch.stack([middle.diff(dim=2).mean((1, 2)), middle.diff(dim=1).mean((1, 2))])


def test_a_turn_turns_the_slope_of_a_ramp_whatever_the_sides_of_the_picture() -> None:
    along_x, along_y = slopes(warped(ramps(4000), 0.3, 0.0, seed=1, step=3).images)
    torch.testing.assert_close(torch.hypot(along_x, along_y), torch.ones(4000), rtol=0, atol=1e-4)
    angle = torch.atan2(along_y, along_x)
    assert angle.abs().max() < 0.3 + 1e-4
    assert abs(float(angle.mean())) < 0.01
    assert abs(float(angle.std()) - 0.3 / 3**0.5) < 0.005


def test_a_stretch_makes_slopes_smaller_or_larger_along_each_axis_on_its_own() -> None:
    along_x, _ = slopes(warped(ramps(4000), 0.0, 0.2, seed=1, step=3).images)
    upright = Batch(ramps(4000).images.transpose(1, 2).contiguous(), torch.arange(4000))
    turned = warped(upright, 0.0, 0.2, seed=1, step=3).images.transpose(1, 2)
    along_y = slopes(turned)[0]
    for slope in (along_x, along_y):
        assert 0.8 - 1e-3 < float((1 / slope).min()) < 0.81
        assert 1.19 < float((1 / slope).max()) < 1.2 + 1e-3
    assert abs(float(torch.corrcoef(torch.stack([along_x, along_y]))[0, 1])) < 0.05


def test_turns_and_stretches_depend_on_seed_and_step_alone() -> None:
    one = warped(dots(50), 0.3, 0.1, seed=1, step=3).images
    assert torch.equal(one, warped(dots(50), 0.3, 0.1, seed=1, step=3).images)
    assert not torch.equal(one, warped(dots(50), 0.3, 0.1, seed=1, step=4).images)
    assert not torch.equal(one, warped(dots(50), 0.3, 0.1, seed=2, step=3).images)


def test_neither_leaves_the_images_alone() -> None:
    batch = dots(3)
    assert warped(batch, 0.0, 0.0, seed=1, step=3) is batch


@pytest.mark.usefixtures("same_commit")
def test_a_run_with_turns_and_smoothed_labels_goes_on_bit_for_bit(data: Path, tmp_path: Path) -> None:
    moves = ('train.turn="10 deg"', "train.stretch=0.1", "train.label_smoothing=0.1")
    whole = train(tiny(data, *moves), tmp_path / "whole")
    assert math.isclose(whole.design.settings["turn_rad"], math.radians(10))
    assert whole.design.settings["stretch"] == 0.1
    assert whole.design.settings["label_smoothing"] == 0.1

    again = resume(interrupted(data, tmp_path / "runs", *moves))
    assert again.design_path.read_bytes() == whole.design_path.read_bytes()


@pytest.mark.usefixtures("same_commit")
def test_a_run_with_shifts_goes_on_bit_for_bit(data: Path, tmp_path: Path) -> None:
    whole = train(tiny(data, "train.shift=2"), tmp_path / "whole")
    still = train(tiny(data), tmp_path / "still")
    assert whole.design.content_hash != still.design.content_hash
    assert whole.design.settings["shift"] == 2
    assert "shift" not in still.design.settings

    again = resume(interrupted(data, tmp_path / "runs", "train.shift=2"))
    assert again.design_path.read_bytes() == whole.design_path.read_bytes()


@pytest.mark.usefixtures("same_commit")
def test_the_last_steps_see_the_images_as_they_are(data: Path, tmp_path: Path) -> None:
    settings = tiny(data, "train.shift=2", "train.augment_until=0.6").project.train
    batch = dots(50)
    for step in range(10):
        as_it_is = augmented(batch, settings, step, 10) is batch
        assert as_it_is == (step >= 6)
    always = settings.model_copy(update={"augment_until": 1.0})
    assert augmented(batch, always, 9, 10) is not batch

    whole = train(tiny(data, "train.shift=2", "train.augment_until=0.6"), tmp_path / "whole")
    assert whole.design.settings["augment_until"] == 0.6
    again = resume(interrupted(data, tmp_path / "runs", "train.shift=2", "train.augment_until=0.6"))
    assert again.design_path.read_bytes() == whole.design_path.read_bytes()

    never = train(tiny(data, "train.shift=2", "train.augment_until=0"), tmp_path / "never")
    still = train(tiny(data), tmp_path / "still")
    assert (never.run / "metrics.csv").read_text() == (still.run / "metrics.csv").read_text()
    assert (whole.run / "metrics.csv").read_text() != (still.run / "metrics.csv").read_text()


@pytest.mark.parametrize(("name", "most"), [("shift", "1"), ("turn", '"5 deg"'), ("stretch", "0.1")])
def test_there_is_nothing_to_move_in_beam_shaping(tmp_path: Path, name: str, most: str) -> None:
    with pytest.raises(ConfigError, match=rf"train\.{name} must be 0 for beam-shaping"):
        tiny(tmp_path / "none.npz", 'task.kind="beam-shaping"', "task.spots=2", f"train.{name}={most}")
    with pytest.raises(ConfigError, match=r"train\.augment_until must be 1 for beam-shaping"):
        tiny(tmp_path / "none.npz", 'task.kind="beam-shaping"', "task.spots=2", "train.augment_until=0.5")


def test_there_is_something_to_stop_moving(data: Path) -> None:
    with pytest.raises(ConfigError, match=r"train\.augment_until = 0\.6 needs train\.shift"):
        tiny(data, "train.augment_until=0.6")
