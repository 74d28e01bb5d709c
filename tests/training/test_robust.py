"""Training with the errors of a process: the draws, the record, every method and task, and what it is for."""

import math
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from fabdesign.check.tolerance import make_plan, run_sample
from fabdesign.config import Project, project_from_text
from fabdesign.copies import Device, sample_copy
from fabdesign.design import load_design
from fabdesign.errors import ConfigError, TrainingInterrupted
from fabdesign.network import physical_record
from fabdesign.process import load_profile
from fabdesign.quantise import quantiser_names
from fabdesign.training import Stepped, resume, train
from fabdesign.training.loop import run_steps
from fabdesign.training.robust import ProcessErrors, draw_seed, parts_of_batch
from fabdesign.training.run import Extras
from fabdesign.training.session import Session
from tests.training.runs import TOML, tiny, write_digits
from tests.training.test_other_tasks import BEAM, PHASE

pytestmark = pytest.mark.usefixtures("same_commit")

BARE = Extras(pictures=False, finer=False)


def errors(*overrides: str) -> ProcessErrors:
    session = Session.of(project_of(*overrides))
    assert session.errors is not None
    return session.errors


def project_of(*overrides: str) -> Project:
    settings = ("train.robust=true", "task.examples=20", "task.test_examples=10", *overrides)
    return project_from_text(TOML, "tiny", overrides=settings).project


def test_draws_are_those_of_the_tolerance_engine(data: Path, tmp_path: Path) -> None:
    """Copy i of a training is copy i that `fabdesign tolerance` draws with the same seed and levels."""
    run = train(tiny(data, "train.robust=true", "train.epochs=1"), tmp_path / "runs", extras=BARE)
    device = Device(run.design, load_profile("2pp-63x-ip-dip"))
    found = errors()
    heights = np.arange(device.layers)[:, None, None]
    for sample in (0, 7):
        made = found.copy(sample)
        state = sample_copy(device, found.terms, draw_seed(0), sample)
        layer, row, column = np.indices(device.design.levels.shape)
        np.testing.assert_array_equal(
            made.made_um.numpy()[device.design.levels, layer, row, column], state.height_um
        )
        for name in ("shift_um", "contrast", "stretch", "axial_um", "gap_um", "detector_shift_um"):
            np.testing.assert_array_equal(getattr(made.state, name), getattr(state, name))
    assert heights.size == device.layers
    assert draw_seed(0) != 0


def test_sizes_scale_share_and_warm_up() -> None:
    own = 'train.robustness.sizes={layer-shift = "0.4 um", height-gain = "3 %", blur = "0.1 um"}'
    only = 'train.robustness.errors=["layer-shift", "height-gain", "blur"]'
    found = errors(own, only, "train.robustness.warm_up=0.5", "train.robustness.scale=2")
    assert {term.name: term.amount for term in found.terms} == {
        "blur": 0.1,
        "height-gain": 0.03,
        "layer-shift": 0.4,
    }
    late, early, first = found.of_step(3, 0.5)[0], found.of_step(3, 0.25)[0], found.of_step(3, 0.0)[0]
    np.testing.assert_allclose(early.state.shift_um, late.state.shift_um / 2)
    np.testing.assert_allclose(late.state.shift_um, 2 * errors(own, only).copy(3).state.shift_um)
    assert not first.state.shift_um.any()
    assert {copy.state.blur_um for copy in (late, early, first)} == {0.1}
    never = errors(own, only, "train.robustness.share=0").copy(3).state
    assert (never.blur_um, never.shift_um.any()) == (0.1, False)
    half = errors(own, only, "train.robustness.share=0.5")
    share = np.mean([half.copy(sample).state.shift_um.any() for sample in range(300)])
    assert abs(share - 0.5) < 4 * math.sqrt(0.25 / 300)


def test_copies_see_parts_of_a_batch() -> None:
    assert parts_of_batch(7, 3) == [slice(0, 3), slice(3, 5), slice(5, 7)]
    assert len(errors("train.robustness.copies=3").of_step(2, 0.5)) == 3
    numbers = errors("train.robustness.copies=3").of_step(2, 0.5)[1].state.shift_um
    np.testing.assert_array_equal(numbers, errors().copy(7).state.shift_um)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (('train.robustness.errors=["layer-shit"]',), "layer-shift"),
        (('train.robustness.errors=["blur"]',), "blur: no number in 2pp-63x-ip-dip"),
        (("process.profile='ideal'",), "ideal states none"),
        (("train.robustness.sizes={layer-shift = 0.2}",), r"sizes\.layer-shift must be a length"),
        (('train.robustness.sizes={index = "0.2 um"}',), r"sizes\.index must be a number"),
        (("train.robustness.sizes={height-gain = -0.2}",), r"sizes\.height-gain must not be negative"),
        (("optics.model='thick'", 'train.robustness.errors=["shrink-xy"]'), "not known to thick layers"),
        (("train.polish=3",), "train.polish"),
    ],
)
def test_what_cannot_err_is_refused(settings: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        errors(*settings)


@pytest.mark.parametrize("method", quantiser_names())
def test_every_method_trains_with_every_error_of_the_process(data: Path, method: str) -> None:
    outlines = 'train.robustness.sizes={blur = "0.3 um", mean-edge-bias = "0.1 um"}'
    settings = ("train.robust=true", f"quantise.method={method}", outlines, "train.robustness.copies=2")
    session = Session.of(tiny(data, *settings, "train.epochs=1").project)
    before = [parameter.detach().clone() for parameter in session.network.parameters()]
    losses: list[float] = []
    run_steps(session, lambda event: losses.append(event.loss), lambda _: False)
    assert np.isfinite(losses).all()
    moved = [not was.equal(now) for was, now in zip(before, session.network.parameters(), strict=True)]
    assert moved[0]


@pytest.mark.parametrize("text", [PHASE, BEAM], ids=["phase-imaging", "beam-shaping"])
@pytest.mark.parametrize("model", ["thin", "thick"])
def test_other_tasks_and_thick_layers(text: str, model: str) -> None:
    settings = ("train.robust=true", "train.robustness.copies=2", "train.epochs=2", f"optics.model='{model}'")
    session = Session.of(project_from_text(text, "tiny", overrides=settings).project)
    losses: list[float] = []
    assert run_steps(session, lambda event: losses.append(event.loss), lambda _: False)
    assert np.isfinite(losses).all()
    assert session.errors is not None
    left_out = session.errors.to_json()["left_out"]
    assert ("shrink-xy" in left_out) == (model == "thick")


@pytest.mark.parametrize("method", ["transmission", "gs"])
def test_an_interrupted_run_goes_on_bit_for_bit(data: Path, tmp_path: Path, method: str) -> None:
    settings = ("train.robust=true", "train.robustness.copies=2", f"quantise.method={method}")
    loaded = tiny(data, *settings, "train.robustness.share=0.7", "train.robustness.warm_up=0.3")
    whole = train(loaded, tmp_path / "whole", extras=BARE)

    def stop(event: object) -> None:
        if isinstance(event, Stepped) and event.step == 4:
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(TrainingInterrupted):
        train(loaded, tmp_path / "cut", listen=stop, extras=BARE)
    again = resume(tmp_path / "cut" / "0001-tiny", extras=BARE)
    np.testing.assert_array_equal(again.design.levels, whole.design.levels)
    assert again.design.scores == whole.design.scores
    assert again.design.settings == whole.design.settings


def test_a_design_tells_what_it_was_trained_for(data: Path, tmp_path: Path) -> None:
    settings = ("train.robust=true", "train.epochs=1", 'train.robustness.sizes={layer-shift = "0.4 um"}')
    path = train(tiny(data, *settings), tmp_path / "runs", extras=BARE).design_path
    told = load_design(path).settings["robust"]
    assert (told["process"], told["built"], told["seed"]) == ("2pp-63x-ip-dip", "stack", draw_seed(0))
    terms = {term["name"]: (term["amount"], term["mark"]) for term in told["terms"]}
    assert terms["layer-shift"] == (0.4, "user")
    assert terms["height-gain"] == (0.02, "assumed")
    assert told["left_out"]["blur"] == "no number in 2pp-63x-ip-dip"
    plain = train(tiny(data, "train.epochs=1"), tmp_path / "runs", extras=BARE).design
    assert "robust" not in plain.settings


def test_changed_errors_cannot_go_on(data: Path, tmp_path: Path) -> None:
    loaded = tiny(data, "train.robust=true", "train.epochs=1")
    run = train(loaded, tmp_path / "runs", extras=BARE).run
    (run / "design.safetensors").unlink()
    config = run / "fabdesign.toml"
    config.write_text(config.read_text().replace("scale = 1.0", "scale = 2.0"))
    with pytest.raises(ConfigError, match="robust"):
        resume(run)


def test_a_robust_network_bears_heights_that_a_plain_one_does_not(tmp_path: Path) -> None:
    """Mean accuracy on the training digits of other copies, whose heights are wrong by 25 %."""
    data = write_digits(tmp_path / "digits.npz", train=60, test=60)
    arrays = dict(np.load(data))
    arrays["test_images"], arrays["test_labels"] = arrays["train_images"], arrays["train_labels"]
    np.savez(data, **arrays)
    errs = ('train.robustness.errors=["height-gain"]', 'train.robustness.sizes={height-gain = "25 %"}')
    softly = ("quantise.options.bright=0", "quantise.options.end=20")
    found = {}
    for robust in ("false", "true"):
        loaded = tiny(data, f"train.robust={robust}", *errs, *softly, "train.epochs=50")
        design = train(loaded, tmp_path / robust, extras=BARE).design
        profile = load_profile("2pp-63x-ip-dip")
        plan = make_plan(design, profile, amounts={"height-gain": 0.25}, only=["height-gain"], seed=5)
        found[robust] = np.mean([run_sample(plan, sample)["scores"]["accuracy"] for sample in range(16)])
    assert found["true"] > found["false"] + 0.08


def test_the_record_of_a_device_is_enough_to_bind_errors() -> None:
    project = project_of()
    record = physical_record(project, (28, 28), 10)
    session = Session.of(project)
    bound = ProcessErrors.of(project, record, load_profile("2pp-63x-ip-dip"), session.network.quantiser.table)
    assert session.errors is not None
    assert bound.to_json() == session.errors.to_json()
