"""The first steps at one sample per pixel, the others at the project's: where the change lies, resuming."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from fabdesign.errors import ConfigError
from fabdesign.network import Bench
from fabdesign.training import Stepped, resume, train
from fabdesign.training.session import Session
from tests.training.runs import interrupted, tiny

pytestmark = pytest.mark.usefixtures("same_commit")

COARSE = ("optics.samples_per_pixel=2", "train.coarse=0.5")


def losses(data: Path, folder: Path, *settings: str) -> list[float]:
    found = []
    train(
        tiny(data, *settings),
        folder,
        listen=lambda event: found.append(event.loss) if isinstance(event, Stepped) else None,
    )
    return found


def test_the_first_half_is_coarse(data: Path, tmp_path: Path) -> None:
    half = losses(data, tmp_path / "half", *COARSE)
    most = losses(data, tmp_path / "most", *COARSE, "train.coarse=0.9")
    assert half[:5] == most[:5]
    assert half[5] != most[5]


def test_the_last_steps_can_still_change_the_layers(data: Path, tmp_path: Path) -> None:
    rates = []
    train(
        tiny(data, *COARSE, "train.coarse=0.95", "train.epochs=20"),
        tmp_path,
        listen=lambda event: rates.append(event.learning_rate) if isinstance(event, Stepped) else None,
    )
    first = math.ceil(0.95 * len(rates))
    fine = len(rates) - first
    peak = max(rates)
    assert rates[first] == pytest.approx(0.05 * peak, rel=0.05)
    assert rates[first] > 3 * rates[first - 1]
    assert rates[-1] == pytest.approx(0.05 * peak * (1 + math.cos(math.pi * (fine - 1) / fine)) / 2, rel=0.05)


def test_it_foretells_what_squares_do_where_points_do_not(data: Path) -> None:
    """Light on the detectors behind random layers, against four samples a pixel."""
    session = Session.of(tiny(data, *COARSE, "optics.layers=3").project)
    assert session.coarse is not None
    phases = 2 * np.pi * np.random.default_rng(0).integers(0, 8, (3, 28, 28)) / 8
    points, truth = (Bench(session.physical, (28, 28), samples) for samples in (1, 4))
    images = torch.from_numpy(session.task.dataset.test.images[:20]) / 255

    def light(bench: Bench) -> torch.Tensor:
        outputs: torch.Tensor = bench(images, bench.layers.of_phases(phases))
        return outputs

    expected = light(truth)
    squares_err, points_err = (
        (light(bench) - expected).norm() / expected.norm() for bench in (session.coarse.bench, points)
    )
    assert 3 * squares_err < points_err


def test_the_time_left_counts_samples(data: Path) -> None:
    session = Session.of(tiny(data, *COARSE).project)
    assert [session.work(0, 9), session.work(3, 6), session.work(5, 9)] == [
        28 * 28 * (5 + 4 * 4), 28 * 28 * (2 + 4), 28 * 28 * 4 * 4
    ]  # fmt: skip
    assert [session.network_at(step) is session.coarse for step in range(9)] == [True] * 5 + [False] * 4


def test_without_a_share_every_step_is_fine(data: Path, tmp_path: Path) -> None:
    fine = losses(data, tmp_path / "fine", "optics.samples_per_pixel=2", "train.coarse=0")
    coarse = losses(data, tmp_path / "coarse", "optics.samples_per_pixel=2", "train.coarse=0.1")
    assert fine[0] != coarse[0]


@pytest.mark.parametrize("after", [3, 7])
def test_it_goes_on_bit_for_bit_on_either_side(data: Path, tmp_path: Path, after: int) -> None:
    whole = train(tiny(data, *COARSE), tmp_path / "whole")

    again = resume(interrupted(data, tmp_path / "runs", *COARSE, after=after))
    assert again.design_path.read_bytes() == whole.design_path.read_bytes()
    assert again.design.settings["coarse"] == 0.5


@pytest.mark.parametrize("other", ["coarse = 0.8", "coarse = 0.0"])
def test_another_share_cannot_go_on(data: Path, tmp_path: Path, other: str) -> None:
    config = interrupted(data, tmp_path / "runs", *COARSE, after=2) / "fabdesign.toml"
    config.write_text(config.read_text().replace("coarse = 0.5", other))
    with pytest.raises(ConfigError, match="coarse"):
        resume(config.parent)


def test_another_rate_of_the_fine_steps_cannot_go_on(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = interrupted(data, tmp_path / "runs", *COARSE, after=2)
    monkeypatch.setattr("fabdesign.training.session.FINE_SHARE", 0.1)
    with pytest.raises(ConfigError, match="fine_share"):
        resume(run)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (("train.robust=true",), r"train\.coarse must be 0 with train\.robust"),
        (('optics.model="thick"', "optics.slice=200 nm"), r"train\.coarse needs optics\.model"),
    ],
)
def test_what_it_does_not_go_with(data: Path, settings: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        tiny(data, *COARSE, *settings)
