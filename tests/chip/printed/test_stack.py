"""A simulated print: the same light as the network and the tolerance engine, behind the seam."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fabdesign.check.tolerance.simulator import Simulator
from fabdesign.chip import Examples, InstrumentLost, Plan, calibrate
from fabdesign.chip.printed import (
    PrintErrors,
    TaskObjective,
    ZonePlate,
    draw_aberration,
    draw_print,
    wavefronts,
)
from fabdesign.chip.printed.zernike import zernike
from fabdesign.errors import ConfigError
from fabdesign.network import from_design
from fabdesign.optics import Grid
from fabdesign.tasks import task_of_design
from tests.chip.laboratory import Flaky
from tests.chip.printed.prints import ELEMENT, bench, design, device, images, stack_of, state_of, wrong

NONE = PrintErrors.none(2)


def test_zernike_terms_are_orthonormal_on_the_disk() -> None:
    radius, angle = torch.meshgrid(
        (torch.arange(400) + 0.5) / 400, (torch.arange(64) + 0.5) / 64 * 2 * torch.pi, indexing="ij"
    )
    terms = torch.stack([zernike(j, radius.double(), angle.double()) for j in range(1, 12)])
    area = radius / radius.sum()
    assert torch.allclose(
        torch.einsum("apq,bpq,pq->ab", terms, terms, area.double()), torch.eye(11).double(), atol=1e-3
    )


def test_tilts_are_along_x_and_y_and_defocus_is_a_bowl() -> None:
    tilt_x, tilt_y, bowl = wavefronts(Grid((8, 8), 1.0), 3)
    assert (tilt_x[:, 1:] > tilt_x[:, :-1]).all()
    assert torch.allclose(tilt_x, tilt_y.T)
    assert bowl[0, 0] > bowl[4, 4]
    assert torch.allclose(bowl, bowl.flip(0).flip(1))


def test_zones_cover_the_plane_once_and_are_numbered_by_rows() -> None:
    masks = ELEMENT.masks(Grid((12, 16), 1.0), torch.float32)
    assert torch.equal(masks.sum(0), torch.ones(12, 16))
    assert masks[1, 0, 4] == 1
    assert masks[4, 4, 0] == 1
    with pytest.raises(ConfigError, match="do not fit"):
        ZonePlate((40, 40)).masks(Grid((12, 16), 1.0), torch.float32)


def test_the_drive_has_even_steps() -> None:
    phases = torch.tensor([0.1, 1.0, 6.2], dtype=torch.float64)
    assert torch.allclose(
        ZonePlate((1, 3), bits=2).phasors(phases),
        torch.tensor([1, 1j, 1], dtype=torch.complex128),
        atol=1e-12,
    )
    assert torch.allclose(
        ZonePlate((1, 3), bits=0).phasors(phases).angle(), torch.tensor([0.1, 1.0, 6.2 - 2 * np.pi]).double()
    )


def test_a_print_without_errors_is_the_network() -> None:
    shown = images()
    expected = from_design(design(), 2)(torch.from_numpy(shown.inputs.reshape(-1, 28, 28)).float())
    found = stack_of(NONE).measure(shown.inputs)
    assert np.abs(found - expected.numpy()).max() <= 1e-5 * found.max()


def test_a_print_with_errors_is_that_of_the_tolerance_engine() -> None:
    errors = PrintErrors(wrong().shift_um, 0.04, 0.25, np.zeros(9))
    simulator = Simulator(device(), limit=8)
    shown = simulator.batch.images.double().numpy().reshape(8, -1)
    expected = simulator.outputs(state_of(errors)).numpy()
    found = stack_of(errors).measure(shown)
    assert np.abs(found - expected).max() <= 1e-5 * expected.max()


def test_remembered_images_give_the_same_answers() -> None:
    stack, shown = stack_of(wrong()), images()
    phases = np.random.default_rng(0).uniform(0, 2 * np.pi, (3, stack.phase_count))
    fresh = []
    for phase in phases:
        stack.set_phases(phase)
        fresh.append(stack.measure(shown.inputs))
    stack.remember(shown.inputs)
    for phase, expected in zip(phases, fresh, strict=True):
        stack.set_phases(phase)
        assert np.abs(stack.measure(shown.inputs) - expected).max() <= 1e-4 * expected.max()
    assert np.abs(fresh[0] - fresh[1]).max() > 0.1 * fresh[0].max(), "the element acts"


def test_frames_hold_the_power_in_the_windows() -> None:
    stack, shown = stack_of(wrong()), images(2)
    frames = stack.frames(shown.inputs)
    assert frames.shape == (2, 32, 32)
    windows = stack.measure(shown.inputs)
    rows = columns = slice(16 - 1, 16 + 2)
    middle = frames[:, rows, columns]
    cut = middle.sum((1, 2)) - 0.5 * (middle[:, :, 0].sum(1) + middle[:, 0].sum(1)) + 0.25 * middle[:, 0, 0]
    assert cut == pytest.approx(windows[:, 4] / 1.5**2, rel=0.5), "a window of 4.5 um in the middle"


def test_moved_windows_read_the_camera_elsewhere() -> None:
    stack, shown = stack_of(NONE), images(2)
    before = stack.measure(shown.inputs)
    stack.move_windows((0.0, -9.0))
    assert np.allclose(stack.measure(shown.inputs)[:, 0], before[:, 3]), "one row of detectors further down"


def test_noise_is_a_share_of_the_mean_and_seeded() -> None:
    quiet = stack_of(NONE).measure(images(64).inputs)
    noisy, again = (stack_of(NONE, noise=0.1).measure(images(64).inputs) for _ in range(2))
    assert np.array_equal(noisy, again)
    assert (noisy - quiet).std() == pytest.approx(0.1 * quiet.mean(), rel=0.15)


def test_errors_are_drawn_by_seed_and_name() -> None:
    one, same, other = (draw_print(device(), {"layer-shift": 0.3, "blur": 0.2}, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.shift_um, same.shift_um)
    assert not np.array_equal(one.shift_um, other.shift_um)
    assert one.blur_um == 0.2
    assert np.array_equal(one.height_um, design().height_um()), "nothing else errs"
    draws = np.array([draw_aberration(0.3, seed) for seed in range(400)])
    assert np.sqrt((draws**2).sum(1).mean()) == pytest.approx(0.3, rel=0.05)


def go(stack: object, examples: Examples, **plan: object) -> object:
    resume, checkpoint = bool(plan.pop("resume", False)), plan.pop("checkpoint", None)
    settings = {"queries": 60, "check_every": 20, "check_examples": 32, "save_seconds": 0.0, **plan}
    return calibrate(
        stack,  # type: ignore[arg-type]
        np.zeros(ELEMENT.count),
        examples,
        Plan(**settings),  # type: ignore[arg-type]
        outputs=10,
        device=design().content_hash,
        objective=TaskObjective(design(), task_of_design(design())),
        checkpoint=checkpoint,  # type: ignore[arg-type]
        resume=resume,
    )


@pytest.mark.parametrize("learner", ["spsa", "szo-scd"])
def test_learners_improve_a_print_through_the_seam(learner: str) -> None:
    options = {"spsa": {"rate": 0.2, "perturbation_rad": 0.2}, "szo-scd": {"share": 1.0, "step_rad": 0.3}}
    stack, shown = stack_of(wrong()), images(32)
    stack.remember(shown.inputs)
    state = go(stack, shown, learner=learner, options=options[learner]).state  # type: ignore[attr-defined]
    assert state.best.loss < 0.95 * state.history[0].loss
    assert state.queries <= 60


def test_a_lost_print_goes_on_where_it_stopped(tmp_path: object) -> None:
    shown, path = images(32), tmp_path / "state.safetensors"  # type: ignore[operator]
    with pytest.raises(InstrumentLost):
        go(Flaky(stack_of(wrong()), lost_at=30), shown, checkpoint=path)
    resumed = go(stack_of(wrong()), shown, checkpoint=path, resume=True)
    assert resumed.state.queries <= 60  # type: ignore[attr-defined]
    assert len(resumed.state.history) >= 3  # type: ignore[attr-defined]


def test_what_does_not_fit_is_refused() -> None:
    stack = stack_of(NONE)
    with pytest.raises(ConfigError, match="12 finite phases"):
        stack.set_phases(np.zeros(3))
    with pytest.raises(ConfigError, match="784"):
        stack.measure(np.zeros((2, 64)))
    with pytest.raises(ConfigError, match="1 × 1 zones"):
        ZonePlate((0, 2))
    assert bench().grid.shape == (64, 64)
