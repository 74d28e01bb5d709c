"""The pictures of a run folder: every layer, what the device does, and how training went."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure

from fabdesign.design import Design
from fabdesign.design.metrics import ACCURACY, METRICS
from fabdesign.formats.atomic import write_bytes_atomic
from fabdesign.plot import (
    Row,
    draw_confusion,
    draw_examples,
    draw_level_map,
    draw_level_maps,
    draw_training,
    render,
)
from fabdesign.tasks import Classify, PhaseImaging, ShapeBeam, Task
from fabdesign.tasks.classify import confusion
from fabdesign.training.evaluate import Evaluation
from fabdesign.training.metrics import read_metrics

SHOWN = 6


def write_pictures(
    run: Path, design: Design, evaluation: Evaluation, task: Task, metrics: Path
) -> list[Path]:
    """Write ``layers.png``, one picture for each layer, what the task shows, and ``training.png``.

    Args:
        run: the folder.
        design: its design.
        evaluation: the design's answers at the reported sampling.
        task: what it was trained for.
        metrics: the run's metrics file.

    Raises:
        FileFormatError: a picture cannot be written.
    """
    pitch = design.physical.pitch_um
    phases = design.phase_rad(design.height_of_level_um)
    figures = {"layers.png": draw_level_maps(design.levels, phases, pitch_um=pitch)}
    for layer, levels in enumerate(design.levels):
        title = f"layer {layer} of {design.layers}"
        figures[f"layer_{layer:02d}.png"] = draw_level_map(levels, phases[layer], pitch_um=pitch, title=title)
    figures |= task_figures(evaluation, task)
    history = read_metrics(metrics)
    if history:
        shown = {name: history[name] for name in history if name not in {"step", "epoch", "sample_count"}}
        figures["training.png"] = draw_training(history["step"], shown)
    for name, figure in figures.items():
        write_bytes_atomic(run / name, render(figure))
    return [run / name for name in figures]


def task_figures(evaluation: Evaluation, task: Task) -> dict[str, Figure]:
    """Draw what a device does: a confusion matrix, pictures of phase, or the light it draws.

    Args:
        evaluation: the device's answers.
        task: what they answer.

    Returns:
        Figures by the file names they go by.
    """
    match task:
        case Classify():
            return {"confusion.png": _confusion(evaluation, task)}
        case PhaseImaging():
            return {"examples.png": _phase_images(evaluation, task)}
        case ShapeBeam():
            return {"target.png": _beam(evaluation, task)}
    return {}


def _confusion(evaluation: Evaluation, task: Classify) -> Figure:
    answers = task.answers(torch.from_numpy(evaluation.outputs))
    names = [str(label) for label in range(answers.shape[1])]
    counts = confusion(answers, torch.from_numpy(evaluation.labels), len(names))
    share = evaluation.scores[ACCURACY]
    title = f"{share:.1%} of {len(evaluation.labels)} at {evaluation.samples_per_pixel} samples per pixel"
    return draw_confusion(counts, names, title=title)


def _phase_images(evaluation: Evaluation, task: PhaseImaging) -> Figure:
    depth = task.depth_rad
    wanted = depth * task.dataset.test.images[:SHOWN] / 255.0
    seen = depth * evaluation.outputs[:SHOWN]
    rows = [
        Row("object", wanted, "phase (rad)", high=depth),
        Row("picture", seen, "phase (rad)", high=depth),
        Row("picture − object", seen - wanted, "error (rad)", -depth / 2, depth / 2, error=True),
    ]
    errors = np.abs(seen - wanted).mean(axis=(1, 2))
    captions = [f"mean error {error:.3f} rad" for error in errors]
    return draw_examples(rows, captions=captions, title=_title(evaluation))


def _beam(evaluation: Evaluation, task: ShapeBeam) -> Figure:
    target = task.target.numpy()
    seen = evaluation.outputs[0]
    scaled = seen * (target * target).sum() / max(float((seen * target).sum()), 1e-30)
    rows = [
        Row("target", target[None]),
        Row("light", scaled[None]),
        Row("light − target", (scaled - target)[None], low=-0.5, high=0.5, error=True),
    ]
    return draw_examples(rows, title=_title(evaluation))


def _title(evaluation: Evaluation) -> str:
    told = [metric for name, metric in METRICS.items() if name in evaluation.scores]
    parts = [f"{metric.label} {metric.text(evaluation.scores[metric.name])}" for metric in told[:2]]
    return ", ".join(parts)
