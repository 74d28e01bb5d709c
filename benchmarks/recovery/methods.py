"""What is done to one print, each method with the camera frames it took."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.recovery.prints import Laboratory, Print
from fabdesign.chip import Plan, calibrate
from fabdesign.chip.printed import (
    LEARNER_OPTIONS,
    PrintErrors,
    Redesign,
    SimulatedStack,
    StackTwin,
    identify,
    recentre,
    redesign,
)
from fabdesign.design import Design

Floats = NDArray[np.float64]
Found = dict[str, dict[str, Any]]
QUERIES = 300
"""Budget of a learner without a model, in batches of 32 frames."""
GRADIENT_QUERIES = 25
PICTURES = 12
"""Frames that errors are estimated from."""
CENTRING = 64
"""Frames that the windows are placed with."""
BATCH = 32
SPREAD_UM = 0.2
"""Spread of the new layer's place that it is designed for."""
LEARNERS = ("szo-scd", "stp", "spsa", "pepg")


def all_methods(one: Print, robust: Laboratory | None = None) -> Found:
    """Every method on one print; beside it the print with the same errors of a robust design."""
    laboratory, stack = one.laboratory, one.stack()
    found: Found = {"nothing": {"score": laboratory.score(stack), "frames": 0}}
    found["detectors re-centred"] = centred(laboratory, stack)
    stack.move_windows((0.0, 0.0))
    stack.remember(laboratory.train.inputs[: laboratory.pool])
    for name in LEARNERS:
        found[f"element, {name}"] = tuned(laboratory, stack, name, QUERIES)
    model = laboratory.twin()
    found["element, physics-aware, model as designed"] = followed(laboratory, stack, model, 0)
    errors, misfit = identified(laboratory, stack, model)
    found["element, physics-aware, model fitted"] = followed(
        laboratory, stack, laboratory.twin(errors=errors), PICTURES
    )
    found |= reprinted(one, errors)
    if robust is not None:
        stack = Print(robust, one.seed).stack()
        found["robust design, nothing"] = {"score": robust.score(stack), "frames": 0}
        found["robust design, detectors re-centred"] = centred(robust, stack)
    found["estimate"] = {"misfit": misfit, "errors": errors.to_json(), "truth": one.truth.to_json()}
    return found


def centred(laboratory: Laboratory, stack: SimulatedStack, frames: int = 0) -> dict[str, Any]:
    """Place the windows by pictures; they stay there."""
    shown = laboratory.train.take(slice(CENTRING))
    place = recentre(laboratory.design, laboratory.objective, shown, stack.frames(shown.inputs))
    stack.move_windows(place)
    return {"score": laboratory.score(stack), "frames": frames + CENTRING, "place_um": place}


def tuned(
    laboratory: Laboratory,
    stack: SimulatedStack,
    learner: str,
    queries: int,
    *,
    twin: StackTwin | None = None,
) -> dict[str, Any]:
    """Tune the element by a learner."""
    result = calibrate(
        stack,
        np.zeros(stack.phase_count),
        laboratory.train.take(slice(laboratory.pool)),
        Plan(
            learner,
            LEARNER_OPTIONS[learner],
            queries,
            batch=BATCH,
            check_every=queries // 10,
            check_examples=128,
        ),
        outputs=len(laboratory.design.physical.detectors),
        twin=twin,
        objective=laboratory.objective,
    )
    state = result.state
    return {
        "score": laboratory.score(stack, result.best_rad),
        "frames": BATCH * (state.queries + state.checks),
        "history": [{"frames": BATCH * seen.queries, "score": seen.accuracy} for seen in state.history],
    }


def followed(laboratory: Laboratory, stack: SimulatedStack, model: StackTwin, before: int) -> dict[str, Any]:
    """Tune the element by the slope of a model."""
    found = tuned(laboratory, stack, "physics-aware", GRADIENT_QUERIES, twin=model)
    return {**found, "frames": found["frames"] + before}


def identified(
    laboratory: Laboratory, stack: SimulatedStack, model: StackTwin, start: PrintErrors | None = None
) -> tuple[PrintErrors, list[float]]:
    """Estimate a print's errors from pictures."""
    shown = laboratory.train.inputs[-PICTURES:]
    stack.set_phases(np.zeros(stack.phase_count))
    fit = identify(model, shown, stack.frames(shown), iterations=40, start=start)
    return fit.errors, list(fit.misfit)


def reprinted(one: Print, errors: PrintErrors) -> Found:
    """Make the last layer anew for the print as it is thought to be, and put it in place of the old one."""
    laboratory, layer = one.laboratory, one.laboratory.design.layers - 1
    how = Redesign(layer, steps=200, spread_um=SPREAD_UM, seed=one.seed)
    new = redesign(laboratory.twin(), errors, laboratory.task, laboratory.train, how)
    found: Found = {}
    for where, stack, frames in (
        ("as it comes to lie", one.stack(new, layer), PICTURES),
        ("nudged", nudged(one, new, errors, layer), 2 * PICTURES),
    ):
        name = f"last layer re-printed, {where}"
        found[name] = {"score": laboratory.score(stack), "frames": frames}
        found[f"{name}, re-centred"] = centred(laboratory, stack, frames)
        again, _ = identified(laboratory, stack, laboratory.twin(new), errors)
        model = laboratory.twin(new, again)
        model.windows.move(stack.windows.centre_um)
        taken = frames + CENTRING + PICTURES
        found[f"{name}, re-centred, element"] = followed(laboratory, stack, model, taken)
    return found


def nudged(one: Print, new: Design, errors: PrintErrors, layer: int) -> SimulatedStack:
    """Put the new layer in, see where it lies, and move it back by what is seen."""
    laboratory, place = one.laboratory, one.fresh_place_um()
    seen, _ = identified(laboratory, one.stack(new, layer, place), laboratory.twin(new), errors)
    return one.stack(new, layer, place - seen.shift_um[layer])
