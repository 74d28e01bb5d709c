"""The figures of a sweep: bars, confusion matrices, pictures and their errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from fabdesign.config import Sweep, SweepTask
from fabdesign.design.metrics import METRICS
from fabdesign.plot import Row, draw_bars, draw_confusions, draw_examples
from fabdesign.training.sweep.cells import levels_of
from fabdesign.training.sweep.table import Summary
from fabdesign.training.sweep.worker import ANSWERS_NAME

Answers = dict[str, NDArray[Any]]


def sweep_figures(
    sweep: Sweep, summary: Summary, results: Sequence[Mapping[str, Any]], folder: Path
) -> Iterator[tuple[str, Figure]]:
    """Draw the figures of a sweep, each with its file name.

    Bars for each task; then, at each number of levels, what every method does at the first seed: confusion
    matrices, or pictures with their errors.

    Args:
        sweep: what was compared.
        summary: what it has shown.
        results: records of its cells.
        folder: where the cells' answers lie.
    """
    for task in sweep.task:
        if task.label in summary.metric:
            yield f"bars-{task.label}.png", _bars(sweep, task, summary)
            for levels in levels_of(sweep, task):
                answers = _answers(sweep, task, levels, results, folder)
                yield from _shown(task, levels, answers)


def _bars(sweep: Sweep, task: SweepTask, summary: Summary) -> Figure:
    metric = METRICS[summary.metric[task.label]]
    scale = 100 if metric.unit == "share" else 1
    columns = levels_of(sweep, task)
    bars, line = {}, None
    for method in sweep.method:
        found = [summary.scores.get((task.label, method.label, levels)) for levels in columns]
        if method.free and found[0] is not None:
            line = (method.label, scale * found[0].mean)
        elif any(found):
            bars[method.label] = [
                (scale * one.mean, scale * one.deviation) if one else (np.nan, np.nan) for one in found
            ]
    ylabel = f"{metric.label} (%)" if metric.unit == "share" else metric.label
    return draw_bars(
        [f"{levels} levels" for levels in columns], bars, ylabel=ylabel, line=line, title=task.label
    )


def _answers(
    sweep: Sweep, task: SweepTask, levels: int, results: Sequence[Mapping[str, Any]], folder: Path
) -> dict[str, Answers]:
    """What each method answered at the first seed, in the order of the methods."""
    found = {}
    for method in sweep.method:
        for result in results:
            same = (result["task"], result["method"]) == (task.label, method.label)
            if same and result["seed"] == sweep.seeds[0] and result["levels"] in (0, levels):
                place = (
                    f"{result['task']}/{result['method']}/{result['levels']:03d}-levels/seed-{result['seed']}"
                )
                path = folder / place / ANSWERS_NAME
                if result["status"] == "done" and path.is_file():
                    with np.load(path, allow_pickle=False) as file:
                        found[method.label] = {name: file[name] for name in file.files}
    return found


def _shown(task: SweepTask, levels: int, answers: Mapping[str, Answers]) -> Iterator[tuple[str, Figure]]:
    if not answers:
        return
    first = next(iter(answers.values()))
    title = f"{task.label}, {levels} levels"
    if "truth" not in first:
        counts = {label: one["confusion"] for label, one in answers.items() if "confusion" in one}
        if counts:
            yield f"confusion-{task.label}-{levels}.png", draw_confusions(counts, title=title)
        return
    depth, truth = float(first["depth_rad"]), first["truth"]
    seen = {label: one["outputs"] * _brightness(one) for label, one in answers.items()}
    pictures = [Row("truth", depth * truth, high=depth)]
    pictures += [Row(label, depth * one, high=depth) for label, one in seen.items()]
    yield f"examples-{task.label}-{levels}.png", draw_examples(pictures, title=title)
    errors = [
        Row(label, depth * (one - truth), low=-depth / 2, high=depth / 2, error=True)
        for label, one in seen.items()
    ]
    yield f"errors-{task.label}-{levels}.png", draw_examples(errors, title=f"{title}: errors")


def _brightness(answers: Answers) -> float:
    """1 for pictures of phase; for drawn light the factor that fits it to its target best."""
    if answers.get("kind", np.array("")) != "target":
        return 1.0
    seen, truth = answers["outputs"], answers["truth"]
    return float((truth * truth).sum() / max(float((seen * truth).sum()), 1e-30))
