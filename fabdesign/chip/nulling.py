"""The order in which the two mesh decompositions null the elements of a matrix.

Reck et al., Phys. Rev. Lett. 73, 58 (1994); Clements et al., Optica 3, 1460 (2016).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip.layout import MeshLayout
from fabdesign.errors import ConfigError

_TOLERANCE = 1e-8
_ROUNDING = 1e-12


def check_unitary(matrix: NDArray[Any]) -> None:
    """Refuse a matrix that no lossless mesh can be.

    Raises:
        ConfigError: it is not square, or its columns are not orthonormal to 1e-8.
    """
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.shape[0] < 1:
        raise ConfigError(f"A mesh needs a square matrix; got shape {list(matrix.shape)}.")
    error = float(np.max(np.abs(matrix.conj().T @ matrix - np.eye(len(matrix)))))
    if not error <= _TOLERANCE:
        raise ConfigError(
            f"A mesh needs a unitary matrix; the columns miss orthonormality by {error:.2g}.",
            hint="Decompose other matrices by their singular values, as a USV* layer.",
        )


def null_angle(element: NDArray[np.float64], kept: NDArray[np.float64]) -> NDArray[np.float64]:
    """The angle whose rotation moves all of one element onto the other, 0 where both are only round-off.

    Without that, two remainders of 1e-17 would call for a device at any angle, and for its power.

    >>> null_angle(np.array([1.0, 1e-17]), np.array([0.0, 1e-17])).round(6).tolist()
    [1.570796, 0.0]
    """
    angle: NDArray[np.float64] = np.arctan2(element, kept)
    return np.where(np.hypot(element, kept) < _ROUNDING, 0.0, angle)


def reck_stages(n: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """The elements (row, port) that can be nulled together, stage by stage.

    Column operations on (port, port + 1) null element (row, port), from the last row upwards and from the
    left; operations two columns apart do not touch each other.
    """
    for stage in range(max(2 * n - 3, 0)):
        port = np.arange(stage % 2, min(stage, n - 2) + 1, 2)
        row = n - 1 - (stage - port) // 2
        fits = port < row
        yield row[fits], port[fits]


def clements_plan(n: int) -> Iterator[tuple[bool, int, int]]:
    """The elements to null one by one: (by rows, row, column); antidiagonals from the lower left corner."""
    for diagonal in range(n - 1):
        for step in range(diagonal + 1):
            if diagonal % 2 == 0:
                yield False, n - 1 - step, diagonal - step
            else:
                yield True, n - 1 + step - diagonal, step


def to_slots(layout: MeshLayout, devices: Sequence[tuple[Any, ...]]) -> NDArray[np.float64]:
    """Put devices, given in an order that light can meet them, into their places in a layout.

    Args:
        layout: of the mesh.
        devices: port, then values.

    Returns:
        The values in the layout's order, [device] or [device, value].
    """
    slots = {place: index for index, place in enumerate(zip(layout.column, layout.port, strict=True))}
    free = np.zeros(layout.ports, dtype=np.int64)
    values = np.empty((layout.count, len(devices[0]) - 1 if devices else 1))
    for port, *own in devices:
        column = int(max(free[port], free[port + 1]))
        values[slots[column, port]] = own
        free[port : port + 2] = column + 1
    return values[:, 0] if values.shape[1] == 1 else values
