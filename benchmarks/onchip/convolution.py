"""A small convolutional network on meshes: im2col, then each layer's matrix is one mesh (the paper's CNNs).

16 × 16 images, 8 kernels of 3 × 3 with stride 2, 6 kernels of 3 × 3 with stride 2, full to 10 outputs:
1,464 weights with a padding of 1, in the paper's way of counting. Every patch of an image is one vector of
light, so a convolution of n positions shows n vectors to its mesh for each image.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from fabdesign.chip import (
    ErrorModel,
    Examples,
    MeshDesign,
    SimulatedChip,
    design_mesh,
    limit_singular_values,
)

Floats = NDArray[np.float64]
CAP = 4.0


@dataclass(frozen=True)
class Convolution:
    """Kernels of 3 × 3 with stride 2 and padding 1.

    Args:
        channels: of the image that comes in.
        side: of that image in pixels.
        kernels: channels that go out.
    """

    channels: int
    side: int
    kernels: int

    @property
    def out_side(self) -> int:
        """Side of the image that goes out."""
        return (self.side - 1) // 2 + 1

    def patches(self, images: Floats) -> Floats:
        """im2col: [example, channels · side²] to [example · positions, channels · 9]."""
        padded = np.pad(
            images.reshape(-1, self.channels, self.side, self.side), ((0, 0), (0, 0), (1, 1), (1, 1))
        )
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))[:, :, ::2, ::2]
        return np.ascontiguousarray(windows.transpose(0, 2, 3, 1, 4, 5)).reshape(-1, 9 * self.channels)

    def image(self, seen: Floats, examples: int) -> Floats:
        """[example · positions, kernels] to [example, kernels · out_side²]."""
        return seen.reshape(examples, self.out_side**2, self.kernels).transpose(0, 2, 1).reshape(examples, -1)


CONVOLUTIONS = (Convolution(1, 16, 8), Convolution(8, 8, 6))
OUTPUTS = 10


class ConvolutionalChip:
    """An instrument of three meshes, one for each layer.

    Args:
        designs: of the layers, in the order of the light.
        model: how chips err.
        seed: which chip.
    """

    def __init__(self, designs: list[MeshDesign], model: ErrorModel | None, seed: int) -> None:
        self.parts = [SimulatedChip(design, model, 100 * seed + n) for n, design in enumerate(designs)]
        self._cuts = np.cumsum([part.phase_count for part in self.parts])[:-1]

    @property
    def phase_count(self) -> int:
        """Heaters of all meshes."""
        return sum(part.phase_count for part in self.parts)

    def set_phases(self, phase_rad: Floats) -> None:
        """Command the heaters, layer by layer."""
        for part, phases in zip(self.parts, np.split(phase_rad, self._cuts), strict=True):
            part.set_phases(phases)

    def measure(self, inputs: Floats) -> Floats:
        """Outputs of images [example, 256], [example, 10]."""
        sent = inputs
        for layer, part in zip(CONVOLUTIONS, self.parts[:-1], strict=True):
            sent = layer.image(np.clip(part.measure(layer.patches(sent)), 0.0, CAP), len(inputs))
        return self.parts[-1].measure(sent)


def designs_of(weights: list[Floats], alpha: float, gauge: str = "short") -> list[MeshDesign]:
    """One mesh for each layer."""
    return [
        design_mesh([weight], active_share=alpha, gauge=gauge, seed=n) for n, weight in enumerate(weights)
    ]  # type: ignore[arg-type]


def train_convolutions(
    examples: Examples, epochs: int = 4, batch: int = 128, rate: float = 1e-2
) -> list[Floats]:
    """Train the network in software by Adam with a one-cycle rate, singular values limited to 3."""
    generator = torch.Generator().manual_seed(0)
    images = torch.tensor(examples.inputs, dtype=torch.float32).reshape(-1, 1, 16, 16)
    labels = torch.tensor(examples.labels)
    last = CONVOLUTIONS[-1]
    shapes = [(c.kernels, 9 * c.channels) for c in CONVOLUTIONS] + [
        (OUTPUTS, last.kernels * last.out_side**2)
    ]
    weights = [
        nn.Parameter(torch.randn(shape, generator=generator) * (2 / shape[1]) ** 0.5) for shape in shapes
    ]
    optimiser = torch.optim.AdamW(weights, lr=rate)
    steps = epochs * -(-len(labels) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps)
    for _ in range(epochs):
        for chosen in torch.randperm(len(labels), generator=generator).split(batch):
            optimiser.zero_grad()
            nn.functional.cross_entropy(forward(weights, images[chosen]), labels[chosen]).backward()
            optimiser.step()
            schedule.step()
        with torch.no_grad():
            for weight in weights:
                weight.copy_(torch.from_numpy(limit_singular_values(weight.numpy(), 3.0)))
    return [limit_singular_values(weight.detach().numpy(), 3.0) for weight in weights]


def forward(weights: list[nn.Parameter], images: torch.Tensor) -> torch.Tensor:
    """The network with torch's own convolutions."""
    for layer, weight in zip(CONVOLUTIONS, weights[:-1], strict=True):
        kernels = weight.reshape(layer.kernels, layer.channels, 3, 3)
        images = nn.functional.conv2d(images, kernels, stride=2, padding=1).clamp(0.0, CAP)
    return images.flatten(1) @ weights[-1].T
