"""Real orthogonal matrices as meshes of rotators: U = D · R_K … R_1, with signs D at the outputs.

One angle per device, as in Gu et al. (AAAI 2021, Eq. 1), on neighbouring ports as a chip has them.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip.angles import ROUNDING_RAD, wrap
from fabdesign.chip.layout import MeshKind, MeshLayout, mesh_layout
from fabdesign.chip.nulling import check_unitary, clements_plan, null_angle, reck_stages, to_slots

Floats = NDArray[np.float64]
Gauge = Literal["short", "wide"]
GAUGES: tuple[Gauge, ...] = ("short", "wide")
_GAUGE_STREAM = 0x6761


def decompose_rotations(matrix: Floats, kind: MeshKind = "reck") -> tuple[Floats, Floats]:
    """Find the angles and the signs of a mesh that is a given orthogonal matrix.

    Args:
        matrix: orthogonal, [output port, input port].
        kind: ``"reck"`` or ``"clements"``.

    Returns:
        Angles in [0, 2π), [device], and signs ±1 at the outputs, [port].

    Raises:
        ConfigError: the matrix is not square and orthogonal.

    >>> angles, signs = decompose_rotations(np.array([[0.0, -1.0], [1.0, 0.0]]))
    >>> round(float(angles[0] / np.pi), 12), signs.tolist()
    (0.5, [1.0, 1.0])
    """
    check_unitary(matrix)
    work = np.array(matrix, dtype=np.float64)
    angles, signs = _reck(work) if kind == "reck" else _clements(work)
    return wrap(angles), signs


def reconstruct_rotations(angles_rad: Floats, signs: Floats, kind: MeshKind = "reck") -> Floats:
    """The matrix of a mesh of rotators.

    Args:
        angles_rad: [device].
        signs: at the outputs, [port].
        kind: ``"reck"`` or ``"clements"``.

    Returns:
        D · R_K … R_1, [output port, input port].
    """
    layout = mesh_layout(kind, len(signs))
    cos, sin = np.cos(angles_rad)[:, None], np.sin(angles_rad)[:, None]
    matrix = np.eye(layout.ports)
    for column in layout.columns:
        c, s = cos[column.first : column.last], sin[column.first : column.last]
        start, stop = column.ports
        lower, upper = matrix[start:stop:2].copy(), matrix[start + 1 : stop : 2].copy()
        matrix[start:stop:2] = c * lower - s * upper
        matrix[start + 1 : stop : 2] = s * lower + c * upper
    return signs[:, None] * matrix


def regauge(
    angles_rad: Floats, signs: Floats, layout: MeshLayout, gauge: Gauge = "short", seed: int = 0
) -> tuple[Floats, Floats]:
    """Choose each angle from the two that give the same matrix: R(φ) = −R(φ − π), the sign moved onwards.

    Power is the sum of the angles, so it depends on this choice.

    Args:
        angles_rad: [device].
        signs: at the outputs, [port].
        layout: of the mesh.
        gauge: ``"short"``: all angles in [0, π), about half the power of ``"wide"`` (not the least there is:
            a sign that moves on turns φ into π − φ in the devices behind); ``"wide"``: either one by a coin,
            so that the angles fill [0, 2π) as those in the paper seem to.
        seed: of the coins.

    Returns:
        Angles and signs of the same matrix.

    >>> layout = mesh_layout("reck", 2)
    >>> angles, signs = regauge(np.array([1.5 * np.pi]), np.array([1.0, 1.0]), layout)
    >>> round(float(angles[0] / np.pi), 12), signs.tolist()
    (0.5, [-1.0, -1.0])
    """
    coins = np.random.default_rng([_GAUGE_STREAM, seed]).integers(0, 2, layout.count)
    turned, passing = np.empty(layout.count), np.ones(layout.ports)
    for column in layout.columns:
        devices = slice(column.first, column.last)
        start, stop = column.ports
        lower, upper = passing[start:stop:2], passing[start + 1 : stop : 2]
        angle = wrap(angles_rad[devices] * lower * upper)
        flipped = coins[devices] == 1 if gauge == "wide" else angle > np.pi - ROUNDING_RAD
        turned[devices] = wrap(angle + np.pi * flipped)
        passing[start:stop] *= np.repeat(np.where(flipped, -1.0, 1.0), 2)
    return turned, signs * passing


def _reck(work: Floats) -> tuple[Floats, Floats]:
    n = len(work)
    columns = np.ascontiguousarray(work.T)
    angles = np.empty(n * (n - 1) // 2)
    done = 0
    for row, port in reck_stages(n):
        lower, upper = columns[port], columns[port + 1]
        angle = null_angle(columns[port, row], columns[port + 1, row])
        c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
        columns[port], columns[port + 1] = c * lower - s * upper, s * lower + c * upper
        angles[done : done + len(port)] = angle
        done += len(port)
    return angles, np.sign(np.diagonal(columns))


def _clements(work: Floats) -> tuple[Floats, Floats]:
    early: list[tuple[int, float]] = []
    late: list[tuple[int, float]] = []
    for from_left, row, column in clements_plan(len(work)):
        if from_left:
            angle = float(null_angle(-work[row, column], work[row - 1, column]))
            pair = work[row - 1 : row + 1]
            pair[:] = _rotation(angle) @ pair
            late.append((row - 1, angle))
        else:
            angle = float(null_angle(work[row, column], work[row, column + 1]))
            pair = work[:, column : column + 2]
            pair[:] = pair @ _rotation(-angle)
            early.append((column, angle))
    signs = np.sign(np.diagonal(work))
    moved = [(port, -angle * signs[port] * signs[port + 1]) for port, angle in reversed(late)]
    return to_slots(mesh_layout("clements", len(work)), [*early, *moved]), signs


def _rotation(angle: float) -> Floats:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])
