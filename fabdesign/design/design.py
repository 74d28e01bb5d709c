"""The artefact: integer levels, the height of each level, and the record of what the device is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.design.content import hash_arrays
from fabdesign.design.physical import Physical
from fabdesign.errors import ConfigError

_LEVEL_AXES = 3


@dataclass(frozen=True, eq=False)
class Design:
    """A device whose truth is integer levels and heights; phase is always derived from them.

    Args:
        levels: uint8 [layer, y, x].
        height_of_level_um: float64 [layer, level], rising along each row.
        physical: what the device is; hashed.
        settings: how it was computed; not hashed.
        scores: what it scored when it was made.
        provenance: where it came from; not hashed.
        phase: float32 [layer, y, x] in rad, the unquantised phase, for study.

    Raises:
        ConfigError: the arrays do not fit each other or the record.
    """

    levels: NDArray[np.uint8]
    height_of_level_um: NDArray[np.float64]
    physical: Physical
    settings: Mapping[str, Any] = field(default_factory=dict)
    scores: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    phase: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        _check_levels(self.levels, self.height_of_level_um)
        _check_heights(self.height_of_level_um)
        if self.phase is not None and self.phase.shape != self.levels.shape:
            raise ConfigError(
                f"phase must have the shape of levels, {self.levels.shape}; got {self.phase.shape}."
            )
        spaces = len(self.physical.spaces)
        if spaces not in (0, len(self.levels) + 1):
            raise ConfigError(
                f"physical.spaces must be empty or hold one list more than there are layers, "
                f"{len(self.levels) + 1}; got {spaces}."
            )

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over the physical record, the levels and the heights: 64 hex digits."""
        arrays: dict[str, NDArray[Any]] = {
            "levels": self.levels,
            "height_of_level_um": self.height_of_level_um,
        }
        return hash_arrays(arrays, self.physical.to_json())

    @property
    def layers(self) -> int:
        """The number of layers."""
        return len(self.levels)

    @property
    def pixels(self) -> tuple[int, int]:
        """Pixels of a layer as (ny, nx)."""
        return self.levels.shape[1], self.levels.shape[2]

    def height_um(self) -> NDArray[np.float64]:
        """The relief height of every pixel above its base, float64 [layer, y, x] in µm."""
        layer = np.arange(self.layers)[:, None, None]
        return self.height_of_level_um[layer, self.levels]

    def phase_rad(self, height_um: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """The phase of every pixel, φ = 2π (n − n0) h / λ, not wrapped, float64 [layer, y, x].

        Args:
            height_um: other heights to turn into phase, such as those read back from a file.
        """
        heights = self.height_um() if height_um is None else height_um
        contrast = self.physical.material.index - self.physical.medium.index
        return 2 * math.pi * contrast / self.physical.wavelength_um * heights


def _check_levels(levels: NDArray[np.uint8], heights: NDArray[np.float64]) -> None:
    if levels.dtype != np.uint8 or levels.ndim != _LEVEL_AXES or 0 in levels.shape:
        raise ConfigError(
            f"levels must be uint8 [layer, y, x] and not empty; got {levels.dtype} {list(levels.shape)}."
        )
    if heights.dtype != np.float64 or heights.ndim != 2 or len(heights) != len(levels):
        raise ConfigError(
            f"height_of_level_um must be float64 [layer, level] with {len(levels)} layers; "
            f"got {heights.dtype} {list(heights.shape)}."
        )
    if int(levels.max()) >= heights.shape[1]:
        raise ConfigError(
            f"levels must be below {heights.shape[1]}, the number of heights; got {levels.max()}."
        )


def _check_heights(heights: NDArray[np.float64]) -> None:
    if not np.isfinite(heights).all() or (heights < 0).any():
        raise ConfigError("height_of_level_um must be finite and not negative.")
    if (np.diff(heights, axis=1) <= 0).any():
        raise ConfigError("height_of_level_um must rise from level to level in every layer.")
