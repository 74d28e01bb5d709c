"""The relief of a design: integer levels and exact integer lengths in picometres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError

if TYPE_CHECKING:
    from fabdesign.relief.compensation import Compensation

PM_PER_UM = 1_000_000


@dataclass(frozen=True, eq=False)
class Relief:
    """Square pixels of whole-picometre height on a base plate, one height field per layer.

    Args:
        levels: uint8 [layer, y, x]; row 0 has the smallest y.
        height_of_level_pm: int64 [layer, level], height above the base in pm.
        base_pm: thickness of the base plate in pm, for all layers; 0 where a wafer carries the relief.
        pitch_pm: side of a pixel in pm.
        content_hash: 64 hex digits of the design that this is the relief of.
        name: stem for file names.
        edge_shift_pm: how far every wall lies inside the border of its pixels; negative outside.
        compensation: what the lengths were changed by so that the print ends as designed, or None.

    Raises:
        ConfigError: a length is not positive or a level has no height.
    """

    levels: NDArray[np.uint8]
    height_of_level_pm: NDArray[np.int64]
    base_pm: int
    pitch_pm: int
    content_hash: str
    name: str
    edge_shift_pm: int = 0
    compensation: Compensation | None = None

    def __post_init__(self) -> None:
        if self.base_pm < 0:
            raise ConfigError(f"The base must not be thinner than 0; got {self.base_pm} pm.")
        if self.pitch_pm <= 0:
            raise ConfigError(f"The pitch must be greater than 0; got {self.pitch_pm} pm.")
        if len(self.height_of_level_pm) != len(self.levels):
            raise ConfigError(
                f"There must be a row of heights for each of {len(self.levels)} layers; "
                f"got {len(self.height_of_level_pm)}."
            )
        if int(self.levels.max()) >= self.height_of_level_pm.shape[1]:
            raise ConfigError(
                f"Levels must be below {self.height_of_level_pm.shape[1]}, the number of heights; "
                f"got {int(self.levels.max())}."
            )
        if int(self.height_of_level_pm.min()) < 0:
            raise ConfigError("Heights above the base must not be negative.")

    def require_base(self) -> None:
        """Refuse to make a solid without a base plate.

        Raises:
            ConfigError: the base is 0.
        """
        if self.base_pm == 0:
            raise ConfigError(
                "A solid needs a base plate under its relief; without one it falls apart into loose pixels.",
                hint="Name a base thickness (--base), or a process profile that has one.",
            )

    def require_walls_in_place(self, what: str) -> None:
        """Refuse a relief whose walls do not lie on the borders of its pixels.

        Args:
            what: what cannot be written, for the message.

        Raises:
            ConfigError: the edges are compensated.
        """
        if self.edge_shift_pm:
            raise ConfigError(
                f"{what} holds whole pixels and cannot move their edges by {self.edge_shift_pm / 1e3:g} nm.",
                hint="Compensate the bias in STL, 3MF, .nano, GDSII or OASIS, or leave it to the machine.",
            )

    @property
    def layers(self) -> int:
        """The number of layers."""
        return len(self.levels)

    @property
    def pixels(self) -> tuple[int, int]:
        """Pixels of a layer as (ny, nx)."""
        return self.levels.shape[1], self.levels.shape[2]

    @property
    def pitch_um(self) -> float:
        """Side of a pixel in µm."""
        return self.pitch_pm / PM_PER_UM

    @property
    def base_um(self) -> float:
        """Thickness of the base plate in µm."""
        return self.base_pm / PM_PER_UM

    def volume_pm3(self, layer: int) -> int:
        """The exact volume of one layer with its base, Σ (base + h) pitch², in pm³.

        >>> one = Relief(np.zeros((1, 1, 1), np.uint8), np.array([[2]]), 3, 10, "0" * 64, "one")
        >>> one.volume_pm3(0)
        500
        """
        count = np.bincount(self.levels[layer].ravel(), minlength=self.height_of_level_pm.shape[1])
        heights = self.height_of_level_pm[layer].tolist()
        total = sum(n * (self.base_pm + h) for n, h in zip(count.tolist(), heights, strict=True))
        return int(total) * self.pitch_pm**2
