"""Calibrating a print of a diffractive design, step by step as a person at the bench would."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from fabdesign_cli.calibrating import calibration_progress
from fabdesign_cli.console import say
from fabdesign_cli.designs import open_design, profile_of
from fabdesign_cli.meshes import show_calibration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fabdesign.chip import Calibrated, Examples, Plan
    from fabdesign.chip.printed import PrintErrors, Redesign, SimulatedStack, StackTwin, TaskObjective
    from fabdesign.copies import Device, DeviceState
    from fabdesign.design import Design
    from fabdesign.network import Bench
    from fabdesign.tasks import Task

POOL = 256
"""Training images that are shown to learn from."""
DESIGNED_WITH = 2000
"""Training images that a layer is designed anew with, on the model: they cost no frame."""
NOT_TOLERANCE = ("aberration", "noise")


@dataclass(frozen=True, eq=False)
class Session:
    """One simulated print on the bench.

    Args:
        design: what was printed.
        device: with its process.
        state: its errors, which only the simulation may look at.
        amounts: how large they are, by name.
        settings: what the user asked for.
    """

    design: Design
    device: Device
    state: DeviceState
    amounts: dict[str, float]
    settings: dict[str, Any]

    @cached_property
    def bench(self) -> Bench:
        """The set-up as designed."""
        from fabdesign.network import from_design

        return from_design(self.design, model="thin").bench

    @cached_property
    def task(self) -> Task:
        """What the design should do."""
        from fabdesign.tasks import task_of_design

        return task_of_design(self.design, self.settings["data"])

    @cached_property
    def objective(self) -> TaskObjective:
        """The task as the objective of learning."""
        from fabdesign.chip.printed import TaskObjective

        return TaskObjective(self.design, self.task)

    @cached_property
    def train(self) -> Examples:
        """Images to show."""
        from fabdesign.chip.printed import examples_of

        return examples_of(self.task.dataset.train, DESIGNED_WITH)

    @cached_property
    def test(self) -> Examples:
        """Images to score on, in no budget."""
        from fabdesign.chip.printed import examples_of

        return examples_of(self.task.dataset.test, 500)

    def stack(self, device: Device, state: DeviceState) -> SimulatedStack:
        """The instrument of a print of this seed."""
        from fabdesign.chip.printed import ZonePlate, draw_aberration, printed_stack

        errors, seed = self.settings["errors"], self.settings["print_seed"]
        return printed_stack(
            device,
            state,
            ZonePlate(_zones(self.settings["zones"])),
            self.bench,
            aberration_rad=draw_aberration(errors["aberration"], seed),
            noise=errors["noise"],
            seed=seed,
        )

    def score(self, stack: SimulatedStack, phases: NDArray[np.float64]) -> float:
        """The task's headline score on the test images."""
        stack.set_phases(phases)
        return self.objective.score(stack.measure(self.test.inputs), self.test)


def calibrate_print(path: Path, **settings: Any) -> None:
    """Print, look, place the detectors, estimate, design a layer anew or tune the element, and write."""
    session = _session(path, settings)
    stack = session.stack(session.device, session.state)
    before = session.score(stack, _still(stack))
    say(
        f"Print {settings['print_seed']} of {path} scores {before:.3f} on {len(session.test)} test images "
        f"(drawn errors: {', '.join(f'{name} {amount:g}' for name, amount in settings['errors'].items())})."
    )
    frames = 0
    if settings["recentre"]:
        frames += _recentre(session, stack)
    twin, estimate = _model(session, stack)
    if settings["reprint"] is not None:
        assert twin is not None
        assert estimate is not None
        _reprint(session, twin, estimate)
        return
    frames += 0 if estimate is None else settings["frames"]
    plan = _plan(settings)
    result = _tune(session, stack, plan, twin)
    _write(session, stack, plan, result, {"before": before, "frames": frames, "estimate": estimate})


def _session(path: Path, settings: dict[str, Any]) -> Session:
    from fabdesign.chip.printed import DEFAULT_ERRORS, draw_print
    from fabdesign.chip.printed.made import DEFAULT_ABERRATION_RAD
    from fabdesign.copies import Device

    design = open_design(path, Path("runs")).design
    profile = profile_of(design, settings["process"])
    if profile is None:
        raise click.UsageError("Name the process profile of the print: --process FILE.")
    settings["errors"] = {
        **DEFAULT_ERRORS,
        "aberration": DEFAULT_ABERRATION_RAD,
        "noise": 0.02,
        **settings["errors"],
    }
    amounts = {name: value for name, value in settings["errors"].items() if name not in NOT_TOLERANCE}
    device = Device(design, profile)
    state = draw_print(device, amounts, settings["print_seed"])
    return Session(design, device, state, amounts, settings)


def _recentre(session: Session, stack: SimulatedStack) -> int:
    """Place the windows; returns the frames it took."""
    from fabdesign.chip.printed import recentre

    shown = session.train.take(slice(max(64, session.settings["frames"])))
    place = recentre(session.design, session.objective, shown, stack.frames(shown.inputs))
    stack.move_windows(place)
    score = session.score(stack, _still(stack))
    say(f"Detectors moved by {place[0]:+.2f} µm in x and {place[1]:+.2f} µm in y: score {score:.3f}.")
    stack.set_phases(_still(stack))
    return len(shown)


def _model(session: Session, stack: SimulatedStack) -> tuple[StackTwin | None, PrintErrors | None]:
    """The print as its pictures show it, where something follows that needs it."""
    from fabdesign.chip.learners import learner_class
    from fabdesign.chip.printed import StackTwin, identify

    needs = learner_class(_learner(session.settings)).needs
    if session.settings["reprint"] is None and needs == "nothing":
        return None, None
    twin = StackTwin(session.design, session.bench, stack.element)
    stack.set_phases(_still(stack))
    shown = session.train.inputs[-session.settings["frames"] :]
    fit = identify(twin, shown, stack.frames(shown))
    say(
        f"Errors estimated from {len(shown)} pictures; misfit {fit.misfit[0]:.3f} before, "
        f"{fit.misfit[1]:.3f} after."
    )
    twin.errors = fit.errors
    twin.windows.move(stack.windows.centre_um)
    return twin, fit.errors


def _reprint(session: Session, twin: StackTwin, errors: PrintErrors) -> None:
    """Design one layer anew, write the design, and score the print with that layer in it."""
    from fabdesign.chip.printed import draw_print, redesign
    from fabdesign.copies import Device
    from fabdesign.design import save_design
    from fabdesign_cli.console import emit_json

    settings = session.settings
    how = _how(settings)
    say(f"Designing layer {settings['reprint']} anew for this print.")
    new = redesign(twin, errors, session.task, session.train, how)
    layer = settings["reprint"] % session.design.layers
    device = Device(new, session.device.profile)
    state = draw_print(device, session.amounts, settings["print_seed"])
    state.shift_um[layer] = 0.0
    stack = session.stack(device, state)
    stack.move_windows(twin.windows.centre_um)
    score = session.score(stack, _still(stack))
    out = settings["out"]
    save_design(new, out)
    if settings["as_json"]:
        emit_json(
            {
                "file": str(out),
                "content_hash": new.content_hash,
                "parent": session.design.content_hash,
                "layer": layer,
                "score": score,
                "estimate": errors.to_json(),
            }
        )
    else:
        say(f"With the new layer where it was designed to lie this print scores {score:.3f}.")
        click.echo(str(out))


def _how(settings: dict[str, Any]) -> Redesign:
    from fabdesign.chip.printed import Redesign

    given = {"steps": 400, "spread_um": 0.2, **settings["options"]}
    unknown = sorted(set(given) - {"steps", "batch", "rate", "spread_um"})
    if unknown:
        raise click.UsageError(f"-o of --reprint takes steps, batch, rate and spread_um; got {unknown[0]!r}.")
    return Redesign(
        layer=settings["reprint"],
        steps=int(given["steps"]),
        batch=int(given.get("batch", 32)),
        rate=float(given.get("rate", 0.1)),
        spread_um=float(given["spread_um"]),
        seed=settings["seed"],
    )


def _plan(settings: dict[str, Any]) -> Plan:
    from fabdesign.chip import Plan
    from fabdesign.chip.printed import LEARNER_OPTIONS

    learner = _learner(settings)
    queries = settings["queries"] or (50 if learner == "physics-aware" else 600)
    options = {**LEARNER_OPTIONS.get(learner, {}), **settings["options"]}
    return Plan(
        learner,
        options,
        queries,
        seed=settings["seed"],
        check_every=max(1, queries // 10),
        check_examples=128,
    )


def _learner(settings: dict[str, Any]) -> str:
    return settings["learner"] or "physics-aware"


def _tune(session: Session, stack: SimulatedStack, plan: Plan, twin: StackTwin | None) -> Calibrated:
    from fabdesign.chip import calibrate

    settings, pool = session.settings, session.train.take(slice(POOL))
    if twin is None:
        stack.remember(pool.inputs)
    say(f"Tuning {stack.phase_count} zones of the element.")
    out = settings["out"]
    with calibration_progress(plan, settings["quiet"]) as listener:
        return calibrate(
            stack,
            _still(stack),
            pool,
            plan,
            outputs=len(session.design.physical.detectors),
            twin=twin,
            device=session.design.content_hash,
            objective=session.objective,
            checkpoint=out.with_name(f"{out.stem}-checkpoint.safetensors"),
            resume=settings["resumed"],
            listen=listener,
        )


def _write(
    session: Session, stack: SimulatedStack, plan: Plan, result: Calibrated, known: dict[str, Any]
) -> None:
    from fabdesign.chip import load_calibration, save_calibration

    settings, estimate = session.settings, known["estimate"]
    instrument = {
        "kind": "simulated print",
        "seed": settings["print_seed"],
        "errors": settings["errors"],
        "zones": list(stack.element.zones),
        "windows_um": list(stack.windows.centre_um),
        "estimate": None if estimate is None else estimate.to_json(),
    }
    test = {
        "before": known["before"],
        "best": session.score(stack, result.best_rad),
        "last": session.score(stack, result.last_rad),
        "sample_count": len(session.test),
        "data_hash": session.test.data_hash,
    }
    scores = {"test": test, "frames": known["frames"]}
    save_calibration(result, session.design, plan, settings["out"], instrument=instrument, scores=scores)
    show_calibration(settings["out"], load_calibration(settings["out"]), settings["as_json"])


def _still(stack: SimulatedStack) -> NDArray[np.float64]:
    """An element that does nothing."""
    import numpy as np

    return np.zeros(stack.phase_count)


def _zones(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,4})x(\d{1,4})", text.strip())
    if found is None:
        raise click.UsageError(f"--zones takes ROWSxCOLUMNS, such as 6x6; got {text!r}.")
    return int(found[1]), int(found[2])
