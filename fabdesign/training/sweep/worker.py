"""One cell in one process: train or go on, keep its answers, and tell failures as results."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from fabdesign.errors import ConfigError, FabdesignError, FileFormatError, TrainingInterrupted
from fabdesign.formats.atomic import atomic_file, write_text_atomic
from fabdesign.tasks import Classify, PhaseImaging, Task, make_task
from fabdesign.tasks.classify import confusion
from fabdesign.training.checkpoint import NAME as CHECKPOINT_NAME
from fabdesign.training.checkpoint import computing_environment, load_checkpoint
from fabdesign.training.evaluate import Evaluation, evaluate_design
from fabdesign.training.run import Extras, TrainResult, resume, train
from fabdesign.training.sweep.cells import Cell

RESULT_NAME = "result.json"
ANSWERS_NAME = "answers.npz"
SHOWN = 6
"""Pictures that are kept for the figures."""

Result = dict[str, Any]


def run_cell(cell: Mapping[str, Any], folder: str) -> Result:
    """Train a cell, or take the result that lies in its folder already.

    Args:
        cell: as :meth:`Cell.to_json` gives it.
        folder: of the sweep.

    Returns:
        The cell with ``status`` ``"done"``, ``"failed"`` or ``"interrupted"``, and its scores or the reason.
    """
    work = Cell(**cell)
    place = Path(folder) / work.name
    kept = stored_result(work, Path(folder))
    if kept is not None:
        return kept
    record: Result = {name: value for name, value in work.to_json().items() if name != "toml"}
    record["key"] = work.key
    try:
        return _train(work, place, record)
    except TrainingInterrupted as stop:
        return {**record, "status": "interrupted", "reason": stop.message}
    except FabdesignError as error:
        return {**record, "status": "failed", "reason": error.message}
    except Exception as error:
        return {**record, "status": "failed", "reason": f"{type(error).__name__}: {error}"}


def stored_result(cell: Cell, folder: Path) -> Result | None:
    """Return the result of a cell that was finished before with the same project, if there is one."""
    path = folder / cell.name / RESULT_NAME
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    usable = isinstance(found, dict) and found.get("key") == cell.key and found.get("status") == "done"
    return found if usable else None


def _train(cell: Cell, place: Path, record: Result) -> Result:
    began = time.process_time()
    done, cpu_before = _trained(cell, place)
    project = cell.project().project
    free = cell.levels == 0
    scores = done.design.scores.get("float" if free else "quantised")
    if scores is None:
        raise ConfigError(f"the method {project.quantise.method} has no free phases to be scored.")
    evaluation = None if free else done.evaluation
    if evaluation is None:
        evaluation = evaluate_design(done.design, phase_rad=done.design.phase if free else None)
    _keep_answers(place / ANSWERS_NAME, evaluation, make_task(project))
    result = {
        **record,
        "status": "done",
        "metric": done.design.scores["metric"],
        "scores": scores,
        "content": done.design.content_hash,
        "design": str(done.design_path.relative_to(place)),
        "epochs": project.train.epochs,
        "training_seconds": load_checkpoint(done.run / CHECKPOINT_NAME).seconds,
        "cpu_seconds": cpu_before + time.process_time() - began,
        "environment": computing_environment(),
    }
    write_text_atomic(place / RESULT_NAME, json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    return result


def _trained(cell: Cell, place: Path) -> tuple[TrainResult, float]:
    """Go on with the newest run of the same key in the cell's folder, or start one.

    Returns:
        The trained design, and the CPU seconds that went into its steps before.
    """
    extras = Extras(pictures=False, finer=False)
    runs = place / cell.key[:12]
    for run in sorted(runs.glob("[0-9]*"), reverse=True):
        try:
            cpu_before = _cpu_seconds(run)
            return resume(run, extras=extras), cpu_before
        except (OSError, ConfigError, FileFormatError):
            continue
    return train(cell.project(), runs, extras=extras), 0.0


def _cpu_seconds(run: Path) -> float:
    path = run / CHECKPOINT_NAME
    return load_checkpoint(path).cpu_seconds if path.is_file() else 0.0


def _keep_answers(path: Path, evaluation: Evaluation, task: Task) -> None:
    """Write what the figures need: the confusion matrix, or the first few pictures with their truth."""
    arrays: dict[str, Any] = {}
    if isinstance(task, Classify):
        answers = task.answers(torch.from_numpy(evaluation.outputs))
        labels = torch.from_numpy(evaluation.labels)
        arrays["confusion"] = confusion(answers, labels, answers.shape[1])
    else:
        phase = isinstance(task, PhaseImaging)
        arrays["outputs"] = evaluation.outputs[:SHOWN]
        arrays["truth"] = task.dataset.test.images[:SHOWN] / np.float32(255)
        arrays["depth_rad"] = np.float64(task.depth_rad if isinstance(task, PhaseImaging) else 1.0)
        arrays["kind"] = np.array("phase" if phase else "target")
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as file:
        np.savez(file, **arrays)
