import math

import numpy as np
import pytest
import torch

from fabdesign.errors import NumericsError
from fabdesign.optics import Grid, Slab, build_kernel, good_size, propagate
from fabdesign.optics.impulse import impulse_response, needed_panels
from fabdesign.optics.transfer import Transfer
from tests.optics.references import padded_spectrum, random_phases, relative_error


def exact(grid, slabs, wavelength_um, **options):
    return build_kernel(grid, slabs, wavelength_um, dtype=torch.complex128, **options)


def test_good_sizes_are_multiples_of_eight_with_small_factors():
    for minimum in range(1, 700):
        size = good_size(minimum)
        assert size >= minimum
        assert size % 8 == 0
        rest = size
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        assert rest == 1


@pytest.mark.parametrize("shape", [(16, 16), (5, 12), (1, 9)])
def test_the_transform_holds_a_linear_convolution(shape):
    kernel = exact(Grid(shape, 1.0), [Slab(20.0, 1.0)], 0.532)
    assert all(m >= 2 * n - 1 for m, n in zip(kernel.shape, shape, strict=True))
    assert kernel.transfer.shape == kernel.shape


@pytest.mark.parametrize(
    ("spacing_um", "wavelength_um", "distance_um"),
    [
        (1.0, 0.532, 40.0),  # the square of frequencies lies inside the circle of propagating waves
        (0.4, 0.532, 15.0),  # its corners stick out
        (0.3164, 0.6328, 12.0),  # they touch at λ/2
        (0.15, 0.532, 5.0),  # the circle lies inside
    ],
)
def test_padded_transforms_converge_to_the_kernel(spacing_um, wavelength_um, distance_um):
    n = 16
    field = random_phases((n, n))
    kernel = exact(Grid((n, n), spacing_um), [Slab(distance_um, 1.0)], wavelength_um)
    result = propagate(torch.from_numpy(field), kernel).numpy()
    errors = [
        relative_error(padded_spectrum(field, spacing_um, wavelength_um, distance_um, factor), result)
        for factor in (8, 32, 64)
    ]
    assert errors[2] < 0.5 * errors[1] < 0.2 * errors[0]
    assert errors[2] < 6e-3
    assert kernel.estimated_error < 1e-9


def test_the_estimated_error_is_that_of_a_random_field():
    grid, wavelength_um = Grid((16, 16), 1.0), 0.532
    slabs = (Slab(200.0, 1.0),)
    field = random_phases((40, 16, 16))
    true = propagate(torch.from_numpy(field), exact(grid, slabs, wavelength_um)).numpy()
    transfer = Transfer(slabs, wavelength_um)
    lag = np.arange(16.0)
    fine = needed_panels(transfer, 0.5, 15.0)
    response = impulse_response(transfer, 0.5, lag, lag, fine)
    coarse = response + 1e-4 * np.abs(response).max() * random_phases(response.shape, seed=1)
    from fabdesign.optics.kernel import _field_error, padded_shape
    from fabdesign.optics.spectrum import padded_spectrum

    spectrum = padded_spectrum(coarse, grid.shape, padded_shape(grid), np.complex128)
    padded = np.fft.ifft2(np.fft.fft2(field, spectrum.shape) * spectrum, norm="forward")[:, :16, :16]
    predicted = _field_error(coarse - response, response, grid)
    assert relative_error(padded, true) == pytest.approx(predicted, rel=0.1)


def test_the_estimate_is_not_below_the_error_that_remains(monkeypatch):
    grid, slabs, wavelength_um = Grid((16, 16), 1.0), [Slab(200.0, 1.0)], 0.532
    field = torch.from_numpy(random_phases((20, 16, 16)))
    true = propagate(field, exact(grid, slabs, wavelength_um)).numpy()
    monkeypatch.setattr("fabdesign.optics.kernel.needed_panels", lambda *_: 1)
    for tolerance in (0.5, 1e-2, 1e-4):
        rough = exact(grid, slabs, wavelength_um, tolerance=tolerance)
        assert relative_error(propagate(field, rough).numpy(), true) <= rough.estimated_error <= tolerance


def test_a_propagation_that_cannot_be_computed_says_what_to_change():
    with pytest.raises(NumericsError, match="cannot be computed to 1e-05") as caught:
        build_kernel(Grid((16, 16), 1.0), [Slab(1e7, 1.0)], 0.532, tolerance=1e-5)
    assert "shorten the gap" in str(caught.value.hint)


def test_slabs_multiply_in_any_order():
    grid = Grid((12, 12), 0.6)
    there = exact(grid, [Slab(10.0, 1.0), Slab(5.0, 1.54), Slab(2.0, 1.0)], 0.785)
    back = exact(grid, [Slab(5.0, 1.54), Slab(12.0, 1.0)], 0.785)
    torch.testing.assert_close(there.transfer, back.transfer, rtol=1e-10, atol=1e-14)


def test_waves_that_are_evanescent_in_a_slab_are_removed():
    grid = Grid((12, 12), 0.25)
    glass = exact(grid, [Slab(0.0, 1.5)], 0.8)
    glass_and_air = exact(grid, [Slab(0.0, 1.5), Slab(0.0, 1.0)], 0.8)
    spot = torch.zeros(12, 12, dtype=torch.complex128)
    spot[6, 6] = 1.0
    for kernel, index in ((glass, 1.5), (glass_and_air, 1.0)):
        # A spot lights all frequencies alike: its middle keeps the circle's share of the square.
        share = math.pi * (index / 0.8) ** 2 / (1 / 0.25) ** 2
        assert float(propagate(spot, kernel)[6, 6].real) == pytest.approx(share, rel=1e-9)


def test_no_distance_is_the_identity_where_all_samples_are_represented():
    field = torch.from_numpy(random_phases((9, 14)))
    kernel = exact(Grid((9, 14), 1.0), [Slab(0.0, 1.0)], 0.532)
    torch.testing.assert_close(propagate(field, kernel), field, rtol=0, atol=1e-12)


def test_a_shift_of_whole_samples_moves_the_field():
    grid = Grid((10, 12), 1.0)
    moved = exact(grid, [Slab(0.0, 1.0)], 0.532, shift_um=(3.0, -2.0))
    assert not moved.even
    field = torch.from_numpy(random_phases((10, 12)))
    result = propagate(field, moved)
    torch.testing.assert_close(result[:-2, 3:], field[2:, :-3], rtol=0, atol=1e-12)
    assert result[-2:].abs().max() < 1e-12
    assert result[:, :3].abs().max() < 1e-12


def test_fresnel_is_the_paraxial_limit():
    grid, slabs = Grid((32, 32), 8.0), [Slab(2000.0, 1.0)]
    field = torch.from_numpy(random_phases((32, 32)))
    near = propagate(field, exact(grid, slabs, 0.532)).numpy()
    paraxial = propagate(field, exact(grid, slabs, 0.532, method="fresnel")).numpy()
    # The phases differ by at most (2π z/λ)·sin⁴/8 with sin² = 2·(λ/2dx)².
    bound = 2 * math.pi * 2000 / 0.532 * (2 * (0.532 / 16) ** 2) ** 2 / 8
    assert 0 < relative_error(paraxial, near) < bound < 0.02


def test_single_precision_is_rounded_from_double():
    arguments = Grid((8, 8), 1.0), [Slab(30.0, 1.0)], 0.532
    single, double = build_kernel(*arguments), exact(*arguments)
    assert single.transfer.dtype == torch.complex64
    assert torch.equal(single.transfer, double.transfer.to(torch.complex64))
    assert torch.equal(double.to(dtype=torch.complex64).transfer, single.transfer)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "fraunhofer"}, "method must be one of"),
        ({"padding": "none"}, "padding must be"),
    ],
)
def test_unknown_options_are_refused(options, message):
    with pytest.raises(NumericsError, match=message):
        build_kernel(Grid((8, 8), 1.0), [Slab(30.0, 1.0)], 0.532, **options)


@pytest.mark.parametrize(("slabs", "wavelength_um"), [([], 0.5), ([Slab(1.0, 1.0)], -0.5)])
def test_impossible_propagations_are_refused(slabs, wavelength_um):
    with pytest.raises(NumericsError):
        build_kernel(Grid((8, 8), 1.0), slabs, wavelength_um)


def test_one_integral_over_the_radius_is_the_integral_over_the_circle():
    from fabdesign.optics.impulse import _circle, _radial

    transfer = Transfer((Slab(12.0, 1.0), Slab(3.0, 1.54)), 0.785)
    band = transfer.cutoff * (1 + 1e-12)
    x_um, y_um = 0.39 * np.arange(11.0), 0.39 * np.arange(-3.0, 9.0)
    panels = needed_panels(transfer, band, 4.3)
    circle = _circle(transfer, band, x_um, y_um, panels)
    np.testing.assert_allclose(
        _radial(transfer, x_um, y_um, panels), circle, atol=1e-9 * np.abs(circle).max(), rtol=0
    )
