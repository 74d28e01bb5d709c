"""Propagation against independent implementations and identities."""

import math

import numpy as np
import pytest
import torch

from fabdesign.optics import Grid, Slab, build_kernel, diffract, gaussian_beam, propagate, upsample
from tests.optics.references import padded_spectrum, random_phases, rayleigh_sommerfeld, relative_error


def exact(grid, slabs, wavelength_um, **options):
    return build_kernel(grid, slabs, wavelength_um, dtype=torch.complex128, **options)


@pytest.mark.parametrize("distance_um", [15.0, 60.0])
@pytest.mark.parametrize("spacing_um", [0.26, 0.15])
def test_rayleigh_sommerfeld_quadrature(spacing_um, distance_um):
    """Where all propagating waves are sampled, the kernel is this integral without its evanescent part.

    That part falls with the distance, relative to the rest, as 1/z.
    """
    field = random_phases((20, 20))
    kernel = exact(Grid((20, 20), spacing_um), [Slab(distance_um, 1.0)], 0.532)
    ours = propagate(torch.from_numpy(field), kernel).numpy()
    assert (
        relative_error(ours, rayleigh_sommerfeld(field, spacing_um, 0.532, distance_um)) < 0.015 / distance_um
    )


@pytest.mark.parametrize(("distance_um", "plain_error"), [(300.0, 0.42), (750.0, 2.6)])
def test_distances_where_plain_padding_is_wrong(distance_um, plain_error):
    """64 samples of 1 µm at 532 nm: plain 2N padding is 42 % and 260 % off, the kernel is not."""
    n = 64
    field = random_phases((n, n))
    reference = padded_spectrum(field, 1.0, 0.532, distance_um, 32)
    kernel = build_kernel(Grid((n, n), 1.0), [Slab(distance_um, 1.0)], 0.532)
    ours = propagate(torch.from_numpy(field).to(torch.complex64), kernel).numpy()
    assert relative_error(ours, reference) < 0.002
    assert kernel.estimated_error < 1e-6
    plain = padded_spectrum(field, 1.0, 0.532, distance_um, 2)
    assert relative_error(plain, reference) == pytest.approx(plain_error, rel=0.2)


def test_a_slab_is_space_of_the_shorter_wavelength():
    grid = Grid((20, 20), 0.6)
    glass = exact(grid, [Slab(30.0, 1.54)], 0.785)
    space = exact(grid, [Slab(30.0, 1.0)], 0.785 / 1.54)
    torch.testing.assert_close(glass.transfer, space.transfer, rtol=1e-9, atol=1e-15)


def test_a_slab_moves_a_focus_by_its_reduced_thickness():
    """Paraxially a slab of thickness d is space of d/n, but for its phase."""
    grid = Grid((80, 80), 0.5)
    beam = gaussian_beam(grid, 4.0, dtype=torch.complex128)
    slab = propagate(beam, exact(grid, [Slab(100.0, 1.5)], 0.532, method="fresnel"))
    space = propagate(beam, exact(grid, [Slab(100.0 / 1.5, 1.0)], 0.532, method="fresnel"))
    phase = 2 * math.pi * (100.0 * 1.5 - 100.0 / 1.5) / 0.532
    torch.testing.assert_close(slab, space * complex(math.cos(phase), math.sin(phase)), rtol=0, atol=1e-9)


def test_two_steps_are_one_for_light_that_stays_on_the_grid():
    grid = Grid((96, 96), 0.5)
    beam = gaussian_beam(grid, 5.0, dtype=torch.complex128)
    steps = [exact(grid, [Slab(distance_um, 1.0)], 0.532) for distance_um in (30.0, 50.0, 80.0)]
    twice = propagate(propagate(beam, steps[0]), steps[1])
    assert relative_error(twice.numpy(), propagate(beam, steps[2]).numpy()) < 1e-6


@pytest.mark.parametrize("levels", [2, 4, 8])
def test_blazed_grating_of_square_pixels(levels):
    """N levels send sinc²(1/N) of the light into the first order (Goodman, section 7.3)."""
    samples = 64
    angle = torch.arange(levels, dtype=torch.float64)[None] * 2 * math.pi / levels
    field = upsample(torch.polar(torch.ones_like(angle), angle), samples)[0]
    first_order = abs(np.fft.fft(field.numpy())[1] / (levels * samples)) ** 2
    assert first_order == pytest.approx(np.sinc(1 / levels) ** 2, rel=1e-3)


def test_blazed_grating_deflects_towards_growing_phase():
    """A four-level layer sends a beam along +x to z·tan(asin(λ/p)), with the order's share of the power."""
    grid, pitch_um, levels, s, distance_um = Grid((80, 256), 1.0), 2.0, 4, 2, 500.0
    beam = gaussian_beam(grid, 14.0, centre_um=(-20.0, 0.0), dtype=torch.complex128)
    angle = (torch.arange(128, dtype=torch.float64) % levels).expand(1, 40, 128) * 2 * math.pi / levels
    layer = torch.polar(torch.ones_like(angle), angle)
    before, behind = exact(grid, [Slab(0.0, 1.0)], 0.532), exact(grid, [Slab(distance_um, 1.0)], 0.532)
    intensity = diffract(beam[None], layer, [before, behind], s)[0].abs().square()
    slope = math.tan(math.asin(0.532 / (levels * pitch_um)))
    place_um = -20.0 + slope * distance_um
    near = (grid.x_um() - place_um).abs() < 30
    share = float(intensity[:, near].sum())
    # The order of a staircase of s samples a level: [sin(π/N) / (s·sin(π/(N·s)))]².
    order = (math.sin(math.pi / levels) / (s * math.sin(math.pi / (levels * s)))) ** 2
    assert share == pytest.approx(order, rel=0.02)
    centre_um = float((intensity[:, near].sum(0) * grid.x_um()[near]).sum()) / share
    assert centre_um == pytest.approx(place_um, abs=0.3)
