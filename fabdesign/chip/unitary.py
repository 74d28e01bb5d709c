"""Complex unitary matrices as meshes of interferometers: U = diag(e^{iα}) · T_K … T_1.

These are the phases that a mask carries: an inner θ and an outer φ for each device, and α at the outputs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip.angles import wrap
from fabdesign.chip.layout import MeshKind, mesh_layout
from fabdesign.chip.mzi import interferometer
from fabdesign.chip.nulling import check_unitary, clements_plan, reck_stages, to_slots

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class UnitaryPhases:
    """The phases of a mesh of interferometers.

    Args:
        kind: ``"reck"`` or ``"clements"``.
        theta_rad: inner phases, [device].
        phi_rad: outer phases, ahead of the couplers on the lower port, [device].
        output_rad: phases at the outputs, [port].
    """

    kind: MeshKind
    theta_rad: Floats
    phi_rad: Floats
    output_rad: Floats


def decompose_unitary(matrix: Complexes | Floats, kind: MeshKind = "clements") -> UnitaryPhases:
    """Find the phases of a mesh that is a given unitary matrix.

    Args:
        matrix: unitary, [output port, input port].
        kind: ``"reck"`` or ``"clements"``.

    Returns:
        θ in [0, π], φ and the output phases in [0, 2π).

    Raises:
        ConfigError: the matrix is not square and unitary.

    >>> phases = decompose_unitary(np.eye(2))  # the bar state
    >>> round(float(phases.theta_rad[0] / np.pi), 12)
    1.0
    """
    check_unitary(matrix)
    work = np.array(matrix, dtype=np.complex128)
    theta, phi, output = _reck(work) if kind == "reck" else _clements(work)
    return UnitaryPhases(kind, theta, wrap(phi), wrap(np.angle(output)))


def reconstruct_unitary(phases: UnitaryPhases) -> Complexes:
    """The matrix of a mesh of interferometers, [output port, input port]."""
    layout = mesh_layout(phases.kind, len(phases.output_rad))
    blocks = interferometer(phases.theta_rad, phases.phi_rad)
    matrix = np.eye(layout.ports, dtype=np.complex128)
    for column in layout.columns:
        start, stop = column.ports
        pairs = matrix[start:stop].reshape(-1, 2, layout.ports)
        matrix[start:stop] = (blocks[column.first : column.last] @ pairs).reshape(-1, layout.ports)
    turned: Complexes = np.exp(1j * phases.output_rad)[:, None] * matrix
    return turned


def _null_right(left: Complexes, right: Complexes) -> tuple[Floats, Floats]:
    """θ and φ for which (left, right) · T† has a first element of zero."""
    return 2 * np.arctan2(np.abs(right), np.abs(left)), np.angle(left) - np.angle(right) - np.pi


def _null_left(upper: Complexes, lower: Complexes) -> tuple[Floats, Floats]:
    """θ and φ for which T · (upper, lower) has a second element of zero."""
    return 2 * np.arctan2(np.abs(upper), np.abs(lower)), np.angle(lower) - np.angle(upper)


def _reck(work: Complexes) -> tuple[Floats, Floats, Complexes]:
    n = len(work)
    columns = np.ascontiguousarray(work.T)
    theta, phi = np.empty(n * (n - 1) // 2), np.empty(n * (n - 1) // 2)
    done = 0
    for row, port in reck_stages(n):
        here = slice(done, done + len(port))
        theta[here], phi[here] = _null_right(columns[port, row], columns[port + 1, row])
        pairs = np.stack([columns[port], columns[port + 1]], axis=1)
        pairs = interferometer(theta[here], phi[here]).conj() @ pairs
        columns[port], columns[port + 1] = pairs[:, 0], pairs[:, 1]
        done += len(port)
    return theta, phi, np.diagonal(columns).copy()


def _clements(work: Complexes) -> tuple[Floats, Floats, Complexes]:
    early: list[tuple[int, float, float]] = []
    late: list[tuple[int, float, float]] = []
    for from_left, row, column in clements_plan(len(work)):
        if from_left:
            theta, phi = map(float, _null_left(work[row - 1, column], work[row, column]))
            pair = work[row - 1 : row + 1]
            pair[:] = interferometer(theta, phi) @ pair
            late.append((row - 1, theta, phi))
        else:
            theta, phi = map(float, _null_right(work[row, column], work[row, column + 1]))
            pair = work[:, column : column + 2]
            pair[:] = pair @ interferometer(theta, phi).conj().T
            early.append((column, theta, phi))
    output = np.diagonal(work).copy()
    moved = [_through(output, *device) for device in reversed(late)]
    values = to_slots(mesh_layout("clements", len(work)), [*early, *moved]).reshape(-1, 2)
    return values[:, 0], values[:, 1], output


def _through(output: Complexes, port: int, theta: float, phi: float) -> tuple[int, float, float]:
    """Move output phases through an inverse device, T†(θ, φ) D = D′ T(θ, φ′), changing them in place."""
    first, second = output[port], output[port + 1]
    turned = -np.exp(-1j * theta) * second
    output[port], output[port + 1] = np.exp(-1j * phi) * turned, turned
    return port, theta, float(np.angle(first / second))
