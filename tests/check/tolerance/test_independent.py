"""The same errors computed by a simulator of its own, in numpy and double precision."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fabdesign.check.tolerance import Device, DeviceState, Simulator, terms_of
from fabdesign.copies.sample import copy_with
from fabdesign.process import load_profile
from tests.check.tolerance import benches
from tests.independent import simulate

Array = NDArray[np.float64]
RIM = 2
"""Pixels of opaque rim, so that a displaced layer and its light stay on the plane."""


class Widened(simulate.Simulator):
    """The device in the middle of a wider opaque plane, where layers can be put elsewhere."""

    def __init__(self, physical: dict[str, Any], heights: Array, samples: int = 2) -> None:
        wide = [np.pad(layer, RIM) for layer in heights]
        super().__init__(physical, wide, samples)
        inside = np.pad(np.ones_like(heights[0]), RIM)
        self.window = np.kron(inside, np.ones((samples, samples)))
        self.layers = [layer * self.window for layer in self.layers]
        self.slope = 0.0

    def encode(self, image: Array) -> NDArray[np.complex128]:
        wave = np.exp(2j * np.pi / self.physical["wavelength_um"] * self.slope * self.x)
        return super().encode(image) * self.window * wave


def plain(_physical: dict[str, Any], _heights: Array, _made: Widened | None = None) -> None:
    return None


def gain(physical: dict[str, Any], heights: Array, made: Widened | None) -> None:
    if made is None:
        heights *= 1.03


def index(physical: dict[str, Any], heights: Array, made: Widened | None) -> None:
    physical["material"]["index"] += 0.01


def wavelength(physical: dict[str, Any], heights: Array, made: Widened | None) -> None:
    physical["wavelength_um"] += 0.004


def spacing(physical: dict[str, Any], heights: Array, made: Widened | None) -> None:
    if made is None:
        physical["spaces"][1][0]["thickness_um"] += 0.7


def axial(physical: dict[str, Any], heights: Array, made: Widened | None) -> None:
    if made is None:
        physical["spaces"][0][0]["thickness_um"] += 0.8
        physical["spaces"][1][0]["thickness_um"] -= 0.8


def shift(physical: dict[str, Any], heights: Array, made: Widened | None) -> None:
    if made is not None:
        made.layers[1] = np.roll(made.layers[1], (1, -2), axis=(0, 1))


def angle(physical: dict[str, Any], heights: Array, made: Widened | None) -> None:
    if made is not None:
        made.slope = np.sin(0.02)


def absorption(physical: dict[str, Any], heights: Array, made: Widened | None) -> None:
    if made is not None:
        thick = np.kron(np.pad(heights[0], RIM), np.ones((2, 2)))
        made.layers[0] = made.layers[0] * np.exp(-2 * np.pi / physical["wavelength_um"] * 0.02 * thick)
        thick = np.kron(np.pad(heights[1], RIM), np.ones((2, 2)))
        made.layers[1] = made.layers[1] * np.exp(-2 * np.pi / physical["wavelength_um"] * 0.02 * thick)


CASES: list[tuple[str, float, list[float], Callable[..., None], float]] = [
    ("height-gain", 0.03, [1], gain, 0.01),
    ("index", 0.01, [1], index, 0.01),
    ("wavelength", 4.0, [1], wavelength, 0.01),
    ("spacing", 0.7, [1], spacing, 0.01),
    ("layer-axial", 0.8, [1, 0], axial, 0.01),
    ("layer-shift", 0.75, [0, 0, -2, 1], shift, 0.03),
    ("source-angle", 20.0, [1, 0], angle, 0.01),
    ("absorption", 0.02, [1], absorption, 0.01),
]
"""Name, amount, draws, the same error in the other simulator, and how well the changes of power agree."""


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Simulator:
    data: Path = benches.images(tmp_path_factory.mktemp("data"))
    device = Device(benches.classifier(), load_profile("2pp-63x-ip-dip"))
    return Simulator(device, data=data, double=True)


@pytest.mark.parametrize(("name", "amount", "draws", "change", "close"), CASES, ids=[c[0] for c in CASES])
def test_same_change_of_score(  # noqa: PLR0917
    simulator: Simulator,
    name: str,
    amount: float,
    draws: list[float],
    change: Callable[..., None],
    close: float,
) -> None:
    device = simulator.device
    (term,) = terms_of(device, {name: amount}, [name])
    state = copy_with(device, [(term, amount, np.array(draws, dtype=np.float64))])
    area = np.prod([pixels * device.design.physical.pitch_um for pixels in device.design.pixels])
    designed = simulator.outputs(DeviceState.of(device)).numpy() * area
    outputs = simulator.outputs(state).numpy() * area
    expected, before = independent(device, simulator, change), independent(device, simulator, plain)
    changed = np.abs(expected - before).max()
    assert changed > 0.01 * before.max()
    assert np.abs((outputs - designed) - (expected - before)).max() <= close * changed
    labels = simulator.batch.labels.numpy()
    assert simulator.metric(state) == np.mean(expected.argmax(1) == labels)
    assert simulator.nominal["accuracy"] == np.mean(before.argmax(1) == labels)


def independent(device: Device, simulator: Simulator, change: Callable[..., None]) -> Array:
    physical = deepcopy(device.design.physical.to_json())
    heights = device.design.height_um()
    change(physical, heights, None)
    made = Widened(physical, heights)
    change(physical, heights, made)
    return np.array([made.powers(image) for image in simulator.batch.images.double().numpy()])
