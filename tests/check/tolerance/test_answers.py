"""Attribution, sensitivities and allowances of a small device, and every perturbation on it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fabdesign.check.tolerance import (
    Device,
    DeviceState,
    Simulator,
    attribute,
    make_plan,
    perturbations,
    sensitivities,
    terms_of,
    tolerance,
)
from fabdesign.check.tolerance.inverse import allowances
from fabdesign.copies.sample import copy_with, element_draws
from fabdesign.errors import ConfigError
from fabdesign.process import load_profile
from tests.check.tolerance import benches

STITCHED = {"shape": "square", "size_um": {"value": 12.0, "source": "assumed"}}


def device(process: str = "2pp-63x-ip-dip") -> Device:
    profile = load_profile(process)
    field = type(profile.field).model_validate(STITCHED)
    return Device(benches.classifier(), profile.model_copy(update={"field": field}))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return benches.images(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def simulator(data: Path) -> Simulator:
    return Simulator(device(), data=data)


@pytest.fixture(scope="module")
def etched(data: Path) -> Simulator:
    return Simulator(device("binary-optics-fused-silica"), data=data)


def test_the_design_scores_as_by_evaluate(simulator: Simulator, data: Path) -> None:
    from fabdesign.training import evaluate_design

    expected = evaluate_design(simulator.device.design, data)
    assert np.array_equal(simulator.outputs(DeviceState.of(simulator.device)).numpy(), expected.outputs)
    assert simulator.nominal == expected.scores


@pytest.mark.parametrize("name", sorted(perturbations()))
def test_every_perturbation_acts_and_vanishes_smoothly(
    name: str, simulator: Simulator, etched: Simulator
) -> None:
    """A hundredth of the amount changes less than the amount, and none changes nothing."""
    bench = etched if name in {"overlay", "mask-depth"} else simulator
    (term,) = terms_of(bench.device, {name: perturbations()[name].trial}, [name])
    designed = bench.outputs(DeviceState.of(bench.device)).numpy()
    draws = element_draws(term, 0, 3)

    def change(amount: float) -> float:
        made = bench.outputs(copy_with(bench.device, [(term, amount, draws)])).numpy()
        return float(np.abs(made - designed).max() / designed.max())

    assert change(0.0) == pytest.approx(0.0, abs=1e-6)
    assert change(term.amount) > 1e-6
    assert change(term.amount / 100) < 0.3 * change(term.amount) + 1e-6


def test_every_listed_error_is_there() -> None:
    """The list of the tolerance report: placement, heights, outlines, material, light, detectors."""
    wanted = {
        "layer-shift", "layer-axial", "layer-tilt", "layer-rotation", "shrink-xy", "spacing",
        "height-gain", "height-offset", "level-error", "mask-depth", "roughness", "blur", "edge-bias",
        "field-tilt", "field-curvature", "stitching-xy", "stitching-z", "overlay", "slice-rounding",
        "index", "absorption", "wavelength", "bandwidth", "source-angle", "centring",
        "detector-shift", "detector-noise", "background", "dead-pixels",
    }  # fmt: skip
    assert wanted <= set(perturbations())


def test_amounts_come_from_the_profile_with_their_marks() -> None:
    terms = {term.name: term for term in terms_of(device())}
    assert (terms["layer-shift"].amount, terms["layer-shift"].mark) == (0.2, "assumed")
    assert "layers.stack.sigma_um.dx" in terms["layer-shift"].source
    assert (terms["slice-rounding"].amount, terms["layer-tilt"].mark) == (0.05, "trial")
    plates = {term.name: term for term in terms_of(replace(device(), assembly="plates"))}
    assert plates["layer-shift"].amount == 1.0
    with pytest.raises(ConfigError, match="layer-shift"):
        terms_of(device(), only=["layer-shit"])


def test_rotation_by_a_quarter_turns_the_layer(simulator: Simulator) -> None:
    """To first order: a small turn moves light as the rotated relief does, judged by finite rotation."""
    from scipy.ndimage import affine_transform

    from fabdesign.network.made import transmission

    bench, turn, samples = simulator.device, 0.02, 8
    state = DeviceState.of(bench)
    state.rotation_rad[:] = turn
    found = transmission(state, bench, samples)[0].numpy()
    fine = 8
    plain = np.exp(2j * np.pi * state.contrast[0] / state.wavelength_um * bench.design.height_um()[0])
    dense = plain.repeat(samples * fine, 0).repeat(samples * fine, 1)
    middle = (np.array(dense.shape) - 1) / 2
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    turned = sum(
        unit * affine_transform(part, matrix, middle - matrix @ middle, order=0)
        for unit, part in ((1, dense.real), (1j, dense.imag))
    )
    ny, nx = found.shape
    expected = turned.reshape(ny, fine, nx, fine).mean(axis=(1, 3))
    moved = np.abs(expected - transmission(DeviceState.of(bench), bench, samples)[0].numpy())
    assert np.abs(found - expected)[4:-4, 4:-4].mean() < 0.1 * moved[4:-4, 4:-4].mean()


def test_sensitivities_are_sorted_and_two_sided(simulator: Simulator) -> None:
    terms = terms_of(simulator.device, only=["layer-shift", "absorption", "height-gain", "background"])
    rows = sensitivities(simulator, terms)
    assert len(rows) == 4 + 3
    assert [row.change for row in rows] == sorted(row.change for row in rows)
    found = {(row.name, row.element): row for row in rows}
    assert found["absorption", "device"].minus is None
    assert found["background", "device"].phase_rad == 0.0
    gain = found["height-gain", "device"]
    assert gain.minus is not None
    assert gain.curvature is not None
    middle = (gain.plus + gain.minus) / 2 - simulator.nominal["accuracy"]
    assert gain.curvature * 0.02**2 == pytest.approx(middle, abs=1e-12)


def test_allowances_bracket_the_fall(simulator: Simulator) -> None:
    terms = terms_of(simulator.device, only=["layer-shift", "height-gain"])
    rows = sensitivities(simulator, terms)
    for found in allowances(simulator, terms, rows, drop=0.02):
        term = next(term for term in terms if term.name == found.name)
        draws = element_draws(term, term.labels.index(found.element), 0)
        for sign, value, bounded in (
            (1, found.plus, found.plus_bounded),
            (-1, found.minus, found.minus_bounded),
        ):
            assert value is not None
            kept = simulator.metric(copy_with(simulator.device, [(term, sign * value, draws)]))
            assert simulator.gain(kept) > -0.02
            if bounded:
                above = sign * max(value * 1.03, term.amount / 256)
                lost = simulator.metric(copy_with(simulator.device, [(term, above, draws)]))
                assert simulator.gain(lost) <= -0.02
        assert found.margin == pytest.approx(found.allowed / term.amount)


def test_stages_are_those_that_are_known(data: Path) -> None:
    design = benches.classifier()
    rng = np.random.default_rng(2)
    trained = design.phase_rad() + rng.uniform(-0.5, 0.5, design.levels.shape)
    design = replace(design, phase=trained.astype(np.float32))
    simulator = Simulator(Device(design, load_profile("2pp-63x-ip-dip")), data=data)
    read = design.height_um() + 0.001
    stages = attribute(simulator, read)
    assert [stage.name for stage in stages] == ["continuous", "quantised", "printable", "sliced", "read back"]
    assert stages[0].change is None
    assert stages[2].metric == simulator.nominal["accuracy"]
    assert stages[1].scores["detector_efficiency"] == pytest.approx(
        stages[2].scores["detector_efficiency"], rel=1e-4
    )


def test_the_whole_answer_is_plain_json(data: Path) -> None:
    import json

    plan = make_plan(
        benches.classifier(), load_profile("2pp-63x-ip-dip"), data=data, only=["height-gain", "index"]
    )
    told: list[tuple[str, int, int]] = []
    result, records = tolerance(plan, samples=10, progress=lambda *step: told.append(step))
    text = json.dumps(result.to_json(), allow_nan=False)
    assert len(records) == 10
    assert json.loads(text)["monte_carlo"]["samples"] == 10
    assert {what for what, _, _ in told} == {"sensitivity", "inverse", "monte carlo"}
    assert all(done <= total for _, done, total in told)
