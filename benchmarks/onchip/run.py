"""Running experiments one by one; each leaves one JSON file, and is not run again."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.onchip.data import SETTINGS, load
from benchmarks.onchip.experiments import Experiment, experiments
from fabdesign.chip import (
    NO_ERRORS,
    Examples,
    Plan,
    SimulatedChip,
    accuracy,
    calibrate,
    design_mesh,
    power_rad,
)
from fabdesign.formats.atomic import write_text_atomic

Floats = NDArray[np.float64]


def finished(data: str, work: Path) -> list[dict[str, Any]]:
    """The results that the work folder holds, in the order of the experiments."""
    paths = [work / f"{experiment.name}.json" for experiment in experiments(data)]
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths if path.is_file()]


def run_all(data: str, source: Path | None, work: Path) -> None:
    """Run all experiments on one data set but those whose results are there already."""
    work.mkdir(parents=True, exist_ok=True)
    train, test = load(data, source)
    weights = trained(data, train, work)
    for experiment in experiments(data):
        path = work / f"{experiment.name}.json"
        if not path.is_file():
            result = run(experiment, weights, train, test, work)
            write_text_atomic(path, json.dumps(result, indent=1) + "\n")
            print(f"{experiment.name}: {result['deployed']:.4f} -> {result['best']:.4f}", flush=True)


def trained(data: str, train: Examples, work: Path) -> list[Floats]:
    """The matrices of the network, trained in software once."""
    from fabdesign.chip.pretrain import train_weights

    path = work / f"{data}-weights.npz"
    if not path.is_file():
        setting = SETTINGS[data]
        np.savez(path, *train_weights(train, setting.hidden, **setting.training))
    with np.load(path, allow_pickle=False) as file:
        return [file[name] for name in file.files]


def run(
    experiment: Experiment, weights: list[Floats], train: Examples, test: Examples, work: Path
) -> dict[str, Any]:
    """Calibrate one chip, or go on with it."""
    design = design_mesh(
        weights,
        gauge=experiment.gauge,  # type: ignore[arg-type]
        active_share=experiment.alpha,
    )
    chip = SimulatedChip(design, seed=experiment.chip)
    start = design.phase_rad[design.active]
    checkpoint = work / f"{experiment.name}-checkpoint.safetensors"
    began = time.process_time()
    result = calibrate(
        chip,
        start,
        train,
        Plan(
            learner=experiment.learner,
            options=experiment.options,
            queries=experiment.queries,
            check_examples=SETTINGS[experiment.data].check,
            check_every=experiment.queries // 24,
        ),
        outputs=design.physical.sizes[-1],
        design=design,
        checkpoint=checkpoint,
        resume=checkpoint.is_file(),
    )
    checkpoint.unlink()
    return {
        **asdict(experiment),
        "phases": len(design.phase_rad),
        "active": len(start),
        "ideal": score(SimulatedChip(design, NO_ERRORS), start, test),
        "deployed": score(chip, start, test),
        "best": score(chip, result.best_rad, test),
        "last": score(chip, result.last_rad, test),
        "power_before": power_rad(start),
        "power_best": power_rad(result.best_rad),
        "power_last": power_rad(result.last_rad),
        "power_all_active": power_rad(design.phase_rad),
        "spent": result.state.queries,
        "batches": result.state.steps,
        "cpu_seconds": time.process_time() - began,
        "history": [asdict(checked) for checked in result.state.history],
    }


def score(chip: SimulatedChip, phases: Floats, test: Examples) -> float:
    """Accuracy on the test examples; these queries are in no budget."""
    chip.set_phases(phases)
    return accuracy(chip.measure(test.inputs), test.labels)
