"""Errors whose effect is known in closed form: gratings, noise, a displaced mask, a lens out of focus."""

from pathlib import Path

import numpy as np
import pytest
from scipy.special import erf

from fabdesign.check.tolerance import Device, Simulator, terms_of
from fabdesign.copies.of.surface import correlated
from fabdesign.copies.sample import copy_with, element_draws
from fabdesign.copies.state import DeviceState
from fabdesign.network.made import transmission
from fabdesign.process import load_profile
from tests.check.tolerance import benches

SAMPLES = 8


def first_order(device: Device, state: DeviceState) -> float:
    """Power in the first order of a grating of 8 pixels a period; samples stand for squares."""
    row = transmission(state, device, SAMPLES)[0, 0].numpy()
    place = (np.arange(len(row)) + 0.5) / (8 * SAMPLES)
    inner = slice(8 * SAMPLES, -8 * SAMPLES)  # whole periods, away from the rim
    found = np.mean((row * np.exp(-2j * np.pi * place))[inner]) * np.sinc(1 / (8 * SAMPLES))
    return float(abs(found) ** 2)


@pytest.mark.parametrize("levels", [2, 4, 8])
def test_efficiency_of_n_levels(levels: int) -> None:
    device = benches.grating(levels)
    assert first_order(device, DeviceState.of(device)) == pytest.approx(np.sinc(1 / levels) ** 2, rel=1e-4)


@pytest.mark.parametrize("gain", [-0.2, -0.05, 0.1, 0.3])
def test_gain_on_a_blazed_grating(gain: float) -> None:
    device = benches.grating(8)
    (term,) = terms_of(device, {"height-gain": abs(gain)}, ["height-gain"])
    state = copy_with(device, [(term, gain, np.ones(1))])
    turn = np.pi * gain
    expected = (np.sin(turn) / (8 * np.sin(turn / 8)) * np.sinc(1 / 8)) ** 2
    assert first_order(device, state) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("shift_um", [0.25, 0.6, 1.0, -0.5])
def test_overlay_of_one_binary_mask(shift_um: float) -> None:
    """Four levels by two masks, the one of half the period displaced."""
    device = benches.grating(4, process="binary-optics-fused-silica")
    (term,) = terms_of(device, {"overlay": abs(shift_um)}, ["overlay"])
    along_x = [label.endswith("M2 x") for label in term.labels].index(True)
    state = copy_with(device, [(term, shift_um, element_draws(term, along_x, 0))])
    assert first_order(device, state) == pytest.approx(_overlaid(shift_um), rel=0.01)


def _overlaid(shift_um: float) -> float:
    """|c₁|² of levels that etch π (half the period, displaced) and π/2: the sum over constant pieces.

    A grating of levels 0 1 2 3 on two pixels each is etched by 3 - level: mask 2 (depth of two levels) under
    levels 0 and 1, mask 1 (one level) under 0 and 2.
    """
    edges = np.unique(np.mod([0, 2, 4, 6, shift_um, 4 + shift_um], 8))
    edges = np.append(edges, 8 + edges[0])
    middle = (edges[1:] + edges[:-1]) / 2
    deep = np.mod(middle - shift_um, 8) < 4
    shallow = np.mod(middle, 4) < 2
    level = 3 - 2 * deep - shallow
    waves = np.exp(-2j * np.pi * edges / 8)
    return float(abs(np.sum(np.exp(0.5j * np.pi * level) * np.diff(waves)) / (2 * np.pi)) ** 2)


def test_overlay_at_rest_is_the_grating() -> None:
    assert _overlaid(0.0) == pytest.approx(np.sinc(1 / 4) ** 2)


@pytest.fixture(scope="module")
def lens(tmp_path_factory: pytest.TempPathFactory) -> Simulator:
    data: Path = benches.images(tmp_path_factory.mktemp("lens"), count=1, blank=True)
    device = Device(benches.lens(), load_profile("ideal"))
    return Simulator(
        device, data=data, samples_per_pixel=1, double=True
    )  # points, not squares: as the formula


def test_defocus_of_a_lens(lens: Simulator) -> None:
    """A Gaussian beam behind a lens: w(z) by its complex parameter, power on a square by error functions."""
    (term,) = terms_of(lens.device, None, ["detector-axial"])
    designed = float(lens.outputs(DeviceState.of(lens.device))[0, 0])
    for defocus_um in (-60.0, -30.0, -10.0, 10.0, 30.0, 60.0):
        state = copy_with(lens.device, [(term, defocus_um, np.ones(1))])
        found = float(lens.outputs(state)[0, 0]) / designed
        assert found == pytest.approx(_on_square(defocus_um) / _on_square(0.0), rel=0.01)


def _on_square(defocus_um: float) -> float:
    rayleigh_um = np.pi * benches.LENS_WAIST_UM**2 / benches.WAVELENGTH_UM
    q = 1.0 - 1j * rayleigh_um
    behind = q / (1 - q / benches.FOCAL_UM) + benches.FOCAL_UM + defocus_um
    width_um = np.sqrt(benches.WAVELENGTH_UM / (np.pi * abs((1 / behind).imag)))
    return float(erf(np.sqrt(2) / width_um) ** 2)


def test_strehl_of_random_phase_noise(lens: Simulator) -> None:
    """exp(-σ²), and what the noise of N independent pixels scatters onto the axis, (1 - exp(-σ²))/N."""
    sigma_rad = 0.6
    amount_nm = sigma_rad / (2 * np.pi) * benches.FULL_TURN_UM * 1e3
    (term,) = terms_of(lens.device, {"roughness": amount_nm}, ["roughness"])
    designed = float(lens.outputs(DeviceState.of(lens.device))[0, 0])
    ratios = []
    for seed in range(40):
        state = copy_with(lens.device, [(term, amount_nm, element_draws(term, 0, seed))])
        ratios.append(float(lens.outputs(state)[0, 0]) / designed)
    pixels = np.pi * benches.LENS_WAIST_UM**2 / 2 / benches.LENS_PITCH_UM**2 * 2
    strehl = np.exp(-(sigma_rad**2))
    error = np.std(ratios) / np.sqrt(len(ratios))
    assert error < 0.01
    assert np.mean(ratios) == pytest.approx(strehl + (1 - strehl) / pixels, abs=3.5 * error)


def test_phase_equivalent_is_the_deviation_of_smooth_noise(lens: Simulator) -> None:
    """By the overlap in the layer, weighted with the light there: smooth noise keeps it on the plane."""
    place = lens.device.x_um
    light = np.exp(-2 * np.add.outer(place**2, place**2) / benches.LENS_WAIST_UM**2)
    state = DeviceState.of(lens.device)
    noise = correlated(np.random.default_rng(4).normal(size=(1, len(place), len(place))), 8.0)
    phase = 0.3 * noise
    state.height_um += phase / (2 * np.pi) * benches.FULL_TURN_UM
    overlap = abs(np.sum(light * np.exp(1j * phase[0])) / light.sum()) ** 2
    assert lens.phase_equivalent(state) == pytest.approx(np.sqrt(-np.log(overlap)), rel=0.02)
    assert lens.phase_equivalent(state) == pytest.approx(0.3, rel=0.3)
