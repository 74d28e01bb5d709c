"""Copies whose layers are reliefs, beside devices that are designed as the copies were made."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from fabdesign.check.tolerance import Device, DeviceState, Simulator, terms_of, tolerance
from fabdesign.copies import copy_with
from fabdesign.design import Design
from fabdesign.network import from_design
from fabdesign.network.made import MadeLayers, filled
from fabdesign.network.passed import Reliefs, passed
from fabdesign.process import load_profile
from tests.check.tolerance import benches

SAMPLES = 3


def device(**changes: Any) -> Device:
    design = benches.classifier()
    heights = changes.pop("heights", design.height_of_level_um)
    made = Design(
        levels=design.levels,
        height_of_level_um=heights,
        physical=design.physical.model_copy(update=changes),
        settings={"model": "thick", "slice_um": 0.05},
    )
    return Device(made, load_profile("2pp-63x-ip-dip"))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return benches.images(tmp_path_factory.mktemp("data"), count=4)


def simulator(made: Device, data: Path) -> Simulator:
    return Simulator(made, data=data, samples_per_pixel=SAMPLES, double=True)


@pytest.fixture(scope="module")
def designed(data: Path) -> Simulator:
    return simulator(device(), data)


def test_without_errors_a_copy_is_the_design(designed: Simulator) -> None:
    network = from_design(designed.device.design, SAMPLES, dtype=torch.complex128)
    with torch.no_grad():
        expected = network(designed.batch.images)
    torch.testing.assert_close(designed.outputs(DeviceState.of(designed.device)), expected, rtol=1e-9, atol=0)


def taller(made: Device) -> dict[str, Any]:
    return {"heights": made.design.height_of_level_um * 1.03}


def denser(made: Device) -> dict[str, Any]:
    material = made.design.physical.material
    spaces = made.design.physical.spaces  # the base stays as it is: it adds no pattern
    return {"material": material.model_copy(update={"index": material.index + 0.01}), "spaces": spaces}


def redder(made: Device) -> dict[str, Any]:
    return {"wavelength_um": made.design.physical.wavelength_um + 0.004}


def wider(made: Device) -> dict[str, Any]:
    first, (gap, base), *rest = made.design.physical.spaces
    return {"spaces": (first, (gap.model_copy(update={"thickness_um": gap.thickness_um + 0.7}), base), *rest)}


CASES: list[tuple[str, float, list[float], Callable[[Device], dict[str, Any]]]] = [
    ("height-gain", 0.03, [1], taller),
    ("index", 0.01, [1], denser),
    ("wavelength", 4.0, [1], redder),
    ("spacing", 0.7, [1], wider),
]


@pytest.mark.parametrize(("name", "amount", "draws", "change"), CASES, ids=[case[0] for case in CASES])
def test_an_error_is_that_of_a_device_designed_so(  # noqa: PLR0917
    designed: Simulator, data: Path, name: str, amount: float, draws: list[float], change: Callable[..., Any]
) -> None:
    (term,) = terms_of(designed.device, {name: amount}, [name])
    state = copy_with(designed.device, [(term, amount, np.array(draws, dtype=np.float64))])
    before = designed.outputs(DeviceState.of(designed.device))
    expected = simulator(device(**change(designed.device)), data)
    after = expected.outputs(DeviceState.of(expected.device))
    changed = float((after - before).abs().max())
    assert changed > 0.01 * float(before.max())
    assert float((designed.outputs(state) - after).abs().max()) < 0.05 * changed


def test_pits_in_the_base_are_those_of_a_thinner_base(designed: Simulator, data: Path) -> None:
    state = DeviceState.of(designed.device)
    state.height_um = state.height_um - 0.05
    heights = designed.device.design.height_of_level_um
    *spaces, last = designed.device.design.physical.spaces
    thinner = [
        (gap, base.model_copy(update={"thickness_um": base.thickness_um - 0.05})) for gap, base in spaces
    ]
    grown = [
        (gap.model_copy(update={"thickness_um": gap.thickness_um + 0.05}), *rest)
        for gap, *rest in [*thinner[1:], last]
    ]
    lower = simulator(device(heights=heights, spaces=(thinner[0], *grown)), data)
    expected = lower.outputs(DeviceState.of(lower.device))
    torch.testing.assert_close(designed.outputs(state), expected, rtol=4e-3, atol=0)


def test_absorption_follows_beer_and_lambert(designed: Simulator) -> None:
    state = DeviceState.of(designed.device)
    state.height_um = np.full_like(state.height_um, 1.2)
    state.absorption = 0.01
    layers = passed(state, designed.device, designed.altered.bench.layers)
    light = torch.ones((1, *designed.altered.bench.grid.shape), dtype=torch.complex128)
    middle = layers.through(light, 0)[0, 20:28, 20:28].abs().square().mean()
    expected = np.exp(-4 * np.pi * 0.01 * 1.2 / benches.WAVELENGTH_UM)
    assert float(middle) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("bias_um", [-0.3, 0.0, 0.4])
def test_biased_edges_widen_every_slice(designed: Simulator, bias_um: float) -> None:
    made = designed.device
    state = DeviceState.of(made)
    state.height_um = np.zeros_like(state.height_um)
    state.height_um[:, 5, 7] = 0.8
    state.edge_bias_um = bias_um
    edges = [0.0, 0.2, 0.5, 0.8, 1.2]
    fill = filled(state, made, SAMPLES, edges, MadeLayers(torch.from_numpy(state.height_um)))
    pitch_um = made.design.physical.pitch_um
    area = fill.sum((2, 3)) * (pitch_um / SAMPLES) ** 2
    corners = bias_um**2 if bias_um > 0 else 0.0
    expected = torch.full((2, 3), (pitch_um + bias_um) ** 2 - corners).double()
    torch.testing.assert_close(area[:, :3].real, expected)
    assert not area[:, 3].any()


def test_blur_keeps_the_volume(designed: Simulator) -> None:
    made = designed.device
    state = DeviceState.of(made)
    state.height_um = np.zeros_like(state.height_um)
    state.height_um[:, 5, 7] = 0.8
    state.blur_um = 0.4
    edges = np.linspace(0, 0.8, 9).tolist()
    fill = filled(state, made, SAMPLES, edges, MadeLayers(torch.from_numpy(state.height_um)))
    pitch_um = made.design.physical.pitch_um
    volume = (fill.real * 0.1).sum((1, 2, 3)) * (pitch_um / SAMPLES) ** 2
    torch.testing.assert_close(volume, torch.full((2,), 0.8 * pitch_um**2).double(), rtol=2e-2, atol=0)


def test_every_error_of_the_list_works_and_the_result_names_the_model(data: Path) -> None:
    plan = benches.small_plan(data.parent, model="thick", limit=2)
    assert plan.samples_per_pixel == 3
    result, records = tolerance(plan, parts=["sensitivity", "monte-carlo"], samples=2)
    assert result.record["model"]["name"] == "thick"
    assert {row.name for row in result.sensitivities} == {term.name for term in plan.terms}
    assert len(records) == 2
    layers = passed(
        DeviceState.of(plan.device),
        plan.device,
        Simulator(plan.device, data=data, model="thick").altered.bench.layers,
    )
    assert isinstance(layers, Reliefs)
