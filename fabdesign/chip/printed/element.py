"""The tunable element of a printed stack: square zones at the object, each delaying the light."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fabdesign.errors import ConfigError
from fabdesign.optics import Grid


@dataclass(frozen=True)
class ZonePlate:
    """A phase plate of few zones right behind the object, such as a small liquid-crystal modulator.

    Args:
        zones: (rows, columns) of equal rectangles over the input plane; zone 0 has the smallest y and x.
        bits: resolution of the drive, in even steps of a turn; 0 for a continuous one.

    >>> ZonePlate((6, 6)).count
    36
    """

    zones: tuple[int, int] = (6, 6)
    bits: int = 8

    def __post_init__(self) -> None:
        if min(self.zones) < 1 or not 0 <= self.bits <= 24:
            raise ConfigError(
                "a zone plate must have at least 1 × 1 zones and a drive of 0 to 24 bits; "
                f"got {self.zones[0]} × {self.zones[1]} and {self.bits}."
            )

    @property
    def count(self) -> int:
        """The number of zones."""
        return self.zones[0] * self.zones[1]

    def masks(self, grid: Grid, dtype: torch.dtype) -> Tensor:
        """Which samples each zone covers, [zone, ny, nx] of 0 and 1.

        Raises:
            ConfigError: there are more zones than samples.
        """
        ny, nx = grid.shape
        if self.zones[0] > ny or self.zones[1] > nx:
            raise ConfigError(f"{self.zones[0]} × {self.zones[1]} zones do not fit on {ny} × {nx} samples.")
        rows = torch.arange(ny) * self.zones[0] // ny
        columns = torch.arange(nx) * self.zones[1] // nx
        zone = rows[:, None] * self.zones[1] + columns
        return (zone == torch.arange(self.count)[:, None, None]).to(dtype)

    def phasors(self, phase_rad: Tensor) -> Tensor:
        """exp(iφ) of each zone as it is driven, [zone]."""
        driven = phase_rad
        if self.bits:
            step = 2 * torch.pi / 2**self.bits
            driven = torch.round(phase_rad / step) * step
        return torch.polar(torch.ones_like(driven), driven)
