"""One storey of a solid: a height field on a flat bottom, which may stand on another storey and carry one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fabdesign.relief.contacts import find_contacts
from fabdesign.relief.floor import count_vertices
from fabdesign.relief.lattice import STEPS, Lattice
from fabdesign.relief.merged_tops import merged_tops
from fabdesign.relief.merged_walls import merged_walls
from fabdesign.relief.mesh import MINUS_Z, Triangles

Mask = NDArray[np.bool_]
Heights = NDArray[np.int64]

_CORNERS_OF_A_POST = 4
_TOPS_OF_A_POST = 2


@dataclass(frozen=True, eq=False)
class Storey:
    """A part of a solid between two horizontal planes, without the faces where it joins its neighbours.

    Its outside is that of a height field: walls and tops. Tops at the height of the next storey's bottom are
    posts: they are left out, and the next storey's bottom has a hole in place of each.

    Args:
        top_pm: int64 [y, x], height of the top of each pixel; 0 where the storey has no material.
        bottom_pm: height of its flat bottom.
        held: bool [y, x], posts of the storey below that it stands on: rectangles off its border.
        posts: bool [y, x], pixels whose tops carry the next storey.
        corner: (row, column) of its first pixel on the lattice of the whole solid.
    """

    top_pm: Heights
    bottom_pm: int
    held: Mask
    posts: Mask
    corner: tuple[int, int] = (0, 0)

    @cached_property
    def solid(self) -> Mask:
        """Which pixels hold material."""
        solid: Mask = self.top_pm > self.bottom_pm
        return solid

    @cached_property
    def z_pm(self) -> Heights:
        """The heights that occur, rising: the bottom, then all tops."""
        return np.concatenate([[self.bottom_pm], np.unique(self.top_pm[self.solid])]).astype(np.int64)

    def lattice(self, pitch_pm: int, eps_pm: int) -> Lattice:
        """Its height field, as the mesher takes it."""
        ranks = np.where(self.solid, np.searchsorted(self.z_pm, self.top_pm), 0)
        return lattice_of(ranks, self.z_pm, pitch_pm, eps_pm)

    def volume_pm3(self, pitch_pm: int) -> int:
        """Σ (top − bottom) pitch², exactly, before corners are pulled in."""
        ranks = np.searchsorted(self.z_pm, self.top_pm[self.solid])
        counts = np.bincount(ranks, minlength=len(self.z_pm)).tolist()
        heights = (self.z_pm - self.bottom_pm).tolist()
        return int(sum(n * h for n, h in zip(counts, heights, strict=True))) * pitch_pm**2

    def batches(self, lattice: Lattice) -> Iterator[Triangles]:
        """Its outside, on its own lattice.

        Args:
            lattice: what `lattice` gave.
        """
        yield from self._bottom(lattice)
        post_rank = len(self.z_pm) - 1 if self.posts.any() else -1
        for batch in merged_tops(lattice):
            yield batch if post_rank < 0 else _only(batch, batch.zi[:, 0] != post_rank)
        yield from merged_walls(lattice)

    def triangles(self, lattice: Lattice) -> int:
        """How many triangles `batches` gives.

        The height field over a footprint of Euler characteristic χ closes with 2 (V − 2 χ) triangles over its
        V true corners. A rectangular hole in the bottom adds 6, a post whose top is left out takes 2.
        """
        closed = 2 * (count_vertices(lattice).true_corners - 2 * euler_characteristic(self.solid))
        holes, posts = (euler_characteristic(mask) for mask in (self.held, self.posts))
        return closed + (_CORNERS_OF_A_POST + 2) * holes - _TOPS_OF_A_POST * posts

    def _bottom(self, lattice: Lattice) -> Iterator[Triangles]:
        ranks = self.solid.astype(np.int64) + self.held
        flat = lattice_of(ranks, self.z_pm[0] + np.arange(3) * lattice.pitch_pm, lattice.pitch_pm, 0)
        for batch in merged_tops(flat):
            seen = _only(batch, batch.zi[:, 0] == 1)
            axis = np.full(len(seen), MINUS_Z, dtype=np.int8)
            yield Triangles(seen.xi[:, ::-1], seen.yi[:, ::-1], np.zeros_like(seen.zi), axis)


def lattice_of(ranks: NDArray[np.int64], z_pm: Heights, pitch_pm: int, eps_pm: int) -> Lattice:
    """A lattice of height ranks [y, x] without a base under all of them; rank 0 is outside."""
    padded = np.pad(ranks, 1).astype(np.uint16)
    pull, contacts, tied = find_contacts(padded)
    return Lattice(padded, z_pm, pitch_pm, eps_pm, pull, contacts, tied)


def placed(batch: Triangles, corner: tuple[int, int], z_rank: NDArray[np.int32]) -> Triangles:
    """A batch on the lattice of the whole solid.

    Args:
        batch: triangles on a storey's own lattice.
        corner: (row, column) of the storey's first pixel.
        z_rank: rank of each of its heights among those of the whole solid.
    """
    return replace(
        batch, xi=batch.xi + STEPS * corner[1], yi=batch.yi + STEPS * corner[0], zi=z_rank[batch.zi]
    )


def euler_characteristic(mask: Mask) -> int:
    """Pieces less holes of a mask whose pixels belong together across their sides.

    >>> ring = np.ones((3, 3), bool); ring[1, 1] = False
    >>> euler_characteristic(ring), euler_characteristic(np.eye(2, dtype=bool))
    (0, 2)
    """
    cells = np.pad(mask, 1).astype(np.int64)
    across = np.count_nonzero(cells[:, 1:] & cells[:, :-1]) + np.count_nonzero(cells[1:] & cells[:-1])
    square = np.count_nonzero(cells[1:, 1:] & cells[1:, :-1] & cells[:-1, 1:] & cells[:-1, :-1])
    return int(cells.sum()) - int(across) + int(square)


def _only(batch: Triangles, chosen: Mask) -> Triangles:
    return Triangles(batch.xi[chosen], batch.yi[chosen], batch.zi[chosen], batch.axis[chosen])
