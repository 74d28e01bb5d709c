"""One gradient over a batch, in groups that fit in memory, always summed in the same order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor

from fabdesign.network import DiffractiveNetwork
from fabdesign.network.blank import BlankCopy
from fabdesign.quantise import Relaxed
from fabdesign.tasks import Task
from fabdesign.tasks.base import Batch
from fabdesign.training.layout import Layout
from fabdesign.training.ranks import ALONE, Ranks
from fabdesign.training.robust import parts_of_batch

GROUP_BYTES = 2**29
_FIELDS_BESIDE_LAYERS = 4
_BYTES_PER_SAMPLE = 8


@dataclass(frozen=True, eq=False)
class BatchResult:
    """The loss of a batch and what the network's read-out gave for it."""

    loss: float
    outputs: Tensor


def group_size(samples: int, layers: int) -> int:
    """Return how many images' fields at all layers are kept at a time: at most 512 MiB, at least one image.

    Args:
        samples: samples of one field.
        layers: fields that are kept per image, beside four more for the ends of the device.

    >>> group_size(128 * 128, 5), group_size(2000 * 2000, 5)
    (455, 1)
    """
    per_image = samples * (layers + _FIELDS_BESIDE_LAYERS) * _BYTES_PER_SAMPLE
    return max(1, GROUP_BYTES // per_image)


def accumulate_gradient(
    network: DiffractiveNetwork,
    task: Task,
    batch: Batch,
    progress: float,
    *,
    generator: torch.Generator | None = None,
    group: int,
    copies: Sequence[BlankCopy] = (),
    layout: Layout | None = None,
    ranks: Ranks = ALONE,
) -> BatchResult:
    """Add the gradient of a batch's mean loss and of all penalties to the parameters' ``grad``.

    The relaxed layers are computed once; each group of images gives its gradient with respect to their
    transmission, and the sum goes through the quantiser once. With copies, each one sees a part of the batch
    (all of it where there are more copies than examples) through the layers that the process makes of them.

    Args:
        network: bench and quantiser.
        task: gives the loss.
        batch: the examples.
        progress: 0 at the first step of training, 1 at the last.
        generator: for methods that draw noise.
        group: images whose fields are in memory at a time.
        copies: of the device, with errors of their own; the device as designed where there are none.
        layout: penalties on what is hard to print.
        ranks: the processes that share the batch; each ends with the sum over all of it.

    Raises:
        ProcessLost: one of them has ended.
    """
    relaxed = network.quantiser.relaxed(progress, generator) if copies or layout is not None else None
    ways = _of_copies(network, copies, relaxed) if copies else [_designed(network, progress, generator)]
    parts = parts_of_batch(len(batch), len(ways))
    shown = sum(part.stop - part.start for part in parts)
    loss = torch.zeros((), dtype=torch.float64)
    outputs: list[list[Tensor]] = []
    roots: list[tuple[Tensor, Tensor]] = []
    for way, part in zip(ways, parts, strict=True):
        mine = _common(part, ranks.share(len(batch)))
        found = _gradient(way, task, batch.part(mine.start, mine.stop), shown, group)
        loss += found.loss
        ranks.add_up(found.gradient)
        outputs.append(found.outputs)
        roots.append((way.layers, found.gradient))
    ranks.add_up(loss)
    penalty = _penalty(network, progress, relaxed, layout)
    roots += [(penalty, torch.ones_like(penalty))] if penalty.requires_grad else []
    torch.autograd.backward([root for root, _ in roots], [gradient for _, gradient in roots])
    seen = _mean(outputs) if shown > len(batch) else [part for found in outputs for part in found]
    return BatchResult(float(loss) + float(penalty.detach()), ranks.joined(seen, len(batch)))


@dataclass(frozen=True, eq=False)
class _Way:
    """One device that images go through: its layers, and its outputs of images and layers."""

    layers: Tensor
    outputs: Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class _Found:
    loss: float
    outputs: list[Tensor]
    gradient: Tensor


def _designed(network: DiffractiveNetwork, progress: float, generator: torch.Generator | None) -> _Way:
    return _Way(network.layers(progress, generator), network.bench)


def _of_copies(
    network: DiffractiveNetwork, copies: Sequence[BlankCopy], relaxed: Relaxed | None
) -> list[_Way]:
    assert relaxed is not None
    bench = network.copied
    return [_Way(bench.layers(copy, relaxed), partial(bench.outputs, copy)) for copy in copies]


def _penalty(
    network: DiffractiveNetwork, progress: float, relaxed: Relaxed | None, layout: Layout | None
) -> Float[Tensor, ""]:
    penalty = network.quantiser.penalty(progress)
    if relaxed is None or layout is None:
        return penalty
    height_um = torch.tensor(network.quantiser.table.height_um, device=relaxed.weights.device)
    return penalty + layout.penalty(relaxed, height_um)


def _gradient(way: _Way, task: Task, batch: Batch, shown: int, group: int) -> _Found:
    """The gradient of the batch's part of the mean loss over all examples that are shown."""
    leaf = way.layers.detach().clone().requires_grad_()
    total = torch.zeros_like(leaf)
    loss = 0.0
    outputs: list[Tensor] = []
    for first in range(0, len(batch), group):
        part = batch.part(first, first + group)
        seen = way.outputs(part.images, leaf)
        lost = task.loss(seen, part).sum() / shown
        total += torch.autograd.grad(lost, leaf)[0]
        loss += float(lost.detach())
        outputs.append(seen.detach())
    return _Found(loss, outputs, total)


def _common(part: slice, share: slice) -> slice:
    """The examples that lie in both."""
    start = max(part.start, share.start)
    return slice(start, max(start, min(part.stop, share.stop)))


def _mean(outputs: list[list[Tensor]]) -> list[Tensor]:
    """The mean over copies that saw the same examples."""
    return [torch.stack(same).mean(0) for same in zip(*outputs, strict=True)]
