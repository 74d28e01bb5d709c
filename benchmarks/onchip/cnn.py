"""The paper's convolutional network on MNIST at 16 × 16, deployed onto simulated chips and tuned."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.onchip.convolution import OUTPUTS, ConvolutionalChip, designs_of, train_convolutions
from benchmarks.onchip.experiments import Experiment, experiments
from fabdesign.chip import NO_ERRORS, Examples, Plan, accuracy, calibrate, power_rad
from fabdesign.chip.data import load_examples
from fabdesign.formats.atomic import write_text_atomic

Floats = NDArray[np.float64]
SIDE = 16
AT_ONCE = 500


def run_cnn(source: Path, work: Path) -> None:
    """Run all experiments but those whose results are there already."""
    work.mkdir(parents=True, exist_ok=True)
    train, test = load_examples(source, SIDE)
    train = train.take(np.random.default_rng(0).permutation(len(train)))
    path = work / "cnn-weights.npz"
    if not path.is_file():
        np.savez(path, *train_convolutions(train))
    with np.load(path, allow_pickle=False) as file:
        weights = [file[name] for name in file.files]
    for experiment in experiments("cnn"):
        found = work / f"{experiment.name}.json"
        if not found.is_file():
            write_text_atomic(found, json.dumps(run(experiment, weights, train, test), indent=1) + "\n")
            print(experiment.name, flush=True)


def run(experiment: Experiment, weights: list[Floats], train: Examples, test: Examples) -> dict[str, Any]:
    """Calibrate one chip."""
    designs = designs_of(weights, experiment.alpha)
    chip = ConvolutionalChip(designs, None, experiment.chip)
    ideal = ConvolutionalChip(designs, NO_ERRORS, 0)
    start = np.concatenate([design.phase_rad[design.active] for design in designs])
    began = time.process_time()
    plan = Plan(
        experiment.learner,
        experiment.options,
        experiment.queries,
        check_examples=480,
        check_every=experiment.queries // 10,
    )
    result = calibrate(chip, start, train, plan, outputs=OUTPUTS)
    phases = np.concatenate([design.phase_rad for design in designs])
    return {
        **asdict(experiment),
        "phases": len(phases),
        "active": len(start),
        "ideal": score(ideal, start, test),
        "deployed": score(chip, start, test),
        "best": score(chip, result.best_rad, test),
        "last": score(chip, result.last_rad, test),
        "power_before": power_rad(start),
        "power_best": power_rad(result.best_rad),
        "power_last": power_rad(result.last_rad),
        "power_all_active": power_rad(phases),
        "spent": result.state.queries,
        "batches": result.state.steps,
        "cpu_seconds": time.process_time() - began,
        "history": [asdict(checked) for checked in result.state.history],
    }


def score(chip: ConvolutionalChip, phases: Floats, test: Examples) -> float:
    """Accuracy on the test examples, a part of them at a time."""
    chip.set_phases(phases)
    parts = [chip.measure(test.inputs[first : first + AT_ONCE]) for first in range(0, len(test), AT_ONCE)]
    return accuracy(np.concatenate(parts), test.labels)
