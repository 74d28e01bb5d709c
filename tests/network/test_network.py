"""The wired network against a plain simulation that shares no code with it."""

import numpy as np
import pytest
import torch

from fabdesign.design import Design, Physical
from fabdesign.errors import ConfigError
from fabdesign.network import Bench, DiffractiveNetwork, from_design, physical_record, process_table
from fabdesign.quantise import make_quantiser
from tests.network.devices import tiny


def design(seed: int = 0, *overrides: str) -> Design:
    project = tiny(*overrides)
    table = process_table(project)
    levels = np.random.default_rng(seed).integers(0, table.n, (2, 32, 32)).astype(np.uint8)
    return Design(levels, np.tile(table.height_um, (2, 1)), physical_record(project, (28, 28), 10))


def plain_powers(device: Design, image: np.ndarray, samples: int, window: int = 512) -> np.ndarray:
    """Angular spectrum on a much larger window, float64, from the physical record alone."""
    physical = device.physical
    spacing = physical.pitch_um / samples
    n = 32 * samples
    first = (window - n) // 2
    inside = slice(first, first + n)
    frequency = np.fft.fftfreq(window, spacing)
    f2 = frequency[:, None] ** 2 + frequency[None, :] ** 2
    field = np.zeros((window, window), dtype=complex)
    square = np.ones((n, n), dtype=complex)
    margin = 2 * samples
    block = np.kron(image[::-1], np.ones((samples, samples)))
    square[margin : n - margin, margin : n - margin] = np.exp(1j * physical.encoder.depth_rad * block)
    field[inside, inside] = square / (32 * physical.pitch_um)
    for number, space in enumerate(physical.spaces):
        spectrum = np.fft.fft2(field)
        for slab in space:
            kz2 = (slab.index / physical.wavelength_um) ** 2 - f2
            spectrum *= np.exp(2j * np.pi * slab.thickness_um * np.sqrt(np.maximum(kz2, 0))) * (kz2 > 0)
        wide = np.fft.ifft2(spectrum)
        field = np.zeros_like(wide)
        field[inside, inside] = wide[inside, inside]
        if number < 2:
            height = np.kron(device.height_um()[number], np.ones((samples, samples)))
            contrast = physical.material.index - physical.medium.index
            field[inside, inside] *= np.exp(2j * np.pi * contrast * height / physical.wavelength_um)
    intensity = np.abs(field[inside, inside]) ** 2 * spacing**2
    centre = (np.arange(n) - (n - 1) / 2) * spacing
    powers = []
    for detector in physical.detectors:
        weights = []
        for axis in (0, 1):
            low = detector.centre_um[axis] - detector.size_um[axis] / 2
            high = detector.centre_um[axis] + detector.size_um[axis] / 2
            left, right = np.maximum(centre - spacing / 2, low), np.minimum(centre + spacing / 2, high)
            weights.append(np.clip((right - left) / spacing, 0, None))
        powers.append(weights[1] @ intensity @ weights[0])
    return np.array(powers)


def test_powers_equal_those_of_a_plain_simulation_of_the_record() -> None:
    device = design()
    image = np.random.default_rng(1).random((28, 28))
    network = from_design(device, 2, dtype=torch.complex128)
    powers = network(torch.from_numpy(image)[None])[0].numpy()
    assert powers == pytest.approx(plain_powers(device, image, 2), rel=5e-3)


def test_single_precision_is_good_to_five_digits() -> None:
    device = design()
    images = torch.rand(3, 28, 28, generator=torch.Generator().manual_seed(0))
    single = from_design(device, 1)(images)
    double = from_design(device, 1, dtype=torch.complex128)(images.double())
    assert torch.allclose(single.double(), double, rtol=1e-4)


def test_powers_are_shares_of_the_light() -> None:
    powers = from_design(design(), 1)(torch.zeros(1, 28, 28))
    assert float(powers.min()) > 0
    assert 0.001 < float(powers.sum()) < 1


def test_phases_given_in_place_of_the_design_change_the_answer() -> None:
    device = design()
    images = torch.rand(2, 28, 28, generator=torch.Generator().manual_seed(0))
    own = from_design(device, 1)(images)
    same = from_design(device, 1, phase_rad=device.phase_rad() + 2 * np.pi)(images)
    other = from_design(device, 1, phase_rad=device.phase_rad() * 0.9)(images)
    assert torch.allclose(own, same, rtol=1e-4)
    assert not torch.allclose(own, other, rtol=1e-2)


def test_training_and_frozen_networks_agree_on_hard_levels() -> None:
    project = tiny()
    table = process_table(project)
    physical = physical_record(project, (28, 28), 10)
    quantiser = make_quantiser("transmission", (2, 32, 32), table, seed=3)
    network = DiffractiveNetwork(Bench(physical, (32, 32), 1), quantiser)
    images = torch.rand(2, 28, 28, generator=torch.Generator().manual_seed(0))
    device = Design(quantiser.hard_levels().numpy(), np.tile(table.height_um, (2, 1)), physical)
    assert torch.allclose(network(images, 1.0), from_design(device, 1)(images), rtol=1e-4)


def test_equal_spaces_share_one_kernel() -> None:
    kernels = Bench(physical_record(tiny(), (28, 28), 10), (32, 32), 1).kernels
    assert kernels[0] is kernels[1]
    assert kernels[0] is not kernels[2]


def test_phases_of_another_shape_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"\[2, 32, 32\]; got \[1, 32, 32\]"):
        from_design(design(), 1, phase_rad=np.zeros((1, 32, 32)))


def test_a_design_without_a_task_cannot_be_simulated() -> None:
    device = design()
    bare = Physical.model_validate(
        {**device.physical.to_json(), "spaces": [], "detectors": [], "encoder": None}
    )
    with pytest.raises(ConfigError, match="optical task"):
        from_design(Design(device.levels, device.height_of_level_um, bare))


def test_amplitude_objects_and_gaussian_beams_lose_light_outside() -> None:
    white = torch.ones(1, 28, 28)
    plane = from_design(design(), 1)(torch.zeros(1, 28, 28)).sum()
    opaque = from_design(design(0, "task.encoder=amplitude", "task.object_outside=opaque"), 1)
    assert float(opaque(torch.zeros(1, 28, 28)).sum()) == 0.0
    assert float(opaque(white).sum()) != pytest.approx(float(plane), rel=1e-3)
    beam = from_design(design(0, "optics.source.kind=gaussian", "optics.source.waist=12 um"), 1)
    assert 0 < float(beam(white).sum()) < 1
