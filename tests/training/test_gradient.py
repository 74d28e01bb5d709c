"""The gradient in groups against torch's own over the whole batch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
import torch

from fabdesign.tasks.base import Batch
from fabdesign.training.gradient import BatchResult, accumulate_gradient
from fabdesign.training.ranks import Ranks
from fabdesign.training.session import Session
from tests.training.runs import tiny, write_digits


@pytest.mark.parametrize("method", ["transmission", "psq-lt"])
@pytest.mark.parametrize("group", [3, 7, 100])
def test_groups_give_the_gradient_of_the_whole_batch(tmp_path, method: str, group: int) -> None:
    project = tiny(write_digits(tmp_path / "digits.npz"), f"quantise.method={method}").project
    session = Session.of(project)
    network, task = session.network, session.task
    batch = Batch.of(task.dataset.train, np.arange(10))
    loss = task.loss(network(batch.images, 0.4), batch).mean() + network.quantiser.penalty(0.4)
    expected = torch.autograd.grad(loss, list(network.parameters()))
    result = accumulate_gradient(network, task, batch, 0.4, group=group)
    assert result.loss == pytest.approx(float(loss.detach()), rel=1e-5)
    assert result.outputs.shape == (10, 10)
    for parameter, gradient in zip(network.parameters(), expected, strict=True):
        error = (parameter.grad - gradient).norm() / gradient.norm()
        assert float(error) < 1e-5


@dataclass(frozen=True)
class Apart(Ranks):
    """One of several processes that keeps its sums to itself."""

    def add_up(self, *tensors: torch.Tensor) -> None:
        return None

    def joined(self, parts: Sequence[torch.Tensor], count: int) -> torch.Tensor:
        return torch.cat([torch.zeros(0, 10), *parts])


@pytest.mark.parametrize("copies", [1, 3, 12])
def test_processes_share_copies(tmp_path, copies: int) -> None:
    """Their gradients add up to that of one process; more copies than examples see all of them."""
    robust = ("train.robust=true", f"train.robustness.copies={copies}")
    session = Session.of(tiny(write_digits(tmp_path / "digits.npz"), *robust).project)
    batch = Batch.of(session.task.dataset.train, np.arange(10))
    drawn = session.errors.of_step(3, 0.4)

    def found(ranks: Ranks) -> tuple[list[torch.Tensor], BatchResult]:
        session.network.zero_grad()
        result = accumulate_gradient(
            session.network, session.task, batch, 0.4, group=4, copies=drawn, ranks=ranks
        )
        return [parameter.grad for parameter in session.network.parameters()], result

    (whole,), alone = found(Ranks())
    parts = [found(Apart(rank, 3)) for rank in range(3)]
    summed = sum(gradient for (gradient,), _ in parts)
    assert float((summed - whole).norm() / whole.norm()) < 1e-5
    assert sum(result.loss for _, result in parts) == pytest.approx(alone.loss, rel=1e-5)
    torch.testing.assert_close(torch.cat([result.outputs for _, result in parts]), alone.outputs)
