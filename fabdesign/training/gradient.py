"""One gradient over a batch, in micro-batches on several threads, always summed in the same order."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import torch
from jaxtyping import Complex, Float
from torch import Tensor

from fabdesign.network import DiffractiveNetwork
from fabdesign.tasks import Task
from fabdesign.tasks.base import Batch


@dataclass(frozen=True, eq=False)
class BatchResult:
    """The loss of a batch and what the network's read-out gave for it."""

    loss: float
    outputs: Tensor


def accumulate_gradient(
    network: DiffractiveNetwork,
    task: Task,
    batch: Batch,
    progress: float,
    *,
    generator: torch.Generator | None = None,
    micro_batch: int,
    executor: Executor | None = None,
) -> BatchResult:
    """Add the gradient of a batch's mean loss and of the method's penalty to the parameters' ``grad``.

    The relaxed layers are computed once; each micro-batch gives its gradient with respect to their
    transmission, and the sum goes through the quantiser once. The order of the sum is that of the examples,
    whatever the number of threads, so that equal input gives equal bits.

    Args:
        network: bench and quantiser.
        task: gives the loss.
        batch: the examples.
        progress: 0 at the first step of training, 1 at the last.
        generator: for methods that draw noise.
        micro_batch: examples propagated at a time.
        executor: threads to work in; without one, the calling thread does it all.
    """
    layers = network.quantiser.transmission(progress, generator)
    penalty = network.quantiser.penalty(progress)
    work = _worker(network, task, layers.detach(), len(batch))
    parts = [batch.part(first, first + micro_batch) for first in range(0, len(batch), micro_batch)]
    total = torch.zeros_like(layers)
    loss = 0.0
    outputs = []
    for part_loss, part_outputs, gradient in (executor.map if executor else map)(work, parts):
        total += gradient
        loss += part_loss
        outputs.append(part_outputs)
    roots = [(layers, total)] + ([(penalty, torch.ones_like(penalty))] if penalty.requires_grad else [])
    torch.autograd.backward([root for root, _ in roots], [gradient for _, gradient in roots])
    return BatchResult(loss + float(penalty.detach()), torch.cat(outputs))


def _worker(
    network: DiffractiveNetwork, task: Task, layers: Complex[Tensor, "layer y x"], examples: int
) -> Callable[[Batch], tuple[float, Float[Tensor, "batch ..."], Complex[Tensor, "layer y x"]]]:
    def work(part: Batch) -> tuple[float, Tensor, Tensor]:
        leaf = layers.clone().requires_grad_()
        outputs = network.bench(part.images, leaf)
        loss = task.loss(outputs, part).sum() / examples
        (gradient,) = torch.autograd.grad(loss, leaf)
        return float(loss.detach()), outputs.detach(), gradient

    return work
