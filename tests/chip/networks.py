"""Small networks, and slow textbook versions of what the room computes fast."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip import MeshDesign, design_mesh, limit_singular_values
from fabdesign.chip.mzi import rotator

SIZES = (7, 5, 6, 4)


def small_weights(sizes: tuple[int, ...] = SIZES, seed: int = 0) -> list[NDArray[np.float64]]:
    """Random matrices whose singular values fit the attenuators."""
    random = np.random.default_rng(seed)
    pairs = pairwise(sizes)
    return [limit_singular_values(random.normal(size=(m, n)), 2.9) for n, m in pairs]


def small_design(share: float = 0.4, mesh: str = "reck", **physical: object) -> MeshDesign:
    """A network of three layers."""
    return design_mesh(small_weights(), mesh=mesh, active_share=share, seed=1, **physical)  # type: ignore[arg-type]


def by_embedding(design: MeshDesign, blocks: NDArray[np.complex128], index: int) -> NDArray[np.complex128]:
    """The matrix of a layer as a product of full matrices, one for each device, in the order of the light."""
    layer = design.physical.layers[index]
    total = np.eye(layer.columns, dtype=complex)
    for number, port in enumerate(layer.v.port):
        total = embedded(blocks[layer.first + number], int(port), layer.columns) @ total
    total = np.diag(design.sign[layer.v_signs].astype(float)) @ total
    middle = np.zeros((layer.rows, layer.columns), dtype=complex)
    for number in range(layer.attenuators):
        middle[number, number] = blocks[layer.s_phases.start + number, 0, 0]
    total = middle @ total
    for number, port in enumerate(layer.u.port):
        total = embedded(blocks[layer.u_phases.start + number], int(port), layer.rows) @ total
    return np.diag(design.sign[layer.u_signs].astype(float)) @ total


def embedded(block: NDArray[np.complex128], port: int, ports: int) -> NDArray[np.complex128]:
    """A device on (port, port + 1) as a matrix on all ports."""
    matrix = np.eye(ports, dtype=complex)
    matrix[port : port + 2, port : port + 2] = block
    return matrix


def ideal_blocks(design: MeshDesign) -> NDArray[np.complex128]:
    """The matrices of all devices without errors."""
    gain = np.where(design.physical.is_attenuator, design.physical.attenuator_gain, 1.0)
    return rotator(design.phase_rad) * gain[:, None, None] + 0j


def software(weights: list[NDArray[np.float64]], inputs: NDArray[np.float64]) -> NDArray[np.float64]:
    """The network as a plain MLP."""
    for weight in weights[:-1]:
        inputs = np.clip(inputs @ weight.T, 0.0, 4.0)
    return np.asarray(inputs @ weights[-1].T)
