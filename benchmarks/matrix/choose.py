"""Chooses each method's learning rate on held-out training data: no test image is seen."""

from __future__ import annotations

import json
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import tomlkit

from fabdesign.config import load_sweep
from fabdesign.design.metrics import METRICS
from fabdesign.training.sweep import cells_of, run_sweep


def choose(here: Path, work: Path, target: Path, *, jobs: int, scheduler: str | None = None) -> None:
    """Train every method at every rate once for each task, and write the better rate of each into a file.

    Args:
        here: folder of the benchmark.
        work: where the trainings lie.
        target: the JSON file to write.
        jobs: trainings at a time.
        scheduler: address of a Dask scheduler.
    """
    settings = tomllib.loads((here / "settings.toml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sweep.toml"
        path.write_text(tomlkit.dumps(_candidates(here, settings)), encoding="utf-8")
        cells = cells_of(load_sweep(path))
    work.mkdir(parents=True, exist_ok=True)
    results = run_sweep(cells, work, jobs=jobs, scheduler=scheduler)
    failed = [result for result in results if result["status"] != "done"]
    if failed:
        sys.exit(f"{len(failed)} trainings failed: {failed[0].get('reason')}")
    target.write_text(json.dumps(_best(results), indent=1, sort_keys=True) + "\n", encoding="utf-8")


def chosen_sweep(here: Path, chosen: Path, folder: Path) -> Path:
    """Write the matrix's sweep file with the chosen rates; a rate may differ from task to task.

    Args:
        here: folder of the benchmark.
        chosen: what :func:`choose` wrote; without it the projects' own rates are used.
        folder: where the file is written.
    """
    sweep = tomllib.loads((here / "sweep.toml").read_text(encoding="utf-8"))
    rates = chosen_rates(here, chosen)
    for task in sweep["task"]:
        task["project"] = str((here / task["project"]).absolute())
    sweep["method"] = [
        {**method, "task_settings": _rates(method["label"], rates)} for method in sweep["method"]
    ]
    path = folder / "sweep.toml"
    path.write_text(tomlkit.dumps(sweep), encoding="utf-8")
    return path


def chosen_rates(here: Path, chosen: Path) -> dict[str, dict[str, float]]:
    """Return the learning rate of each method by task; tasks that nothing is chosen on take another's.

    Args:
        here: folder of the benchmark.
        chosen: what :func:`choose` wrote, if it has run.
    """
    rates = json.loads(chosen.read_text(encoding="utf-8")) if chosen.is_file() else {}
    settings = tomllib.loads((here / "settings.toml").read_text(encoding="utf-8"))
    same = {task: rates[other] for task, other in settings["same_as"].items() if other in rates}
    return {**rates, **same}


def _rates(label: str, rates: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    return {
        task: {"train.learning_rate": by_method[label]}
        for task, by_method in rates.items()
        if label in by_method
    }


def _candidates(here: Path, settings: dict[str, Any]) -> dict[str, Any]:
    sweep = tomllib.loads((here / "sweep.toml").read_text(encoding="utf-8"))
    methods = [
        {
            **{name: value for name, value in method.items() if name != "tasks"},
            "label": f"{method['label']}_{rate}",
            "settings": {**method.get("settings", {}), "train.learning_rate": rate},
            "reference": False,
        }
        for method in sweep["method"]
        for rate in settings["rates"]
    ]
    tasks = [
        {
            **task,
            "project": str((here / task["project"]).absolute()),
            "levels": [settings["levels"][task["label"]]],
            "settings": {**task.get("settings", {}), "task.validation": settings["validation"]},
        }
        for task in sweep["task"]
        if task["label"] in settings["levels"]
    ]
    return {**sweep, "seeds": [settings["seed"]], "method": methods, "task": tasks}


def _best(results: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for result in results:
        label, rate = result["method"].rsplit("_", 1)
        sign = 1 if METRICS[result["metric"]].better == "higher" else -1
        value = sign * result["scores"][result["metric"]]
        by_method = found.setdefault(result["task"], {})
        by_method[label] = max(by_method.get(label, (-float("inf"), 0.0)), (value, float(rate)))
    return {task: {label: best[1] for label, best in sorted(each.items())} for task, each in found.items()}
