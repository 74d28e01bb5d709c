"""Copies in training are those of the tolerance engine, and gradients pass through every error."""

import numpy as np
import pytest
import torch

from fabdesign.check.tolerance import Simulator
from fabdesign.copies import Device, DeviceState, Term, draw, perturbations, sample_copy, terms_of
from fabdesign.network import Bench, Relief, from_design
from fabdesign.network.blank import Blank, BlankCopy
from fabdesign.network.copied import THIN_ONLY, CopiedBench, copied_bench
from fabdesign.network.passed import Masks
from fabdesign.process import load_profile
from fabdesign.quantise import Relaxed
from tests.check.tolerance import benches

SEED, SAMPLE = 11, 4
DESIGN = benches.classifier(levels=4)
MASKS = load_profile("binary-optics-fused-silica")
IMAGES = torch.rand((3, 8, 8), generator=torch.Generator().manual_seed(1))


def terms(*names: str) -> tuple[Term, ...]:
    """Errors at sizes that are easily seen."""
    amounts = {"bandwidth": 5.0, "shrink-xy": 0.01, "layer-tilt": 5.0, "blur": 0.3, "mean-edge-bias": 0.2}
    return terms_of(
        Device(DESIGN, MASKS), {name: amounts[name] for name in names if name in amounts}, names or None
    )


def copy(found: tuple[Term, ...]) -> BlankCopy:
    blank = Blank(DESIGN.physical, DESIGN.pixels, DESIGN.height_of_level_um[0], MASKS)
    return blank.copy((term, term.amount, draw(term, SEED, SAMPLE)) for term in found)


def decided() -> Relaxed:
    """The design's levels as relaxed pixels that have decided."""
    shares = torch.nn.functional.one_hot(torch.from_numpy(DESIGN.levels).long(), 4)
    return Relaxed(shares.movedim(-1, 0).double())


def undecided(seed: int = 3) -> torch.Tensor:
    draws = torch.randn((4, *DESIGN.levels.shape), generator=torch.Generator().manual_seed(seed))
    return (2 * draws).double().softmax(0)


def phases(weights: torch.Tensor) -> torch.Tensor:
    """The transmission of a method that mixes phases."""
    phase = torch.einsum(
        "klyx,k->lyx", weights, torch.from_numpy(DESIGN.phase_rad(DESIGN.height_of_level_um[0]))
    )
    return torch.polar(torch.ones_like(phase), phase)


def thin() -> CopiedBench:
    return copied_bench(from_design(DESIGN, 2, dtype=torch.complex128).bench)


def thick(slice_um: float = 0.2) -> CopiedBench:
    relief = Relief(tuple(DESIGN.height_of_level_um[0].tolist()), slice_um)
    bench = Bench(DESIGN.physical, DESIGN.pixels, 2, relief=relief, dtype=torch.complex128)
    return copied_bench(bench)


def masks(simulator: Simulator, state: DeviceState) -> torch.Tensor:
    """The transmissions that the tolerance engine computes with."""
    layers = simulator.layers(state)
    assert isinstance(layers, Masks)
    return layers.transmission


AT_DETECTORS = {"background", "detector-noise"}
"""Shares of the design's mean output in the engine, of the mean output of a copy's images in training."""
WITH_FIELDS = {"stitching-xy", "stitching-z"}
"""The device is smaller than a writing field."""


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Simulator:
    data = benches.images(tmp_path_factory.mktemp("data"), count=3)
    return Simulator(Device(DESIGN, MASKS), data=data, double=True)


@pytest.mark.parametrize("mixes", ["transmissions", "phases"])
@pytest.mark.parametrize("name", [*sorted(set(perturbations()) - WITH_FIELDS - AT_DETECTORS), "all"])
def test_decided_pixels_give_the_outputs_of_the_tolerance_engine(
    simulator: Simulator, name: str, mixes: str
) -> None:
    names = set(perturbations()) - WITH_FIELDS - AT_DETECTORS if name == "all" else {name}
    found = terms(*sorted(names))
    state = sample_copy(simulator.device, found, SEED, SAMPLE)
    made, bench, relaxed = copy(found), thin(), decided()
    if mixes == "phases":
        relaxed = Relaxed(relaxed.weights, phases(relaxed.weights))
    layers = bench.layers(made, relaxed)
    if not state.bandwidth_um:
        torch.testing.assert_close(layers[0], masks(simulator, state), rtol=0, atol=1e-12)
    outputs = bench.outputs(made, simulator.batch.images, layers)
    torch.testing.assert_close(outputs, simulator.outputs(state), rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("name", sorted(AT_DETECTORS))
def test_detectors_err_by_a_share_of_the_mean(simulator: Simulator, name: str) -> None:
    state = sample_copy(simulator.device, terms(name), SEED, SAMPLE)
    clean = simulator.outputs(DeviceState.of(simulator.device))
    bench = thin()
    made = copy(terms(name))
    found = bench.outputs(made, simulator.batch.images, bench.layers(made, decided())) - clean
    assert float(found.abs().max()) > 0
    torch.testing.assert_close(found, simulator.outputs(state) - clean, rtol=1e-6, atol=1e-12)


GRADIENTS = [
    ("layer-shift", "height-gain", "index", "roughness"),
    ("blur", "mean-edge-bias", "shrink-xy"),
    ("overlay", "layer-rotation", "level-error"),
    ("layer-tilt", "layer-axial", "spacing", "source-angle"),
    ("bandwidth", "wavelength", "absorption"),
    ("detector-shift", "detector-axial", "centring", "dead-pixels", "field-tilt"),
]


def slopes(bench: CopiedBench, made: BlankCopy, mixes: str) -> tuple[float, float]:
    """The derivative of a loss along a direction, by torch and by central differences."""
    direction = undecided(5) - undecided(6)
    start = undecided().requires_grad_()

    def loss(weights: torch.Tensor) -> torch.Tensor:
        relaxed = Relaxed(weights, phases(weights) if mixes == "phases" else None, brighten=0.6)
        outputs = bench.outputs(made, IMAGES, bench.layers(made, relaxed))
        return (outputs * torch.arange(12.0).reshape(3, 4)).sum()

    (gradient,) = torch.autograd.grad(loss(start), start)
    step = 1e-4
    with torch.no_grad():
        found = (loss(start + step * direction) - loss(start - step * direction)) / (2 * step)
    return float((gradient * direction).sum()), float(found)


@pytest.mark.parametrize("mixes", ["transmissions", "phases"])
@pytest.mark.parametrize("names", GRADIENTS, ids=lambda names: names[0])
def test_gradients_pass_through_errors(names: tuple[str, ...], mixes: str) -> None:
    by_torch, by_differences = slopes(thin(), copy(terms(*names)), mixes)
    assert by_torch == pytest.approx(by_differences, rel=2e-4)


@pytest.mark.parametrize("mixes", ["transmissions", "phases"])
def test_gradients_pass_through_errors_of_thick_layers(mixes: str) -> None:
    names = sorted(set(perturbations()) - THIN_ONLY - AT_DETECTORS - {"slice-rounding", "dead-pixels"})
    by_torch, by_differences = slopes(thick(), copy(terms(*names)), mixes)
    assert by_torch == pytest.approx(by_differences, rel=2e-4)


@pytest.mark.parametrize("brighten", [0.0, 0.7])
def test_without_errors_a_copy_is_the_device(brighten: float) -> None:
    made, relaxed = copy(()), Relaxed(undecided(), brighten=brighten)
    mixed = torch.einsum(
        "klyx,k->lyx",
        relaxed.weights.to(torch.complex128),
        torch.exp(1j * torch.from_numpy(DESIGN.phase_rad(DESIGN.height_of_level_um[0]))),
    )
    bench = thin()
    outputs = bench.outputs(made, IMAGES, bench.layers(made, relaxed))
    seen = mixed * mixed.abs() ** -brighten
    torch.testing.assert_close(outputs, bench.bench(IMAGES, seen), rtol=1e-5, atol=1e-9)


def test_a_taller_thick_copy_is_the_taller_device() -> None:
    """Gain and index of a thick copy against a bench that is built with them."""
    gain, bench = 0.05, thick()
    (term,) = terms_of(Device(DESIGN, MASKS), only=["height-gain"])
    blank = Blank(DESIGN.physical, DESIGN.pixels, DESIGN.height_of_level_um[0], MASKS)
    made = blank.copy([(term, gain, np.ones(1))])
    outputs = bench.outputs(made, IMAGES, bench.layers(made, decided()))
    taller = from_design(
        DESIGN,
        2,
        model="thick",
        slice_um=0.01,
        phase_rad=DESIGN.phase_rad(DESIGN.height_um() * (1 + gain)),
        dtype=torch.complex128,
    )
    plain = from_design(DESIGN, 2, model="thick", slice_um=0.01, dtype=torch.complex128)
    fine = thick(slice_um=0.01)
    outputs = fine.outputs(made, IMAGES, fine.layers(made, decided()))
    moved = float((plain(IMAGES) - taller(IMAGES)).norm())
    assert float((outputs - taller(IMAGES)).norm()) < 0.05 * moved
