"""Devices against the product of their parts."""

from __future__ import annotations

import numpy as np
import pytest

from fabdesign.chip.mzi import attenuator, coupler, interferometer, rotator


def test_coupler_divides_power_equally_and_is_unitary_with_any_error() -> None:
    errors = np.linspace(-0.3, 0.3, 5)
    assert np.allclose(np.abs(coupler()) ** 2, 0.5)
    assert np.allclose(coupler(errors) @ coupler(errors).conj().transpose(0, 2, 1), np.eye(2))


@pytest.mark.parametrize(("first", "second"), [(0.0, 0.0), (0.05, -0.02), (-0.1, 0.1)])
def test_rotator_is_coupler_phases_inverse_coupler(first: float, second: float) -> None:
    for phi in np.linspace(-4, 4, 9):
        arms = np.diag(np.exp(1j * np.array([phi, -phi])))
        parts = coupler(second).conj().T @ arms @ coupler(first)
        assert np.allclose(rotator(phi, first, second), parts, atol=1e-14)


def test_rotator_without_errors_is_real_and_turns_port_0_towards_port_1() -> None:
    turned = rotator(np.pi / 2) @ np.array([1.0, 0.0])
    assert turned.dtype == np.float64
    assert np.allclose(turned, [0, 1])


def test_attenuator_is_the_bar_path_of_a_rotator() -> None:
    assert np.allclose(attenuator([0.0, np.pi / 3, np.pi / 2]), [1, 0.5, 0])


def test_interferometer_is_phase_coupler_phase_coupler() -> None:
    for theta in (0.0, 0.4, np.pi, 5.0):
        for phi in (0.0, 1.1, 4.0):
            inner, outer = np.diag([np.exp(1j * theta), 1]), np.diag([np.exp(1j * phi), 1])
            parts = coupler() @ inner @ coupler() @ outer
            assert np.allclose(interferometer(theta, phi), parts, atol=1e-14)
