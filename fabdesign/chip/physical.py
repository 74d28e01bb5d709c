"""What a network of meshes is: the hashed record, and the numbering of its phases."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fabdesign.chip.layout import MeshLayout, mesh_layout
from fabdesign.design.physical import findings_of
from fabdesign.errors import ConfigError

AXES = (
    "light travels towards +x; port 0 has the smallest y; a device in column c on port p joins ports p and "
    "p + 1, and columns are numbered as light meets them; each layer is V*, attenuators, U, in this order; "
    "devices are numbered by layer, by these three parts, by column and by port; a rotator is "
    "[[cos f, -sin f], [sin f, cos f]] on (port p, port p + 1); V* and U end in a sign +-1 for each port; "
    "attenuator k passes gain cos f from output k of V* to input k of U, other inputs of U get no light"
)
FORMAT = "1.0"
LARGEST_SIDE = 1024
_Side = Annotated[int, Field(ge=1, le=LARGEST_SIDE)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


@dataclass(frozen=True)
class LayerShape:
    """One USV* layer: its matrix has ``rows`` outputs and ``columns`` inputs.

    Args:
        first: number of its first phase in the network.
        first_sign: number of its first sign in the network.
    """

    rows: int
    columns: int
    v: MeshLayout
    u: MeshLayout
    first: int
    first_sign: int

    @property
    def attenuators(self) -> int:
        """How many attenuators there are, min(rows, columns)."""
        return min(self.rows, self.columns)

    @property
    def v_phases(self) -> slice:
        """The numbers of the phases of V*."""
        return slice(self.first, self.first + self.v.count)

    @property
    def s_phases(self) -> slice:
        """The numbers of the phases of the attenuators."""
        return slice(self.v_phases.stop, self.v_phases.stop + self.attenuators)

    @property
    def u_phases(self) -> slice:
        """The numbers of the phases of U."""
        return slice(self.s_phases.stop, self.s_phases.stop + self.u.count)

    @property
    def v_signs(self) -> slice:
        """The numbers of the signs behind V*."""
        return slice(self.first_sign, self.first_sign + self.columns)

    @property
    def u_signs(self) -> slice:
        """The numbers of the signs behind U."""
        return slice(self.v_signs.stop, self.v_signs.stop + self.rows)


class MeshPhysical(BaseModel):
    """The hashed record of a network of interferometer meshes.

    Between layers the light is detected, bent by an electronic ReLU with an upper limit, and sent out again.

    Args:
        sizes: inputs, hidden layers, outputs.
        mesh: arrangement of V* and U.
        attenuator_gain: m in Σ = m cos φ; singular values above it cannot be made.
        activation_cap: upper limit of the ReLU between layers.
        detection: ``"amplitude"`` (homodyne: the real part) or ``"power"`` (a photodiode: its square).
        readout: the largest output wins; among equal ones the first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    kind: Literal["mesh"] = "mesh"
    format: str = FORMAT
    sizes: Annotated[tuple[_Side, ...], Field(min_length=2, max_length=64)]
    mesh: Literal["reck", "clements"] = "reck"
    attenuator_gain: Positive = 3.0
    activation_cap: Positive = 4.0
    detection: Literal["amplitude", "power"] = "amplitude"
    readout: Literal["argmax, ties to the lowest index"] = "argmax, ties to the lowest index"
    axes: str = AXES

    @cached_property
    def layers(self) -> tuple[LayerShape, ...]:
        """The layers in the order that light meets them."""
        layers: list[LayerShape] = []
        first = first_sign = 0
        for columns, rows in pairwise(self.sizes):
            v, u = mesh_layout(self.mesh, columns), mesh_layout(self.mesh, rows)
            layer = LayerShape(rows, columns, v, u, first, first_sign)
            layers.append(layer)
            first, first_sign = layer.u_phases.stop, layer.u_signs.stop
        return tuple(layers)

    @property
    def phase_count(self) -> int:
        """The number of phases: rotators and attenuators."""
        last: LayerShape = self.layers[-1]
        return int(last.u_phases.stop)

    @property
    def sign_count(self) -> int:
        """The number of signs."""
        last: LayerShape = self.layers[-1]
        return int(last.u_signs.stop)

    @cached_property
    def is_attenuator(self) -> NDArray[np.bool_]:
        """Which phases are those of attenuators, [phase]."""
        marks = np.zeros(self.phase_count, dtype=bool)
        for layer in self.layers:
            marks[layer.s_phases] = True
        return marks

    def to_json(self) -> dict[str, Any]:
        """The record as plain JSON values."""
        return self.model_dump(mode="json")


def parse_mesh_physical(record: object) -> MeshPhysical:
    """Check a plain record.

    Raises:
        ConfigError: naming each field that is missing, unknown or out of range.
    """
    try:
        return MeshPhysical.model_validate(record, strict=False)
    except ValidationError as error:
        raise ConfigError(f"The physical record of the mesh is not valid: {findings_of(error)}.") from error
