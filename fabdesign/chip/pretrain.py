"""The network in software: a plain MLP without biases, trained with torch before it becomes meshes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from fabdesign.chip.design import limit_singular_values
from fabdesign.chip.loss import Examples
from fabdesign.errors import ConfigError

Floats = NDArray[np.float64]


def train_weights(
    examples: Examples,
    hidden: Sequence[int] = (24, 24),
    *,
    epochs: int = 100,
    batch: int = 64,
    rate: float = 5e-3,
    weight_decay: float = 1e-4,
    activation_cap: float = 4.0,
    largest_singular_value: float = 3.0,
    noise: float = 0.0,
    seed: int = 0,
) -> list[Floats]:
    """Train the matrices of a network by Adam with a one-cycle rate; singular values are limited as it goes.

    Args:
        examples: what to learn from.
        hidden: sizes of the hidden layers.
        epochs: passes over the examples.
        batch: examples in a step.
        rate: the largest learning rate.
        weight_decay: decoupled.
        activation_cap: upper limit of the ReLU between layers.
        largest_singular_value: what the attenuators can make.
        noise: relative Gaussian noise on every weight in training, for a network that minds errors less.
        seed: of the first weights, batches and noise.

    Returns:
        [output, input] of each layer.

    Raises:
        ConfigError: there are no examples.
    """
    if len(examples) == 0:
        raise ConfigError("A network needs examples to learn from; got none.")
    generator = torch.Generator().manual_seed(seed)
    inputs, labels = torch.tensor(examples.inputs, dtype=torch.float32), torch.tensor(examples.labels)
    sizes = [inputs.shape[1], *hidden, int(labels.max()) + 1]
    weights = [_first(rows, columns, generator) for columns, rows in pairwise(sizes)]
    optimiser = torch.optim.AdamW(weights, lr=rate, weight_decay=weight_decay)
    per_epoch = -(-len(labels) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=epochs * per_epoch)
    for _ in range(epochs):
        order = torch.randperm(len(labels), generator=generator)
        for positions in order.split(batch):  # type: ignore[no-untyped-call]
            optimiser.zero_grad(set_to_none=True)
            drawn = [_noisy(weight, noise, generator) for weight in weights]
            outputs = _forward(drawn, inputs[positions], activation_cap)
            loss = nn.functional.cross_entropy(outputs, labels[positions])
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
        with torch.no_grad():
            for weight in weights:
                limited = limit_singular_values(weight.numpy(), largest_singular_value)
                weight.copy_(torch.from_numpy(limited))
    return [limit_singular_values(weight.detach().numpy(), largest_singular_value) for weight in weights]


def _first(rows: int, columns: int, generator: torch.Generator) -> nn.Parameter:
    return nn.Parameter(torch.randn(rows, columns, generator=generator) * (2 / columns) ** 0.5)


def _noisy(weight: torch.Tensor, noise: float, generator: torch.Generator) -> torch.Tensor:
    if noise == 0:
        return weight
    return weight * (1 + noise * torch.randn(weight.shape, generator=generator))


def _forward(weights: Sequence[torch.Tensor], inputs: torch.Tensor, cap: float) -> torch.Tensor:
    for weight in weights[:-1]:
        inputs = torch.clamp(inputs @ weight.T, 0.0, cap)
    return inputs @ weights[-1].T
