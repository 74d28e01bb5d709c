"""The pictures of a run folder: every layer, the confusion matrix, and how training went."""

from __future__ import annotations

from pathlib import Path

import torch
from matplotlib.figure import Figure

from fabdesign.design import Design
from fabdesign.formats.atomic import write_bytes_atomic
from fabdesign.plot import draw_confusion, draw_level_map, draw_level_maps, draw_training, render
from fabdesign.tasks.classify import confusion
from fabdesign.training.evaluate import Evaluation
from fabdesign.training.metrics import read_metrics


def write_pictures(run: Path, design: Design, evaluation: Evaluation, metrics: Path) -> list[Path]:
    """Write ``layers.png``, one picture for each layer, ``confusion.png`` and ``training.png``.

    Args:
        run: the folder.
        design: its design.
        evaluation: the design's answers at the reported sampling.
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
    figures["confusion.png"] = _confusion(design, evaluation)
    history = read_metrics(metrics)
    if history:
        shown = {name: history[name] for name in history if name not in {"step", "epoch", "sample_count"}}
        figures["training.png"] = draw_training(history["step"], shown)
    for name, figure in figures.items():
        write_bytes_atomic(run / name, render(figure))
    return [run / name for name in figures]


def _confusion(design: Design, evaluation: Evaluation) -> Figure:
    names = [detector.label for detector in design.physical.detectors]
    counts = confusion(torch.from_numpy(evaluation.outputs), torch.from_numpy(evaluation.labels), len(names))
    share = evaluation.scores["accuracy"]
    title = f"{share:.1%} of {len(evaluation.labels)} at {evaluation.samples_per_pixel} samples per pixel"
    return draw_confusion(counts, names, title=title)
