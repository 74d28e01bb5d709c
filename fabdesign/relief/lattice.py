"""One layer as a lattice: height ranks of pixels, and the tables that turn lattice vertices into lengths."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError
from fabdesign.relief.contacts import MIRROR, choose_eps_pm, find_contacts
from fabdesign.relief.moved_walls import moved_cells, moved_lines
from fabdesign.relief.relief import PM_PER_UM, Relief

STEPS = 3
"""Positions along an axis per lattice line: pulled towards smaller, on the line, pulled towards larger."""

_SMALLEST_STEP_SPACINGS = 64
_SMALLEST_STRIP_SPACINGS = 8


@dataclass(frozen=True, eq=False)
class Lattice:
    """The height field of one layer in ranks, and where its vertices lie.

    A vertex is three small integers: xi = 3 j + 1 + s on lattice line j (s = ±1 where a corner is pulled in),
    yi likewise, and zi, the rank of its height. Equal vertices have equal integers.

    Args:
        rank: uint16 [ny + 2, nx + 2], height rank of each pixel inside a border of zeros; rank 0 is z = 0.
        z_pm: int64 [rank], height above the bottom of the base in pm.
        pitch_pm: side of a pixel in pm.
        eps_pm: how far a corner is pulled in, in pm.
        pull: uint8 [ny + 1, nx + 1], which pixel gives way at each lattice corner (`relief.contacts`).
        contacts: number of diagonal contacts.
        tied_contacts: how many of them are between equally high pixels.
        line_pm: int64 positions of the lattice lines along y and along x; None where they are the borders of
            pixels, `pitch_pm` apart from 0 on.
    """

    rank: NDArray[np.uint16]
    z_pm: NDArray[np.int64]
    pitch_pm: int
    eps_pm: int
    pull: NDArray[np.uint8]
    contacts: int
    tied_contacts: int
    line_pm: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None

    @property
    def pixels(self) -> tuple[int, int]:
        """Cells as (ny, nx): pixels, where no wall is moved."""
        return self.rank.shape[0] - 2, self.rank.shape[1] - 2

    @property
    def pitch_um(self) -> float:
        """Side of a pixel in µm."""
        return self.pitch_pm / PM_PER_UM

    def lateral_pm(self, axis: int) -> NDArray[np.int64]:
        """Position of each lateral index along y (axis 0) or x (axis 1) from the first border, in pm."""
        steps = np.array([-1, 0, 1], dtype=np.int64) * self.eps_pm
        positions: NDArray[np.int64] = (self.lines_pm(axis)[:, None] + steps).ravel()
        return positions

    def lines_pm(self, axis: int) -> NDArray[np.int64]:
        """Position of each lattice line along y (axis 0) or x (axis 1) from the first border, in pm."""
        if self.line_pm is not None:
            return self.line_pm[axis]
        return np.arange(self.pixels[axis] + 1, dtype=np.int64) * self.pitch_pm

    @cached_property
    def x_um(self) -> NDArray[np.float64]:
        """x of each xi in µm, centred on the layer."""
        return self._centred_um(1)

    @cached_property
    def y_um(self) -> NDArray[np.float64]:
        """y of each yi in µm, centred on the layer."""
        return self._centred_um(0)

    @cached_property
    def z_um(self) -> NDArray[np.float64]:
        """z of each rank in µm; 0 is the bottom of the base."""
        return self.z_pm / PM_PER_UM

    def lines(self, index: NDArray[np.int32]) -> NDArray[np.float64]:
        """Lateral indices xi or yi as positions in units of the pitch."""
        position: NDArray[np.float64] = index // STEPS + (index % STEPS - 1) * (self.eps_pm / self.pitch_pm)
        return position

    def transposed(self) -> Lattice:
        """The same layer with x and y exchanged."""
        pull = np.ascontiguousarray(MIRROR[self.pull].T)
        line_pm = None if self.line_pm is None else (self.line_pm[1], self.line_pm[0])
        return replace(self, rank=np.ascontiguousarray(self.rank.T), pull=pull, line_pm=line_pm)

    def _centred_um(self, axis: int) -> NDArray[np.float64]:
        lines = self.lines_pm(axis)
        doubled = 2 * self.lateral_pm(axis) - int(lines[0]) - int(lines[-1])
        return doubled / (2 * PM_PER_UM)


def rounded_to_float32(length_um: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lengths as a file with 32-bit numbers has them."""
    return length_um.astype(np.float32).astype(np.float64)


def rounding_error(length_um: NDArray[np.float64]) -> float:
    """The most that rounding to 32-bit numbers changes any of some lengths, in µm."""
    return 2.0**-24 * float(np.abs(length_um).max())


def layer_lattice(relief: Relief, layer: int, *, exact: bool = False) -> Lattice:
    """Make the lattice of one layer.

    Args:
        relief: the relief.
        layer: which of its layers.
        exact: pull corners in by nothing: at a contact two vertices then differ by their integers alone, for
            formats whose triangles name vertices by index.

    Raises:
        ConfigError: 32-bit coordinates cannot hold the pixels or the height steps apart.
    """
    z_pm, rank_of_level = _ranks(relief, layer)
    check_steps(z_pm)
    if relief.edge_shift_pm:
        return _moved_lattice(relief, z_pm, rank_of_level[relief.levels[layer]])
    rank = _framed(rank_of_level[relief.levels[layer]])
    pull, contacts, tied = find_contacts(rank)
    largest_um = max(relief.pixels) * relief.pitch_pm / (2 * PM_PER_UM)
    eps_pm = 0 if exact else choose_eps_pm(relief.pitch_pm, largest_um)
    return Lattice(rank, z_pm, relief.pitch_pm, eps_pm, pull, contacts, tied)


def _moved_lattice(relief: Relief, z_pm: NDArray[np.int64], rank: NDArray[np.uint16]) -> Lattice:
    """The lattice of a relief with moved walls; its cells never meet only along an edge."""
    shift, pitch = relief.edge_shift_pm, relief.pitch_pm
    y_pm, x_pm = (moved_lines(count, pitch, shift) for count in relief.pixels)
    narrowest = min(2 * abs(shift), pitch - 2 * abs(shift))
    largest_um = max(relief.pixels) * pitch / (2 * PM_PER_UM)
    needed_pm = _SMALLEST_STRIP_SPACINGS * float(np.spacing(np.float32(largest_um))) * PM_PER_UM
    if narrowest < needed_pm:
        raise ConfigError(
            f"Moved walls leave strips of {narrowest} pm; 32-bit numbers on a plate that reaches "
            f"{largest_um:g} um tell {needed_pm:.0f} pm apart.",
            hint="Leave out so small an edge bias, or split the plate.",
        )
    framed = _framed(moved_cells(rank, shift))
    pull, contacts, tied = find_contacts(framed)
    return Lattice(framed, z_pm, pitch, 0, pull, contacts, tied, (y_pm, x_pm))


def _framed(rank: NDArray[np.uint16]) -> NDArray[np.uint16]:
    framed = np.zeros((rank.shape[0] + 2, rank.shape[1] + 2), dtype=np.uint16)
    framed[1:-1, 1:-1] = rank
    return framed


def _ranks(relief: Relief, layer: int) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
    heights = relief.base_pm + relief.height_of_level_pm[layer]
    used = np.bincount(relief.levels[layer].ravel(), minlength=len(heights)) > 0
    z_pm = np.concatenate([[0], np.unique(heights[used])]).astype(np.int64)
    return z_pm, np.searchsorted(z_pm, heights).astype(np.uint16)


def check_steps(z_pm: NDArray[np.int64]) -> None:
    """Refuse heights that 32-bit coordinates cannot hold apart.

    Args:
        z_pm: all heights of a solid, rising.

    Raises:
        ConfigError: two of them are too close together.
    """
    needed_pm = _SMALLEST_STEP_SPACINGS * float(np.spacing(np.float32(z_pm[-1] / PM_PER_UM))) * PM_PER_UM
    smallest = int(np.diff(z_pm).min())
    if smallest < needed_pm:
        raise ConfigError(
            f"Heights must be at least {needed_pm:.0f} pm apart for 32-bit numbers to tell them apart in a "
            f"relief {z_pm[-1] / PM_PER_UM:g} um tall; got a step of {smallest} pm.",
            hint="Use a thinner base or fewer levels.",
        )
