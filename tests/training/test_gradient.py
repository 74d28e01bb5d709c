"""The gradient in groups against torch's own over the whole batch."""

import numpy as np
import pytest
import torch

from fabdesign.tasks.base import Batch
from fabdesign.training.gradient import accumulate_gradient
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
