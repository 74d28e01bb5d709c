"""Where the devices of a mesh sit: ports, columns, and neighbours.

Light travels towards +x. Port 0 has the smallest y. Columns are numbered as light meets them; a device in
column c on port p joins ports p and p + 1. Devices are numbered by column, then by port: a phase vector of a
mesh always has this order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError

MeshKind = Literal["reck", "clements"]
KINDS: tuple[MeshKind, ...] = ("reck", "clements")


@dataclass(frozen=True)
class Column:
    """Devices that light meets together: on ports ``port``, ``port + 2``, …"""

    port: int
    first: int
    last: int

    @property
    def ports(self) -> tuple[int, int]:
        """The first port that is touched, and the one after the last."""
        return self.port, self.port + 2 * (self.last - self.first)


@dataclass(frozen=True, eq=False)
class MeshLayout:
    """The places of all devices of a mesh.

    Args:
        kind: ``"reck"`` (a triangle of 2n − 3 columns) or ``"clements"`` (a rectangle of n columns).
        ports: n.
        port: lower port of each device, [device].
        column: column of each device, [device].
        grid: place of each device in the plan whose direct neighbours exchange heat, [device, 2]. For a
            triangle, row and place in the row, as in its triangular matrix of phases; for a rectangle, column
            and half the port.
    """

    kind: MeshKind
    ports: int
    port: NDArray[np.int64]
    column: NDArray[np.int64]
    grid: NDArray[np.int64]

    @property
    def count(self) -> int:
        """The number of devices, n(n − 1)/2."""
        return len(self.port)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns in the order that light meets them; each holds at least one device."""
        _, starts = np.unique(self.column, return_index=True)
        bounds = [*starts.tolist(), self.count]
        return tuple(Column(int(self.port[first]), first, last) for first, last in pairwise(bounds))

    def positions_um(self, pitch_um: tuple[float, float]) -> NDArray[np.float64]:
        """Centres of the devices.

        Args:
            pitch_um: distance of columns in x, and of ports in y.

        Returns:
            (x, y) of each device, x = 0 at column 0 and y = 0 in the middle of the ports, [device, 2].

        >>> mesh_layout("clements", 3).positions_um((100.0, 10.0)).tolist()
        [[0.0, -5.0], [100.0, 5.0], [200.0, -5.0]]
        """
        x = self.column * pitch_um[0]
        y = (self.port + 0.5 - (self.ports - 1) / 2) * pitch_um[1]
        return np.stack([x, y], axis=1)


@cache
def mesh_layout(kind: MeshKind, ports: int) -> MeshLayout:
    """The layout of a mesh.

    Args:
        kind: ``"reck"`` or ``"clements"``.
        ports: at least 1.

    Raises:
        ConfigError: the kind is unknown, or there are no ports.

    >>> [mesh_layout("reck", n).count for n in (2, 4, 8)]
    [1, 6, 28]
    """
    if kind not in KINDS:
        raise ConfigError(f"A mesh must be one of {', '.join(KINDS)}; got {kind!r}.")
    if ports < 1:
        raise ConfigError(f"A mesh must have at least 1 port; got {ports}.")
    port, column, grid = (_reck if kind == "reck" else _clements)(ports)
    order = np.lexsort((port, column))
    arrays = port[order], column[order], grid[order]
    for array in arrays:
        array.setflags(write=False)
    return MeshLayout(kind, ports, *arrays)


def _reck(n: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    row, place = np.nonzero(np.add.outer(np.arange(n), np.arange(n)) <= n - 2)
    return place, 2 * row + place, np.stack([row, place], axis=1)


def _clements(n: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    column, port = np.nonzero(np.add.outer(np.arange(n), np.arange(max(n - 1, 0))) % 2 == 0)
    return port, column, np.stack([column, port // 2], axis=1)
