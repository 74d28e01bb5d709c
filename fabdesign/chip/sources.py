"""What a mask can be made from: a network of meshes, chip by chip, or one unitary mesh."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip.circuit import Circuit, layer_circuit, unitary_circuit
from fabdesign.chip.design import MeshDesign, reconstruct_layer
from fabdesign.chip.store import KIND as MESH
from fabdesign.chip.store import load_mesh
from fabdesign.chip.unitary_design import KIND as UNITARY
from fabdesign.chip.unitary_design import UnitaryDesign, load_unitary
from fabdesign.errors import FileFormatError
from fabdesign.formats.container import container_kind

ChipDesign = MeshDesign | UnitaryDesign
CHIP_KINDS = (MESH, UNITARY)


@dataclass(frozen=True, eq=False)
class ChipSource:
    """The chips of a design.

    Args:
        kind: ``"mesh"`` or ``"unitary"``.
        content_hash: of the design.
        circuits: one for each chip, in the order that light meets them.
        matrices: what each chip is to do to amplitudes, [output, input], computed without the circuit.
    """

    kind: str
    content_hash: str
    circuits: tuple[Circuit, ...]
    matrices: tuple[NDArray[np.complex128], ...]


def chips_of(design: ChipDesign) -> ChipSource:
    """The chips that a design is made as: one for each USV* layer, since light is detected between them."""
    if isinstance(design, UnitaryDesign):
        circuit = unitary_circuit(design.phases)
        return ChipSource(UNITARY, design.content_hash, (circuit,), (design.matrix(),))
    indices = range(len(design.physical.layers))
    gain = design.physical.attenuator_gain
    matrices = (
        reconstruct_layer(design.physical, at, design.phase_rad, design.sign) / gain for at in indices
    )
    return ChipSource(
        MESH,
        design.content_hash,
        tuple(layer_circuit(design, at) for at in indices),
        tuple(matrix.astype(np.complex128) for matrix in matrices),
    )


def is_chip_design(path: str | os.PathLike[str]) -> bool:
    """Whether a container holds something that is made as a chip.

    Raises:
        FileFormatError: the file is missing, truncated or not one of ours.
    """
    return container_kind(path) in CHIP_KINDS


def load_chip_design(path: str | os.PathLike[str]) -> ChipDesign:
    """Read a network of meshes or a unitary mesh.

    Raises:
        FileFormatError: the file is neither, or is damaged.
    """
    kind = container_kind(path)
    if kind not in CHIP_KINDS:
        raise FileFormatError(f"{path} holds a {kind or 'record of unknown kind'}, not a mesh.")
    return load_mesh(path) if kind == MESH else load_unitary(path)
