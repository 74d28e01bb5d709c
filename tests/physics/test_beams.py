"""Closed forms of beams and apertures."""

import math

import numpy as np
import pytest
import torch
from scipy.special import fresnel, j1

from fabdesign.optics import Grid, Slab, build_kernel, gaussian_beam, propagate

WAVELENGTH_UM = 0.532
WAVE_NUMBER = 2 * math.pi / WAVELENGTH_UM


def propagated(field, grid, distance_um, **options):
    kernel = build_kernel(grid, [Slab(distance_um, 1.0)], WAVELENGTH_UM, dtype=torch.complex128, **options)
    return propagate(field, kernel).numpy()


def lattice(grid):
    return grid.x_um().numpy()[None, :], grid.y_um().numpy()[:, None]


def gaussian_closed_form(grid, waist_um, distance_um):
    """Saleh and Teich, Fundamentals of Photonics, eq. 3.1-7, with exp(-iωt)."""
    x, y = lattice(grid)
    rayleigh_um = math.pi * waist_um**2 / WAVELENGTH_UM
    q = 1 + 1j * distance_um / rayleigh_um
    amplitude = math.sqrt(2 / math.pi) / waist_um / q
    return amplitude * np.exp(-(x**2 + y**2) / (waist_um**2 * q) + 1j * WAVE_NUMBER * distance_um)


@pytest.mark.parametrize(("method", "tolerance"), [("fresnel", 1e-7), ("angular_spectrum", 2e-3)])
@pytest.mark.parametrize("distance_um", [50.0, 220.0])
def test_gaussian_beam(method, tolerance, distance_um):
    """Paraxial exactly; the exact kernel differs by its k·z·θ⁴/8, θ = λ/πw = 0.03."""
    grid, waist_um = Grid((120, 112), 0.5), 6.0
    beam = gaussian_beam(grid, waist_um, dtype=torch.complex128)
    result = propagated(beam, grid, distance_um, method=method)
    expected = gaussian_closed_form(grid, waist_um, distance_um)
    assert np.linalg.norm(result - expected) / np.linalg.norm(expected) < tolerance


def test_airy_pattern_of_a_lens():
    """I(r) = (πa²/λf)²·[2·J1(v)/v]², v = 2π·a·r/(λf): the height of the focus and the first dark ring."""
    grid, radius_um, focus_um = Grid((161, 161), 0.5), 38.0, 400.0
    x, y = lattice(grid)
    r = np.sqrt(x**2 + y**2)
    rim = np.clip((radius_um - r) / grid.spacing_um + 0.5, 0, 1)
    lens = rim * np.exp(-1j * WAVE_NUMBER * (np.sqrt(focus_um**2 + r**2) - focus_um))
    intensity = np.abs(propagated(torch.from_numpy(lens), grid, focus_um)) ** 2
    middle = intensity[80, 80]
    assert middle == pytest.approx((math.pi * radius_um**2 / (WAVELENGTH_UM * focus_um)) ** 2, rel=0.02)
    v = 2 * math.pi * radius_um * r[80, 81:101] / (WAVELENGTH_UM * focus_um)
    np.testing.assert_allclose(intensity[80, 81:101] / middle, (2 * j1(v) / v) ** 2, atol=0.004)
    ring_um = np.linspace(2.0, 5.0, 3001)
    profile = np.abs(band_limited(propagated(torch.from_numpy(lens), grid, focus_um)[80], grid, ring_um))
    assert ring_um[profile.argmin()] == pytest.approx(
        1.2197 * WAVELENGTH_UM * focus_um / (2 * radius_um), rel=0.01
    )


def band_limited(samples, grid, x_um):
    """Between samples a field is its sinc interpolation."""
    return np.sinc((x_um[:, None] - grid.x_um().numpy()) / grid.spacing_um) @ samples


def test_fresnel_edge():
    """Behind a rectangle, exactly: a product of Fresnel integrals (Goodman, eq. 4-32)."""
    grid, distance_um = Grid((288, 320), 0.25), 40.0
    x, y = lattice(grid)
    opening = (x > 0) & (x < 36) & (np.abs(y) < 32)
    result = propagated(torch.from_numpy(opening.astype(complex)), grid, distance_um, method="fresnel")
    scale = math.sqrt(2 / (WAVELENGTH_UM * distance_um))
    along_x, along_y = _edge(scale * x, scale * (x - 36)), _edge(scale * (y + 32), scale * (y - 32))
    expected = -0.5j * along_x * along_y * np.exp(1j * WAVE_NUMBER * distance_um)
    assert np.linalg.norm(result - expected) / np.linalg.norm(expected) < 0.03
    # Pairs of samples: a sharp edge has frequencies beyond the grid's, which ring from sample to sample.
    profile, exact = (
        (np.abs(field[140:148]) ** 2).mean(0).reshape(-1, 2).mean(1) for field in (result, expected)
    )
    np.testing.assert_allclose(profile[60:120], exact[60:120], atol=0.02)
    assert profile[79:81].mean() == pytest.approx(0.25, abs=0.015)


def _edge(upper, lower):
    s1, c1 = fresnel(upper)
    s0, c0 = fresnel(lower)
    return (c1 - c0) + 1j * (s1 - s0)


@pytest.mark.parametrize(("fraction", "image"), [(1.0, "same"), (0.5, "shifted"), (0.25, "doubled")])
def test_talbot(fraction, image):
    """A grating images itself at λ/(1 - sqrt(1 - λ²/p²)), half a period aside half way, doubled before."""
    period_um, depth = 8.0, 0.5
    grid = Grid((96, 384), 1.0)
    talbot_um = WAVELENGTH_UM / (1 - math.sqrt(1 - (WAVELENGTH_UM / period_um) ** 2))
    x, y = lattice(grid)
    envelope = np.exp(-((x / 130) ** 8) - (y / 38) ** 8)
    wave = np.cos(2 * math.pi * x / period_um)
    field = torch.from_numpy(envelope * (1 + depth * wave) + 0j)
    intensity = np.abs(propagated(field, grid, fraction * talbot_um)) ** 2
    expected = {
        "same": (1 + depth * wave) ** 2,
        "shifted": (1 - depth * wave) ** 2,
        "doubled": 1 + (depth * wave) ** 2,
    }[image]
    np.testing.assert_allclose(
        intensity[46:50, 160:224], np.broadcast_to(expected[:, 160:224], (4, 64)), atol=0.06
    )
