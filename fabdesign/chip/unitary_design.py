"""The artefact of one unitary matrix as a mesh: two phases for each device, and one for each output."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fabdesign.chip.layout import MeshKind, mesh_layout
from fabdesign.chip.physical import FORMAT
from fabdesign.chip.store import load_hashed, save_hashed
from fabdesign.chip.unitary import UnitaryPhases, decompose_unitary, reconstruct_unitary
from fabdesign.design.content import hash_arrays
from fabdesign.design.physical import findings_of
from fabdesign.errors import ConfigError, FileFormatError

KIND = "unitary"
LARGEST_PORTS = 256
AXES = (
    "light travels towards +x; port 0 has the smallest y; a device in column c on port p joins p and p + 1, "
    "and columns are numbered as light meets them; devices are numbered by column and by port; it is a "
    "phase phi on port p, a 50:50 coupler, a phase theta on port p, a 50:50 coupler; each output has a phase"
)

Floats = NDArray[np.float64]


class UnitaryPhysical(BaseModel):
    """The hashed record of a unitary mesh.

    Args:
        ports: inputs, and outputs.
        mesh: arrangement of the devices.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["unitary"] = "unitary"
    format: str = FORMAT
    ports: Annotated[int, Field(ge=2, le=LARGEST_PORTS)]
    mesh: MeshKind = "clements"
    axes: str = AXES

    def to_json(self) -> dict[str, Any]:
        """The record as plain JSON values."""
        return self.model_dump(mode="json")


@dataclass(frozen=True, eq=False)
class UnitaryDesign:
    """A mesh that is one unitary matrix; all of its phases have heaters.

    Args:
        theta_rad: inner phases, float64, [device].
        phi_rad: outer phases, float64, [device].
        output_rad: phases at the outputs, float64, [port].
        physical: what it is.
        settings: how it was made; not hashed.
        provenance: versions; not hashed.
    """

    theta_rad: Floats
    phi_rad: Floats
    output_rad: Floats
    physical: UnitaryPhysical
    settings: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        count = mesh_layout(self.physical.mesh, self.physical.ports).count
        for name, wanted in (("theta_rad", count), ("phi_rad", count), ("output_rad", self.physical.ports)):
            array: Floats = getattr(self, name)
            if array.dtype != np.float64 or array.shape != (wanted,) or not np.isfinite(array).all():
                raise ConfigError(
                    f"{name} of this mesh must be finite float64 [{wanted}]; "
                    f"got {array.dtype} {list(array.shape)}."
                )

    @property
    def phases(self) -> UnitaryPhases:
        """The phases as a mesh takes them."""
        return UnitaryPhases(self.physical.mesh, self.theta_rad, self.phi_rad, self.output_rad)

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over the physical record and all phases: 64 hex digits."""
        return hash_arrays(self.arrays(), self.physical.to_json())

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays that the content hash covers."""
        return {"theta_rad": self.theta_rad, "phi_rad": self.phi_rad, "output_rad": self.output_rad}

    def matrix(self) -> NDArray[np.complex128]:
        """The unitary matrix, [output, input]."""
        return reconstruct_unitary(self.phases)


def design_unitary(matrix: NDArray[Any], mesh: MeshKind = "clements") -> UnitaryDesign:
    """Decompose a unitary matrix into a mesh.

    Raises:
        ConfigError: the matrix is not square and unitary, or has fewer than 2 or more than 256 ports.
    """
    phases = decompose_unitary(np.asarray(matrix, dtype=np.complex128), mesh)
    ports = len(phases.output_rad)
    if not 2 <= ports <= LARGEST_PORTS:
        raise ConfigError(f"A unitary mesh must have 2 to {LARGEST_PORTS} ports; got {ports}.")
    physical = UnitaryPhysical(ports=ports, mesh=mesh)
    return UnitaryDesign(phases.theta_rad, phases.phi_rad, phases.output_rad, physical)


def save_unitary(design: UnitaryDesign, path: str | os.PathLike[str]) -> None:
    """Write a unitary mesh in one step; equal designs give equal bytes.

    Raises:
        FileFormatError: the file cannot be written.
    """
    record = {
        "physical": design.physical.to_json(),
        "settings": dict(design.settings),
        "provenance": dict(design.provenance),
    }
    save_hashed(path, KIND, design.arrays(), record)


def load_unitary(path: str | os.PathLike[str]) -> UnitaryDesign:
    """Read a unitary mesh and check every hash in it.

    Raises:
        FileFormatError: the file is missing, truncated, altered, too new, or holds something else.
    """
    file = Path(path)
    arrays, record = load_hashed(file, KIND)
    try:
        return UnitaryDesign(
            theta_rad=arrays["theta_rad"],
            phi_rad=arrays["phi_rad"],
            output_rad=arrays["output_rad"],
            physical=UnitaryPhysical.model_validate(record["physical"]),
            settings=dict(record["settings"]),
            provenance=dict(record["provenance"]),
        )
    except ValidationError as error:
        raise FileFormatError(f"{file} is not a valid unitary mesh: {findings_of(error)}.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise FileFormatError(f"{file} is not a complete unitary mesh: {error!r}.") from error
    except ConfigError as error:
        raise FileFormatError(f"{file} is not a valid unitary mesh: {error.message}") from error
