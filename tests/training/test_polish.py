"""Polishing: the promise of a move is its first-order change, and the loss falls on the same examples."""

from pathlib import Path

import numpy as np
import torch

from fabdesign.design import load_design
from fabdesign.tasks.base import Batch
from fabdesign.training import train
from fabdesign.training.polish import best_moves, polish
from fabdesign.training.session import Session
from tests.training.runs import tiny, write_digits


def session(folder: Path, *settings: str) -> Session:
    return Session.of(tiny(write_digits(folder / "digits.npz", 20, 5), *settings).project)


def loss_of(made: Session, levels: torch.Tensor) -> float:
    phases = made.network.quantiser.level_phase_rad[levels]
    batch = Batch.of(made.task.dataset.train, slice(None))
    outputs = made.network.bench(batch.images, torch.polar(torch.ones_like(phases), phases))
    return float(made.task.loss(outputs, batch).mean())


def test_a_promise_is_the_change_of_the_loss_to_first_order() -> None:
    generator = torch.Generator().manual_seed(0)
    phases = torch.rand(5, generator=generator, dtype=torch.float64) * 6
    points = torch.polar(torch.ones_like(phases), phases)
    gradient = torch.randn(1, 3, 4, dtype=torch.complex128, generator=generator)
    levels = torch.randint(0, 5, (1, 3, 4), generator=generator)
    target, gain = best_moves(gradient, levels, points)
    for place in np.ndindex(1, 3, 4):
        changes = (gradient[place].conj() * (points - points[levels[place]])).real
        assert int(target[place]) == int(changes.argmin()) or float(changes.min()) == 0
        assert torch.isclose(gain[place], -changes.min())


def test_the_loss_falls_and_nothing_is_random(tmp_path: Path) -> None:
    made = session(tmp_path)
    start = made.network.quantiser.hard_levels().long()
    settings = {"rounds": 12, "examples": 20, "seed": 3}
    done = polish(made.network, made.task, **settings)
    assert loss_of(made, done.levels) < loss_of(made, start)
    assert abs(loss_of(made, start) - loss_of(made, done.levels) - done.gain) < 1e-3
    assert 0 < done.kept <= done.rounds == 12
    assert done.moved >= int((done.levels != start).sum()) > 0
    assert torch.equal(done.levels, polish(made.network, made.task, **settings).levels)


def test_a_run_polishes_when_it_is_asked_to(tmp_path: Path) -> None:
    data = write_digits(tmp_path / "digits.npz", 20, 5)
    settings = ("train.epochs=1", "train.polish_examples=20")
    plain = train(tiny(data, *settings), tmp_path / "runs").design
    done = load_design(train(tiny(data, "train.polish=4", *settings), tmp_path / "runs").design_path)
    assert "polish" not in plain.settings
    assert done.settings["polish"]["rounds"] == 4
    assert (done.levels != plain.levels).any() == bool(done.settings["polish"]["kept"])
