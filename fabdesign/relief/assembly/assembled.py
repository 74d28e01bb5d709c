"""Several storeys as one solid on one integer lattice: what an exporter of solids writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fabdesign.relief.assembly.storey import Heights, Storey, lattice_of, placed
from fabdesign.relief.contacts import choose_eps_pm
from fabdesign.relief.lattice import Lattice, check_steps
from fabdesign.relief.mesh import Triangles
from fabdesign.relief.relief import PM_PER_UM


@dataclass(frozen=True, eq=False)
class Assembled:
    """A solid made of storeys, ready to be meshed.

    Args:
        storeys: its parts, from the bottom up or plate by plate.
        shape: pixels of the lattice it stands on, as (ny, nx); the optical axis is in the middle of a stack.
        pitch_pm: side of a pixel.
        exact: pull no corners in, for formats whose triangles name vertices by index.
    """

    storeys: tuple[Storey, ...]
    shape: tuple[int, int]
    pitch_pm: int
    exact: bool = False

    @cached_property
    def z_pm(self) -> Heights:
        """All heights that occur, rising."""
        return np.unique(np.concatenate([storey.z_pm for storey in self.storeys]))

    @cached_property
    def lattice(self) -> Lattice:
        """Where the lattice integers of the mesh lie; its height field is the footprint.

        Raises:
            ConfigError: 32-bit coordinates cannot hold the pixels or the height steps apart.
        """
        check_steps(self.z_pm)
        footprint = np.zeros(self.shape, dtype=np.int64)
        for storey in self.storeys:
            footprint[_where(storey)] |= storey.solid
        lattice = lattice_of(footprint, self.z_pm, self.pitch_pm, self._eps_pm)
        contacts, tied = np.sum([[own.contacts, own.tied_contacts] for _, own in self.lattices()], axis=0)
        return replace(lattice, contacts=int(contacts), tied_contacts=int(tied))

    @cached_property
    def triangles(self) -> int:
        """How many triangles `batches` gives: as few as a closed mesh over its true corners can have."""
        return sum(storey.triangles(lattice) for storey, lattice in self.lattices())

    @cached_property
    def volume_pm3(self) -> int:
        """The exact volume before corners are pulled in, in pm³."""
        return sum(storey.volume_pm3(self.pitch_pm) for storey in self.storeys)

    @property
    def height_pm(self) -> int:
        """From the lowest to the highest point."""
        return int(self.z_pm[-1] - self.z_pm[0])

    @property
    def size_um(self) -> tuple[float, float, float]:
        """The box: x, y, z."""
        ny, nx = self.shape
        return nx * self.pitch_pm / PM_PER_UM, ny * self.pitch_pm / PM_PER_UM, self.height_pm / PM_PER_UM

    def batches(self) -> Iterator[Triangles]:
        """The mesh, storey by storey in batches of bounded size, on `lattice`."""
        for storey, lattice in self.lattices():
            z_rank = self.z_rank(storey)
            for batch in storey.batches(lattice):
                yield placed(batch, storey.corner, z_rank)

    @property
    def _eps_pm(self) -> int:
        if self.exact:
            return 0
        return choose_eps_pm(self.pitch_pm, max(self.shape) * self.pitch_pm / (2 * PM_PER_UM))

    def z_rank(self, storey: Storey) -> NDArray[np.int32]:
        """Rank of each height of a storey among those of the whole solid."""
        return np.searchsorted(self.z_pm, storey.z_pm).astype(np.int32)

    def lattices(self) -> Iterator[tuple[Storey, Lattice]]:
        """Every storey with its height field."""
        for storey in self.storeys:
            yield storey, storey.lattice(self.pitch_pm, self._eps_pm)


def _where(storey: Storey) -> tuple[slice, slice]:
    (i, j), (ny, nx) = storey.corner, storey.top_pm.shape
    return slice(i, i + ny), slice(j, j + nx)
