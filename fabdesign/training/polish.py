"""The last step of training, on levels alone: single pixels move to levels that lower the loss.

With G = ∂L/∂t of the hard levels, moving a pixel from level k to m changes the loss by Re(G*·(t_m − t_k)) to
first order. Each round moves the pixels that promise most, and keeps the move only if the loss of the same
examples has really fallen; otherwise fewer are tried.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Complex, Float, Int
from torch import Tensor

from fabdesign.network import DiffractiveNetwork
from fabdesign.tasks import Task
from fabdesign.tasks.base import Batch
from fabdesign.training.gradient import group_size
from fabdesign.training.ranks import ALONE, Ranks

STREAM = 0x706F6C69
FIRST_SHARE = 0.01
"""Share of all pixels that the first round tries to move."""
GROW, SHRINK = 1.5, 0.4


@dataclass(frozen=True, eq=False)
class Polished:
    """Levels after polishing.

    Args:
        levels: [layer, y, x].
        rounds: how many were tried.
        kept: how many lowered the loss.
        moved: pixels in the rounds that were kept.
        gain: sum of what they lowered the loss by, each on the examples of its round.
    """

    levels: Int[Tensor, "layer y x"]
    rounds: int
    kept: int
    moved: int
    gain: float


def polish(
    network: DiffractiveNetwork,
    task: Task,
    *,
    rounds: int,
    examples: int,
    seed: int,
    device: str = "cpu",
    ranks: Ranks = ALONE,
) -> Polished:
    """Move pixels to better levels.

    Args:
        network: after training.
        task: gives the training examples and the loss.
        rounds: gradients to take.
        examples: training examples of each round, drawn anew.
        seed: of the draws.
        device: where to compute.
        ranks: the processes that share each round's examples.
    """
    levels = network.quantiser.hard_levels().long()
    phases = network.quantiser.level_phase_rad
    points = torch.polar(torch.ones_like(phases), phases)
    share, kept, moved, total = FIRST_SHARE, 0, 0, 0.0
    for batch in _batches(task, rounds, examples, seed, device):
        before, gradient = _loss(network, task, batch, points[levels], ranks, gradient=True)
        target, gain = best_moves(gradient, levels, points)
        count = max(1, round(share * levels.numel()))
        changed = _moved(levels, target, gain, count)
        after, _ = _loss(network, task, batch, points[changed], ranks, gradient=False)
        if after < before:
            kept, moved, total = kept + 1, moved + int((changed != levels).sum()), total + before - after
            levels = changed
        share = min(share * (GROW if after < before else SHRINK), FIRST_SHARE)
    return Polished(levels, rounds, kept, moved, total)


def best_moves(
    gradient: Complex[Tensor, "layer y x"],
    levels: Int[Tensor, "layer y x"],
    points: Complex[Tensor, " level"],
) -> tuple[Int[Tensor, "layer y x"], Float[Tensor, "layer y x"]]:
    """Return the level that promises the lowest loss for each pixel, and by how much it is lower.

    Args:
        gradient: torch's ∂L/∂t, so that dL = Re(conj(G)·dt).
        levels: the present ones.
        points: e^{iφ} of every level.

    >>> points = torch.tensor([1 + 0j, -1 + 0j])
    >>> target, gain = best_moves(torch.tensor([[[1 + 0j, -1 + 0j]]]), torch.tensor([[[0, 0]]]), points)
    >>> target.tolist(), gain.tolist()
    ([[[1, 0]]], [[[2.0, 0.0]]])
    """
    here = (gradient.conj() * points[levels]).real
    lowest, target = here.clone(), levels.clone()
    for level, point in enumerate(points):
        value = (gradient.conj() * point).real
        better = value < lowest
        lowest = torch.where(better, value, lowest)
        target = torch.where(better, level, target)
    return target, here - lowest


def _moved(
    levels: Int[Tensor, "layer y x"],
    target: Int[Tensor, "layer y x"],
    gain: Float[Tensor, "layer y x"],
    count: int,
) -> Int[Tensor, "layer y x"]:
    chosen = gain.reshape(-1).topk(count).indices
    result = levels.clone()
    result.view(-1)[chosen] = target.reshape(-1)[chosen]
    return result


def _batches(task: Task, rounds: int, examples: int, seed: int, device: str) -> Iterator[Batch]:
    train = task.dataset.train
    for number in range(rounds):
        rng = np.random.default_rng([STREAM, seed, number])
        yield Batch.of(train, rng.permutation(len(train))[:examples], device)


def _loss(
    network: DiffractiveNetwork,
    task: Task,
    batch: Batch,
    transmission: Complex[Tensor, "layer y x"],
    ranks: Ranks,
    *,
    gradient: bool,
) -> tuple[float, Complex[Tensor, "layer y x"]]:
    leaf = transmission.clone().requires_grad_(gradient)
    total, slope = torch.zeros((), dtype=torch.float64), torch.zeros_like(transmission)
    group = group_size(network.bench.samples, len(transmission))
    mine = ranks.share(len(batch))
    for first in range(mine.start, mine.stop, group):
        part = batch.part(first, min(first + group, mine.stop))
        with torch.set_grad_enabled(gradient):
            loss = task.loss(network.bench(part.images, leaf), part).sum() / len(batch)
        if gradient:
            slope += torch.autograd.grad(loss, leaf)[0]
        total += float(loss.detach())
    ranks.add_up(total, slope)
    return float(total), slope
