"""The artefact of a network of meshes: phases, signs, which devices carry heaters, and the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip.layout import MeshKind
from fabdesign.chip.physical import MeshPhysical
from fabdesign.chip.rotations import Gauge, decompose_rotations, reconstruct_rotations, regauge
from fabdesign.design.content import hash_arrays
from fabdesign.errors import ConfigError

Floats = NDArray[np.float64]
_ACTIVE_STREAM = 0x616374


@dataclass(frozen=True, eq=False)
class MeshDesign:
    """A network of meshes as it is to be made.

    Args:
        phase_rad: float64, in [0, 2π), in the order that `MeshPhysical` gives, [phase].
        sign: int8, ±1, behind each V* and U, [sign].
        active: which devices have a heater; the others keep the phase they are made with, [phase].
        physical: what the network is.
        settings: how it was made; not hashed.
        scores: of the ideal network.
        provenance: versions and seeds; not hashed.
    """

    phase_rad: Floats
    sign: NDArray[np.int8]
    active: NDArray[np.bool_]
    physical: MeshPhysical
    settings: Mapping[str, Any] = field(default_factory=dict)
    scores: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        phases, signs = self.physical.phase_count, self.physical.sign_count
        _check("phase_rad", self.phase_rad, np.float64, phases)
        _check("sign", self.sign, np.int8, signs)
        _check("active", self.active, np.bool_, phases)
        if not (np.isfinite(self.phase_rad).all() and np.isin(self.sign, (-1, 1)).all()):
            raise ConfigError("Phases of a mesh must be finite, and signs +1 or -1.")

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over the physical record, phases, signs and active marks: 64 hex digits."""
        return hash_arrays(self.arrays(), self.physical.to_json())

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays that the content hash covers."""
        return {"phase_rad": self.phase_rad, "sign": self.sign, "active": self.active}

    def weights(self) -> list[Floats]:
        """The ideal matrix of each layer, [output, input]."""
        return [
            reconstruct_layer(self.physical, index, self.phase_rad, self.sign)
            for index in range(len(self.physical.layers))
        ]

    def with_active(self, share: float, seed: int) -> MeshDesign:
        """The same design with other heaters: all attenuators and a random share of the rotators.

        Args:
            share: α, from 0 to 1.
            seed: of the draw.
        """
        return replace(self, active=choose_active(self.physical, share, seed))


def design_mesh(
    weights: Sequence[NDArray[Any]],
    *,
    mesh: MeshKind = "reck",
    gauge: Gauge = "short",
    active_share: float = 1.0,
    seed: int = 0,
    **physical: Any,
) -> MeshDesign:
    """Decompose the matrices of a trained network into meshes.

    Args:
        weights: [output, input] of each layer, in the order that light meets them.
        mesh: arrangement of the meshes.
        gauge: which of two equal angles to take; see `regauge`.
        active_share: α, the share of rotators that get a heater.
        seed: of the draw of heaters and of the wide gauge.
        physical: further fields of `MeshPhysical`, such as ``attenuator_gain``.

    Raises:
        ConfigError: shapes do not fit together, or a singular value is above the gain.
    """
    sizes = _sizes(weights)
    record = MeshPhysical(sizes=sizes, mesh=mesh, **physical)
    phases, signs = np.zeros(record.phase_count), np.zeros(record.sign_count, dtype=np.int8)
    for index, weight in enumerate(weights):
        layer = record.layers[index]
        v, singular, u = _split(np.asarray(weight, dtype=np.float64), record.attenuator_gain, index)
        phases[layer.s_phases] = np.arccos(singular)
        for matrix, layout, devices, ports in (
            (v, layer.v, layer.v_phases, layer.v_signs),
            (u, layer.u, layer.u_phases, layer.u_signs),
        ):
            angles, outputs = decompose_rotations(matrix, mesh)
            phases[devices], signs[ports] = regauge(angles, outputs, layout, gauge, seed + devices.start)
    active = choose_active(record, active_share, seed)
    settings = {"gauge": gauge, "active_share": active_share, "seed": seed}
    return MeshDesign(phases, signs, active, record, settings)


def choose_active(physical: MeshPhysical, share: float, seed: int) -> NDArray[np.bool_]:
    """Mark all attenuators and a random share of the rotators as active (Gu et al., AAAI 2021, α).

    Raises:
        ConfigError: the share is not between 0 and 1.
    """
    if not 0 <= share <= 1:
        raise ConfigError(f"The share of active rotators must lie between 0 and 1; got {share:g}.")
    active = physical.is_attenuator.copy()
    rotators = np.flatnonzero(~active)
    chosen = np.random.default_rng([_ACTIVE_STREAM, seed]).permutation(rotators)
    active[chosen[: round(share * len(rotators))]] = True
    return active


def reconstruct_layer(
    physical: MeshPhysical, index: int, phase_rad: Floats, sign: NDArray[np.int8]
) -> Floats:
    """The ideal matrix of one layer, U Σ V*, [output, input]."""
    layer = physical.layers[index]
    signs = sign.astype(np.float64)
    v = reconstruct_rotations(phase_rad[layer.v_phases], signs[layer.v_signs], physical.mesh)
    u = reconstruct_rotations(phase_rad[layer.u_phases], signs[layer.u_signs], physical.mesh)
    gain = physical.attenuator_gain * np.cos(phase_rad[layer.s_phases])
    return (u[:, : layer.attenuators] * gain) @ v[: layer.attenuators]


def _split(weight: Floats, gain: float, index: int) -> tuple[Floats, Floats, Floats]:
    """V*, the singular values as shares of the gain, and U."""
    u, singular, v = np.linalg.svd(weight, full_matrices=True)
    if singular[0] > gain * (1 + 1e-9):
        raise ConfigError(
            f"Singular values must be at most the attenuator gain {gain:g}; "
            f"layer {index} has {singular[0]:.4g}.",
            hint="Limit them in training (`limit_singular_values`), or raise attenuator_gain.",
        )
    return v, np.minimum(singular / gain, 1.0), u


def limit_singular_values(weight: NDArray[Any], largest: float) -> Floats:
    """The matrix with its singular values cut off at ``largest``.

    >>> limit_singular_values(np.diag([5.0, 1.0]), 3.0).round(12).tolist()
    [[3.0, 0.0], [0.0, 1.0]]
    """
    u, singular, v = np.linalg.svd(np.asarray(weight, dtype=np.float64), full_matrices=False)
    limited: Floats = (u * np.minimum(singular, largest)) @ v
    return limited


def _sizes(weights: Sequence[NDArray[Any]]) -> tuple[int, ...]:
    shapes = [np.shape(weight) for weight in weights]
    if not shapes or any(len(shape) != 2 or 0 in shape for shape in shapes):
        raise ConfigError(f"A network needs at least one matrix and no empty one; got shapes {shapes}.")
    for (rows, _), (_, columns) in pairwise(shapes):
        if rows != columns:
            raise ConfigError(f"Outputs of a layer must be the inputs of the next; got shapes {shapes}.")
    return (shapes[0][1], *(shape[0] for shape in shapes))


def _check(name: str, array: NDArray[Any], dtype: type, count: int) -> None:
    if array.dtype != dtype or array.shape != (count,):
        raise ConfigError(
            f"{name} of this mesh must be {np.dtype(dtype)} [{count}]; got {array.dtype} {list(array.shape)}."
        )
