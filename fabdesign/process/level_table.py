"""The level table: the heights that training may use and the phases they give at one wavelength."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fabdesign.errors import ConfigError, NumericsError

TURN_RAD = 2 * np.pi
MOST_LEVELS = 256
_PM_PER_UM = 1_000_000
_BLOCK = 1 << 18


def full_turn_um(wavelength_um: float, material_index: float, medium_index: float) -> float:
    """Height that delays the light by one wave: h = λ/(n - n₀), λ in vacuum.

    Args:
        wavelength_um: vacuum wavelength, um.
        material_index: n of the printed material.
        medium_index: n₀ of the medium around it.

    Raises:
        ConfigError: the material is not denser than the medium.

    >>> full_turn_um(0.8, 1.5, 1.0)
    1.6
    """
    if not material_index > medium_index:
        raise ConfigError(
            f"the material must be denser than the medium; got index {material_index:g} in {medium_index:g}.",
            hint="Choose another material or medium: without a difference of index a relief gives no phase.",
        )
    return wavelength_um / (material_index - medium_index)


@dataclass(frozen=True, eq=False)
class LevelTable:
    """The levels of a layer: heights, and the phases they give, φ = 2π (n - n₀) h / λ.

    Heights are *relief* heights: material above the deepest level. Etching removes phase: level k is etched
    ``height_um[-1] - height_um[k]`` deep, the top level not at all.

    Attributes:
        height_um: [n] heights, ascending from 0, whole picometres.
        phase_rad: [n] phases of these heights, not wrapped.
        wavelength_um: vacuum wavelength.
        material_index: n of the printed material.
        medium_index: n₀ of the medium around it.
        rule: how the heights were chosen, in words.
        mask_depth_um: [m] depth of each etch, bit 0 first; None where nothing is etched.
    """

    height_um: NDArray[np.float64]
    phase_rad: NDArray[np.float64]
    wavelength_um: float
    material_index: float
    medium_index: float
    rule: str
    mask_depth_um: NDArray[np.float64] | None = None

    @classmethod
    def from_heights(
        cls,
        height_um: ArrayLike,
        *,
        wavelength_um: float,
        material_index: float,
        medium_index: float,
        rule: str,
        mask_depth_um: ArrayLike | None = None,
    ) -> Self:
        """Make the table of given heights, rounded to whole picometres.

        Args:
            height_um: [n] heights above the deepest level, ascending, the first 0, um.
            wavelength_um: vacuum wavelength.
            material_index: n of the printed material.
            medium_index: n₀ of the medium around it.
            rule: how the heights were chosen, in words.
            mask_depth_um: [m] depth of each etch.

        Raises:
            ConfigError: fewer than 2 or more than 256 heights, or not ascending from 0.

        >>> table = LevelTable.from_heights(
        ...     [0, 0.4], wavelength_um=0.8, material_index=1.5, medium_index=1.0, rule="two")
        >>> table.phase_rad.round(6).tolist()
        [0.0, 1.570796]
        """
        turn = full_turn_um(wavelength_um, material_index, medium_index)
        heights = whole_picometres_um(height_um)
        _check_heights(heights)
        masks = None if mask_depth_um is None else _frozen(whole_picometres_um(mask_depth_um))
        phases = TURN_RAD * heights / turn
        return cls(
            _frozen(heights), _frozen(phases), wavelength_um, material_index, medium_index, rule, masks
        )

    @classmethod
    def from_phases(
        cls,
        phase_rad: ArrayLike | Sequence[float],
        *,
        wavelength_um: float,
        material_index: float,
        medium_index: float,
        rule: str = "given phases",
    ) -> Self:
        """Make the table whose heights give these phases, up to the rounding of heights to a picometre.

        Args:
            phase_rad: [n] phases, ascending, the first 0; more than a turn is allowed.
            wavelength_um: vacuum wavelength.
            material_index: n of the printed material.
            medium_index: n₀ of the medium around it.
            rule: how the phases were chosen, in words.

        Raises:
            ConfigError: fewer than 2 or more than 256 phases, or not ascending from 0.

        >>> LevelTable.from_phases(
        ...     [0, np.pi], wavelength_um=0.8, material_index=1.5, medium_index=1.0).height_um.tolist()
        [0.0, 0.8]
        """
        turn = full_turn_um(wavelength_um, material_index, medium_index)
        return cls.from_heights(
            np.asarray(phase_rad, dtype=np.float64) / TURN_RAD * turn,
            wavelength_um=wavelength_um,
            material_index=material_index,
            medium_index=medium_index,
            rule=rule,
        )

    @property
    def n(self) -> int:
        """Number of levels."""
        return len(self.height_um)

    @property
    def full_turn_um(self) -> float:
        """Height of one wave of delay, λ/(n - n₀), um."""
        return full_turn_um(self.wavelength_um, self.material_index, self.medium_index)

    @property
    def ideal_phase_rad(self) -> NDArray[np.float64]:
        """[n] phases that n evenly spread levels would have, 2πk/n."""
        return TURN_RAD * np.arange(self.n) / self.n

    @property
    def etch_depth_um(self) -> NDArray[np.float64]:
        """[n] depth from the top of the relief down to each level, um."""
        return whole_picometres_um(self.height_um[-1] - self.height_um)

    @cached_property
    def gap_rad(self) -> NDArray[np.float64]:
        """[m] steps between neighbouring phases on the circle, in order; they sum to 2π."""
        return np.diff(np.append(self._wrapped[0], TURN_RAD))

    @property
    def closed(self) -> bool:
        """Whether the levels go round the circle: the largest gap is at most 1.5 times the median one."""
        return bool(self.gap_rad.max() <= 1.5 * np.median(self.gap_rad))

    @property
    def rms_rounding_rad(self) -> float:
        """RMS distance of a uniformly distributed phase to its nearest level, √(Σ gap³ / 24π).

        For n even levels it is 2π/(n√12): 0.4534 rad for 4.
        """
        return float(np.sqrt(np.sum(self.gap_rad**3) / (12 * TURN_RAD)))

    def nearest(self, phase_rad: ArrayLike) -> NDArray[np.uint8]:
        """Round phases to the nearest level on the circle; a tie goes to the lower level.

        Args:
            phase_rad: phases of any shape, not necessarily wrapped.

        Returns:
            Level indices of the same shape.

        Raises:
            NumericsError: a phase is NaN or infinite.

        >>> table = ideal_table(4, wavelength_um=0.8, material_index=1.5, medium_index=1.0)
        >>> table.nearest([0.1, 3.0, -0.1, 6.2]).tolist()
        [0, 2, 0, 0]
        """
        phases = np.asarray(phase_rad)
        levels = np.empty(phases.shape, dtype=np.uint8)
        flat_in, flat_out = phases.reshape(-1), levels.reshape(-1)
        for start in range(0, flat_in.size, _BLOCK):
            block = slice(start, start + _BLOCK)
            flat_out[block] = self._nearest_block(flat_in[block].astype(np.float64))
        return levels

    def describe(self) -> dict[str, object]:
        """Return the table as plain JSON: nanometres and radians, for listings and records."""
        return {
            "levels": self.n,
            "rule": self.rule,
            "wavelength_um": self.wavelength_um,
            "material_index": self.material_index,
            "medium_index": self.medium_index,
            "full_turn_um": self.full_turn_um,
            "closed": self.closed,
            "rms_rounding_rad": self.rms_rounding_rad,
            "height_um": self.height_um.tolist(),
            "phase_rad": self.phase_rad.tolist(),
            "ideal_phase_rad": self.ideal_phase_rad.tolist(),
            "mask_depth_um": None if self.mask_depth_um is None else self.mask_depth_um.tolist(),
        }

    def _nearest_block(self, phases: NDArray[np.float64]) -> NDArray[np.uint8]:
        if not np.isfinite(phases).all():
            raise NumericsError("phases must be finite to be rounded to levels; got NaN or infinity.")
        places = np.searchsorted(self._boundary, np.mod(phases, TURN_RAD), side="left")
        return self._level_after[places]

    @cached_property
    def _wrapped(self) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
        """Wrapped phases in ascending order without repeats, and the (lowest) level of each."""
        wrapped = np.mod(self.phase_rad, TURN_RAD)
        phases, levels = np.unique(wrapped, return_index=True)
        return phases, levels.astype(np.uint8)

    @cached_property
    def _boundary(self) -> NDArray[np.float64]:
        """Midpoints between neighbours on the circle; x <= midpoint belongs to the neighbour before it."""
        phases, levels = self._wrapped
        middle = (phases + np.append(phases[1:], TURN_RAD)) / 2
        after_is_lower = np.append(levels[1:], levels[0]) < levels
        return np.asarray(np.where(after_is_lower, np.nextafter(middle, 0), middle))

    @cached_property
    def _level_after(self) -> NDArray[np.uint8]:
        levels = self._wrapped[1]
        return np.append(levels, levels[0])


def ideal_table(n: int, *, wavelength_um: float, material_index: float, medium_index: float) -> LevelTable:
    """Make the table of n evenly spread levels, φ_k = 2πk/n, end point excluded.

    Args:
        n: number of levels, 2 to 256.
        wavelength_um: vacuum wavelength.
        material_index: n of the printed material.
        medium_index: n₀ of the medium around it.

    Raises:
        ConfigError: n is out of range, or the material is not denser than the medium.

    >>> ideal_table(4, wavelength_um=0.8, material_index=1.5, medium_index=1.0).height_um.tolist()
    [0.0, 0.4, 0.8, 1.2]
    """
    return LevelTable.from_phases(
        TURN_RAD * np.arange(n) / n,
        wavelength_um=wavelength_um,
        material_index=material_index,
        medium_index=medium_index,
        rule="ideal",
    )


def whole_picometres_um(length_um: ArrayLike) -> NDArray[np.float64]:
    """Round lengths to whole picometres; the result is the double nearest to each.

    >>> whole_picometres_um([0.1 + 0.2]).tolist()
    [0.3]
    """
    return np.rint(np.asarray(length_um, dtype=np.float64) * _PM_PER_UM) / _PM_PER_UM


def _check_heights(height_um: NDArray[np.float64]) -> None:
    if height_um.ndim != 1 or not 2 <= len(height_um) <= MOST_LEVELS:
        raise ConfigError(f"a level table holds 2 to {MOST_LEVELS} levels; got {height_um.size}.")
    if height_um[0] != 0 or not (np.diff(height_um) > 0).all():
        raise ConfigError(
            "levels must ascend from 0 by at least a picometre.",
            hint="Sort them and subtract the first: a phase common to all levels changes nothing.",
        )


def _frozen(array: NDArray[np.float64]) -> NDArray[np.float64]:
    array.setflags(write=False)
    return array
