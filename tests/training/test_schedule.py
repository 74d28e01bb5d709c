"""Closed forms of the step: learning rate, progress, and which examples it sees."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from fabdesign.training.schedule import (
    batch_positions,
    learning_rate,
    one_cycle,
    progress_of,
    steps_per_epoch,
)


@pytest.mark.parametrize("steps", [11, 100, 751])
def test_one_cycle_is_that_of_torch(steps: int) -> None:
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimiser = torch.optim.SGD([parameter], lr=1.0)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.05, total_steps=steps, cycle_momentum=False)
    expected = []
    for _ in range(steps):
        expected.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        if len(expected) < steps:
            scheduler.step()
    ours = [one_cycle(step, steps, 0.05) for step in range(steps)]
    # torch puts the peak at 0.3·steps − 1, ours is at 0.3·(steps − 1)
    assert ours == pytest.approx(expected, abs=0.05 * 2.5 * 3 / steps)
    assert max(ours) == pytest.approx(0.05, rel=0.02)
    assert ours[0] == pytest.approx(0.05 / 25)
    assert ours[-1] == pytest.approx(0.05 / 25e4)


def test_a_single_step_is_at_the_end_and_at_the_peak() -> None:
    assert progress_of(0, 1) == 1.0
    assert one_cycle(0, 1, 0.05) == 0.05


def test_few_fine_steps_begin_with_a_twentieth_of_the_peak() -> None:
    rates = [learning_rate(step, 1000, 0.2, fine_from=980) for step in range(1000)]
    assert rates[:980] == [one_cycle(step, 1000, 0.2) for step in range(980)]
    assert rates[980] == pytest.approx(0.01)
    assert rates[990] == pytest.approx(0.005)
    assert rates[999] == pytest.approx(0.01 * (1 + np.cos(np.pi * 0.95)) / 2)


@pytest.mark.parametrize("fine_from", [0, 500])
def test_many_fine_steps_keep_the_cycle(fine_from: int) -> None:
    for step in range(1000):
        cycle = one_cycle(step, 1000, 0.2)
        assert learning_rate(step, 1000, 0.2, fine_from) == pytest.approx(cycle, rel=1e-3, abs=1e-6)


@given(count=st.integers(1, 200), batch=st.integers(1, 64), seed=st.integers(0, 99))
def test_every_epoch_sees_every_example_once(count: int, batch: int, seed: int) -> None:
    steps = steps_per_epoch(count, batch)
    for epoch in (0, 3):
        seen = [batch_positions(count, batch, epoch * steps + step, seed) for step in range(steps)]
        assert sorted(np.concatenate(seen).tolist()) == list(range(count))


def test_epochs_and_seeds_differ_and_repeat() -> None:
    first = batch_positions(100, 50, 0, 1).tolist()
    assert first == batch_positions(100, 50, 0, 1).tolist()
    assert first != batch_positions(100, 50, 2, 1).tolist()
    assert first != batch_positions(100, 50, 0, 2).tolist()
