"""The devices of a mesh as matrices: the rotator, the attenuator, and the full interferometer of a mask.

Two waveguides run towards +x; port p lies below port p + 1 in y. All matrices act on the column of the two
complex amplitudes (port p, port p + 1).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

QUARTER = np.pi / 4


def coupler(split_error_rad: ArrayLike = 0.0) -> NDArray[np.complex128]:
    """The directional coupler, [[cos κ, i sin κ], [i sin κ, cos κ]] with κ = π/4 + error.

    Args:
        split_error_rad: deviation of κ from the 50:50 splitter, any shape.

    Returns:
        Matrices, [..., 2, 2].

    >>> bool(np.allclose(np.abs(coupler()) ** 2, 0.5))
    True
    """
    kappa = QUARTER + np.asarray(split_error_rad, dtype=np.float64)
    straight, across = np.cos(kappa) + 0j, 1j * np.sin(kappa)
    return _stack(straight, across, across, straight)


def rotator(
    angle_rad: ArrayLike, first_error_rad: ArrayLike = 0.0, second_error_rad: ArrayLike = 0.0
) -> NDArray[Any]:
    """The rotator: a coupler, phases +φ and −φ in its arms, and the inverse coupler.

    With 50:50 couplers it is the plane rotation [[cos φ, −sin φ], [sin φ, cos φ]] (Gu et al., AAAI 2021,
    Eq. 2), and the result is real. With a = π/4 + ε₁ and b = π/4 + ε₂ it is

        [[cos φ cos(a−b) + i sin φ cos(a+b),  −sin φ sin(a+b) + i cos φ sin(a−b)],
         [sin φ sin(a+b) + i cos φ sin(a−b),   cos φ cos(a−b) − i sin φ cos(a+b)]].

    Args:
        angle_rad: φ, any shape.
        first_error_rad: ε₁ of the coupler that light meets first.
        second_error_rad: ε₂ of the other one.

    Returns:
        Matrices, [..., 2, 2]; complex only if a coupler errs.

    >>> rotator(np.pi / 2).round(12).tolist()
    [[0.0, -1.0], [1.0, 0.0]]
    """
    phi = np.asarray(angle_rad, dtype=np.float64)
    cos, sin = np.cos(phi), np.sin(phi)
    if not (np.any(first_error_rad) or np.any(second_error_rad)):
        return _stack(cos, -sin, sin, cos)
    total = np.add(first_error_rad, second_error_rad)
    between = np.subtract(first_error_rad, second_error_rad)
    same, cross = np.cos(between), np.sin(between)
    sum_cos, sum_sin = -np.sin(total), np.cos(total)
    return _stack(
        cos * same + 1j * sin * sum_cos,
        -sin * sum_sin + 1j * cos * cross,
        sin * sum_sin + 1j * cos * cross,
        cos * same - 1j * sin * sum_cos,
    )


def attenuator(
    angle_rad: ArrayLike, first_error_rad: ArrayLike = 0.0, second_error_rad: ArrayLike = 0.0
) -> NDArray[Any]:
    """What one port of a rotator passes on to itself: cos φ with 50:50 couplers.

    Args:
        angle_rad: φ, any shape.
        first_error_rad: error of the first coupler.
        second_error_rad: error of the second coupler.

    >>> round(float(attenuator(np.pi / 3)), 12)
    0.5
    """
    return rotator(angle_rad, first_error_rad, second_error_rad)[..., 0, 0]


def interferometer(theta_rad: ArrayLike, phi_rad: ArrayLike = 0.0) -> NDArray[np.complex128]:
    """The interferometer of a mask: phase φ on port p, a coupler, phase θ in the arm of port p, a coupler.

        T(θ, φ) = i e^{iθ/2} [[e^{iφ} sin θ/2, cos θ/2], [e^{iφ} cos θ/2, −sin θ/2]]

    (Clements et al., Optica 3, 1460 (2016), with the phase ahead of the couplers). θ = π is the bar state,
    θ = 0 the cross state.

    Args:
        theta_rad: inner phase θ, any shape.
        phi_rad: outer phase φ, same shape or one value.

    Returns:
        Unitary matrices, [..., 2, 2].

    >>> np.abs(interferometer(np.pi)).round(12).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    theta = np.asarray(theta_rad, dtype=np.float64)
    front = 1j * np.exp(0.5j * theta)
    outer = np.exp(1j * np.asarray(phi_rad, dtype=np.float64))
    sin, cos = np.sin(theta / 2), np.cos(theta / 2)
    return _stack(front * outer * sin, front * cos, front * outer * cos, -front * sin)


def _stack(m00: NDArray[Any], m01: NDArray[Any], m10: NDArray[Any], m11: NDArray[Any]) -> NDArray[Any]:
    parts = np.broadcast_arrays(m00, m01, m10, m11)
    return np.stack(parts, axis=-1).reshape(*parts[0].shape, 2, 2)
