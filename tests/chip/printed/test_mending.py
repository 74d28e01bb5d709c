"""The twin of a print, and what is done with it: estimate, re-centre, design a layer anew."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fabdesign.chip import Examples
from fabdesign.chip.printed import (
    PrintErrors,
    Redesign,
    StackTwin,
    TaskObjective,
    identify,
    recentre,
    redesign,
)
from fabdesign.chip.printed.twin import response
from fabdesign.errors import ConfigError
from fabdesign.tasks import task_of_design
from tests.chip.printed.prints import ELEMENT, bench, design, images, stack_of, wrong


def twin(errors: PrintErrors | None = None) -> StackTwin:
    return StackTwin(design(), bench(), ELEMENT, errors)


def told(model: StackTwin, errors: PrintErrors, inputs: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        pictures = model.pictures(model.parameters(errors), model.images(inputs), model.flat())
        return model.windows.powers(pictures).double().numpy()


@pytest.mark.parametrize(("errors", "limit"), [(PrintErrors.none(2), 0.02), (wrong(), 0.05)])
def test_a_twin_that_knows_the_errors_answers_as_the_print(errors: PrintErrors, limit: float) -> None:
    """The print shifts kernels and blurs cells; the twin shifts and blurs heights in closed form."""
    inputs = images().inputs
    seen, expected = stack_of(errors).measure(inputs), told(twin(), errors, inputs)
    assert np.linalg.norm(seen - expected) <= limit * np.linalg.norm(seen)
    if errors.gain:
        blind = told(twin(), PrintErrors.none(2), inputs)
        assert np.linalg.norm(seen - blind) > 3 * np.linalg.norm(seen - expected)


def test_a_blurred_and_shifted_pixel_is_a_difference_of_normal_integrals() -> None:
    sigma, shift = torch.tensor(0.3, dtype=torch.float64), torch.tensor(0.2, dtype=torch.float64)
    made = response(5, 1.5, 4, shift, sigma)
    assert torch.allclose(made.sum(1), torch.ones(20, dtype=torch.float64))
    x = np.linspace(-3.75 + 0.1875, 3.75 - 0.1875, 20)
    fine = np.linspace(-0.75, 0.75, 4001)
    density = np.exp(-((x[:, None] - 0.2 - fine) ** 2) / (2 * 0.09)) / (0.3 * np.sqrt(2 * np.pi))
    assert np.allclose(made[:, 2].numpy(), np.trapezoid(density, fine, axis=1), atol=1e-6)


def test_the_slope_by_the_zones_is_that_of_differences() -> None:
    model, shown = twin(wrong()), images(3)
    phases = np.random.default_rng(0).uniform(0, 6, ELEMENT.count)
    weight = np.random.default_rng(1).normal(size=(3, 10))
    _, gradient = model.active_gradient(phases, shown.inputs, lambda _outputs: weight)
    for zone in (0, 5, 11):
        sides = []
        for step in (0.05, -0.05):
            moved = phases.copy()
            moved[zone] += step
            outputs, _ = model.active_gradient(moved, shown.inputs, lambda _outputs: weight)
            sides.append(float((outputs * weight).sum()))
        assert gradient[zone] == pytest.approx(
            (sides[0] - sides[1]) / 0.1, rel=0.02, abs=1e-4 * np.abs(gradient).max()
        )


def test_errors_are_found_in_noisy_pictures() -> None:
    errors, shown = wrong(), images(6)
    frames = stack_of(errors, noise=0.02).frames(shown.inputs)
    found = identify(twin(), shown.inputs, frames, iterations=30)
    assert found.misfit[1] < 0.15 * found.misfit[0]
    assert found.errors.gain == pytest.approx(errors.gain, abs=0.01)
    assert found.errors.blur_um == pytest.approx(errors.blur_um, abs=0.03)
    assert np.abs(found.errors.shift_um - errors.shift_um).max() < 0.05
    assert np.abs(found.errors.aberration_rad - errors.aberration_rad).max() < 0.05
    with pytest.raises(ConfigError, match="pictures must be"):
        identify(twin(), shown.inputs, frames[:2])


class Wanted:
    """Powers shall be as they were designed."""

    def __init__(self, powers: np.ndarray) -> None:
        self.powers = powers

    def loss(self, outputs: np.ndarray, examples: Examples) -> float:
        return float(((outputs - self.powers) ** 2).sum())

    def slope(self, outputs: np.ndarray, examples: Examples) -> np.ndarray:
        return 2 * (outputs - self.powers)

    def score(self, outputs: np.ndarray, examples: Examples) -> float:
        return -self.loss(outputs, examples)


def test_windows_are_put_where_the_light_went() -> None:
    """Light, layers and all shifted by (1.5, -0.75): so is the picture."""
    from fabdesign.chip.printed import printed_stack
    from tests.chip.printed.prints import device, state_of

    shown, place = images(), np.array([1.5, -0.75])
    wanted = Wanted(stack_of(PrintErrors.none(2)).measure(shown.inputs))
    state = state_of(PrintErrors(np.tile(place, (2, 1)), 0.0, 0.0, np.zeros(9)))
    state.light_shift_um = place
    stack = printed_stack(device(), state, ELEMENT, bench())
    found = recentre(design(), wanted, shown, stack.frames(shown.inputs))
    assert np.abs(np.array(found) - place).max() <= 0.4
    before = wanted.loss(stack.measure(shown.inputs), shown)
    stack.move_windows(found)
    assert wanted.loss(stack.measure(shown.inputs), shown) < 0.2 * before


def test_one_layer_designed_anew_lowers_the_loss_of_the_real_print() -> None:
    errors, shown = wrong(), images(48)
    task = task_of_design(design())
    objective = TaskObjective(design(), task)
    new = redesign(twin(), errors, task, shown, Redesign(layer=-1, steps=40, batch=16, spread_um=0.05))
    assert np.array_equal(new.levels[0], design().levels[0])
    assert (new.levels[1] != design().levels[1]).mean() > 0.02
    assert new.levels.max() < design().height_of_level_um.shape[1]
    assert new.provenance["redesigned"]["parent"] == design().content_hash
    from fabdesign.chip.printed import printed_stack
    from fabdesign.copies import Device
    from tests.chip.printed.prints import device, state_of

    made = Device(new, device().profile)
    state = state_of(errors)
    state.height_um = (1 + errors.gain) * new.height_um()
    stack = printed_stack(made, state, ELEMENT, bench(), aberration_rad=errors.aberration_rad)
    before = objective.loss(stack_of(errors).measure(shown.inputs), shown)
    assert objective.loss(stack.measure(shown.inputs), shown) < 0.9 * before
    with pytest.raises(ConfigError, match="one of 2"):
        redesign(twin(), errors, task, shown, Redesign(layer=5))


def test_the_task_as_objective_has_the_slope_of_its_loss() -> None:
    objective = TaskObjective(design(), task_of_design(design()))
    shown = images(4)
    outputs = np.random.default_rng(0).uniform(0.001, 0.01, (4, 10))
    slope = objective.slope(outputs, shown)
    moved = outputs.copy()
    moved[2, 3] += 1e-7
    change = (objective.loss(moved, shown) - objective.loss(outputs, shown)) / 1e-7
    assert slope[2, 3] == pytest.approx(change, rel=1e-3)
    best = np.eye(10)[shown.labels]
    assert objective.score(best, shown) == 1.0
