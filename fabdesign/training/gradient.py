"""One gradient over a batch, in groups that fit in memory, always summed in the same order."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from fabdesign.network import DiffractiveNetwork
from fabdesign.tasks import Task
from fabdesign.tasks.base import Batch
from fabdesign.training.ranks import ALONE, Ranks

GROUP_BYTES = 2**29
LEAST_GROUP = 4
_FIELDS_BESIDE_LAYERS = 4
_BYTES_PER_SAMPLE = 8


@dataclass(frozen=True, eq=False)
class BatchResult:
    """The loss of a batch and what the network's read-out gave for it."""

    loss: float
    outputs: Tensor


def group_size(samples: int, layers: int) -> int:
    """Return how many images' fields at all layers are kept at a time: at most 512 MiB, at least 4 images.

    Args:
        samples: samples of one field.
        layers: fields that are kept per image, beside four more for the ends of the device.

    >>> group_size(128 * 128, 5), group_size(2000 * 2000, 5)
    (455, 4)
    """
    per_image = samples * (layers + _FIELDS_BESIDE_LAYERS) * _BYTES_PER_SAMPLE
    return max(LEAST_GROUP, GROUP_BYTES // per_image)


def accumulate_gradient(
    network: DiffractiveNetwork,
    task: Task,
    batch: Batch,
    progress: float,
    *,
    generator: torch.Generator | None = None,
    group: int,
    ranks: Ranks = ALONE,
) -> BatchResult:
    """Add the gradient of a batch's mean loss and of the method's penalty to the parameters' ``grad``.

    The relaxed layers are computed once; each group of images gives its gradient with respect to their
    transmission, and the sum goes through the quantiser once.

    Args:
        network: bench and quantiser.
        task: gives the loss.
        batch: the examples.
        progress: 0 at the first step of training, 1 at the last.
        generator: for methods that draw noise.
        group: images whose fields are in memory at a time.
        ranks: the processes that share the batch; each ends with the sum over all of it.

    Raises:
        ProcessLost: one of them has ended.
    """
    layers = network.layers(progress, generator)
    penalty = network.quantiser.penalty(progress)
    work = _worker(network, task, layers.detach(), len(batch))
    total = torch.zeros_like(layers)
    loss = torch.zeros((), dtype=torch.float64)
    outputs = []
    mine = ranks.share(len(batch))
    for first in range(mine.start, mine.stop, group):
        part_loss, part_outputs, gradient = work(batch.part(first, min(first + group, mine.stop)))
        total += gradient
        loss += part_loss
        outputs.append(part_outputs)
    ranks.add_up(total, loss)
    roots = [(layers, total)] + ([(penalty, torch.ones_like(penalty))] if penalty.requires_grad else [])
    torch.autograd.backward([root for root, _ in roots], [gradient for _, gradient in roots])
    return BatchResult(float(loss) + float(penalty.detach()), ranks.joined(outputs, len(batch)))


def _worker(
    network: DiffractiveNetwork, task: Task, layers: Tensor, examples: int
) -> Callable[[Batch], tuple[float, Float[Tensor, "batch ..."], Tensor]]:
    leaf = layers.clone().requires_grad_()

    def work(part: Batch) -> tuple[float, Tensor, Tensor]:
        outputs = network.bench(part.images, leaf)
        loss = task.loss(outputs, part).sum() / examples
        (gradient,) = torch.autograd.grad(loss, leaf)
        return float(loss.detach()), outputs.detach(), gradient

    return work
