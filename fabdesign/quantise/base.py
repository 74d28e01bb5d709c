"""What every quantisation method offers to the trainer."""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import torch
from jaxtyping import Complex, Float, UInt8
from torch import Tensor, nn

from fabdesign.errors import ConfigError
from fabdesign.optics import fill_of_heights
from fabdesign.process import LevelTable
from fabdesign.quantise.options import NoOptions
from fabdesign.quantise.relaxed import Relaxed, shares_on_circle
from fabdesign.quantise.rounding import nearest_on_circle

Shape = tuple[int, int, int]


class Quantiser(nn.Module, ABC):
    """The trainable state of all layers and the way from it to levels.

    One method is one file in ``fabdesign/quantise/methods`` with one concrete subclass.

    Args:
        shape: layers, rows and columns.
        table: the levels that the method ends on.
        seed: of the initial parameters, and of a method's own draws.
        options: an instance of the class's ``Options``.
    """

    name: ClassVar[str]
    uses_table: ClassVar[Literal["process", "paper"]] = "process"
    Options: ClassVar[type[Any]] = NoOptions

    def __init__(self, shape: Shape, table: LevelTable, seed: int, options: Any) -> None:
        super().__init__()
        self.shape = shape
        self.table = table
        self.seed = seed
        self.options = options
        self.level_phase_rad: Tensor
        phases = torch.tensor(table.phase_rad, dtype=torch.float32)
        self.register_buffer("level_phase_rad", phases, persistent=False)

    @abstractmethod
    def transmission(
        self, progress: float, generator: torch.Generator | None = None
    ) -> Complex[Tensor, "layer y x"]:
        """Return the complex transmission that training sees.

        Args:
            progress: 0 at the first step of training, 1 at the last.
            generator: where a method that draws noise takes it from.
        """

    def fill(
        self, edge_um: Sequence[float], progress: float, generator: torch.Generator | None = None
    ) -> Float[Tensor, "layer slice y x"]:
        """Return the share of each slice that is filled, as training through the thick model sees it.

        Args:
            edge_um: heights at which slices begin and end; one lies at every level.
            progress: 0 at the first step of training, 1 at the last.
            generator: where a method that draws noise takes it from.

        Raises:
            ConfigError: the method cannot train through the thick model.
        """
        weights = self.level_weights(progress, generator)
        heights = torch.tensor(self.table.height_um, device=weights.device)
        filled = fill_of_heights(heights[:, None, None], edge_um)[..., 0, 0].to(weights.dtype)
        return torch.einsum("klyx,ks->lsyx", weights, filled)

    def level_weights(
        self, progress: float, generator: torch.Generator | None = None
    ) -> Float[Tensor, "level layer y x"]:
        """Return how much of each level every pixel holds; the weights of a pixel sum to 1."""
        raise ConfigError(
            f"quantise.method must be one that knows the weight of each level to train with "
            f'optics.model = "thick"; got {self.name!r}.',
            hint='Use quantise.method = "transmission".',
        )

    def relaxed(self, progress: float, generator: torch.Generator | None = None) -> Relaxed:
        """Return the pixels that training sees in terms of the levels, so that these may err.

        Args:
            progress: 0 at the first step of training, 1 at the last.
            generator: where a method that draws noise takes it from.
        """
        return Relaxed(self.level_weights(progress, generator))

    @abstractmethod
    def hard_levels(self) -> UInt8[Tensor, "layer y x"]:
        """Return the level of every pixel as it will be made."""

    def hard_transmission(self) -> Complex[Tensor, "layer y x"]:
        """Return exp(iφ) of the hard levels, without gradient."""
        phase = self.level_phase_rad[self.hard_levels().long()]
        return torch.polar(torch.ones_like(phase), phase)

    def free_phase(self) -> Float[Tensor, "layer y x"] | None:
        """Return the phases in radians before rounding, if the method trains in full precision."""
        return None

    def penalty(self, progress: float) -> Float[Tensor, ""]:
        """Return what the method adds to the loss."""
        return torch.zeros(())

    def describe(self, progress: float) -> dict[str, float]:
        """Return what a person may want to watch, such as the temperature."""
        return {}

    def _generator(self) -> torch.Generator:
        return torch.Generator().manual_seed(self.seed)


def leaning_vectors(shape: Shape, seed: int, spread: float, lean: float) -> Float[Tensor, "2 layer y x"]:
    """Draw normally distributed 2-vectors whose mean points towards phase 0.

    Layers that begin nearly transparent leave the light on the axis, where the detectors are.

    Args:
        shape: layers, rows and columns.
        seed: of the draw.
        spread: standard deviation of either component.
        lean: mean of the first component.
    """
    vectors = spread * torch.randn((2, *shape), generator=torch.Generator().manual_seed(seed))
    vectors[0] += lean
    return vectors


class PhaseQuantiser(Quantiser):
    """A method that trains one phase per pixel, drawn evenly from [0, 2π) at the start."""

    def __init__(self, shape: Shape, table: LevelTable, seed: int, options: Any) -> None:
        super().__init__(shape, table, seed, options)
        start = torch.rand(shape, generator=self._generator()) * (2 * math.pi)
        self.weight = nn.Parameter(start)

    def fill(
        self, edge_um: Sequence[float], progress: float, generator: torch.Generator | None = None
    ) -> Float[Tensor, "layer slice y x"]:
        turns = torch.remainder(self.soft_phase(progress) / (2 * math.pi), 1)
        return fill_of_heights(turns * self.table.full_turn_um, edge_um)

    def relaxed(self, progress: float, generator: torch.Generator | None = None) -> Relaxed:
        phase = self.soft_phase(progress)
        light = torch.polar(torch.ones_like(phase), phase)
        return Relaxed(shares_on_circle(phase, self.level_phase_rad), light)

    @abstractmethod
    def soft_phase(self, progress: float) -> Float[Tensor, "layer y x"]:
        """Return the phase in radians that training sees."""

    def transmission(
        self,
        progress: float,
        generator: torch.Generator | None = None,
    ) -> Complex[Tensor, "layer y x"]:
        phase = self.soft_phase(progress)
        return torch.polar(torch.ones_like(phase), phase)

    def hard_levels(self) -> UInt8[Tensor, "layer y x"]:
        phase = self.weight.detach()
        return nearest_on_circle(phase.cos(), phase.sin(), self.level_phase_rad)
