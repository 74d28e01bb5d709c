"""Chooses each method's learning rate and start on held-out training data: no test image is seen."""

from __future__ import annotations

import itertools
import json
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import tomlkit

from fabdesign.config import load_sweep
from fabdesign.design.metrics import METRICS
from fabdesign.quantise import quantiser_class
from fabdesign.training.sweep import cells_of, run_sweep

OPTION = "quantise.options."

Settings = Mapping[str, float]


def choose(here: Path, work: Path, target: Path, *, jobs: int, scheduler: str | None = None) -> None:
    """Train every method with every candidate once for each task, and write the best of each into a file.

    Args:
        here: folder of the benchmark.
        work: where the trainings lie.
        target: the JSON file to write.
        jobs: trainings at a time.
        scheduler: address of a Dask scheduler.
    """
    settings = settings_of(here)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sweep.toml"
        path.write_text(tomlkit.dumps(_trials(here, settings)), encoding="utf-8")
        cells = cells_of(load_sweep(path))
    work.mkdir(parents=True, exist_ok=True)
    results = run_sweep(cells, work, jobs=jobs, scheduler=scheduler)
    failed = [result for result in results if result["status"] != "done"]
    if failed:
        sys.exit(f"{len(failed)} trainings failed: {failed[0].get('reason')}")
    best = _best(here, results, settings["candidates"])
    target.write_text(json.dumps(best, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def chosen_sweep(here: Path, chosen: Path, folder: Path) -> Path:
    """Write the matrix's sweep file with the chosen settings; they may differ from task to task.

    Args:
        here: folder of the benchmark.
        chosen: what :func:`choose` wrote; without it the projects' own settings are used.
        folder: where the file is written.
    """
    sweep = tomllib.loads((here / "sweep.toml").read_text(encoding="utf-8"))
    found = chosen_settings(here, chosen)
    for task in sweep["task"]:
        task["project"] = str((here / task["project"]).absolute())
    for method in sweep["method"]:
        label = method["label"]
        method["task_settings"] = {task: each[label] for task, each in found.items() if label in each}
    path = folder / "sweep.toml"
    path.write_text(tomlkit.dumps(sweep), encoding="utf-8")
    return path


def chosen_settings(here: Path, chosen: Path) -> dict[str, dict[str, Settings]]:
    """Return the settings of each method by task; tasks that nothing is chosen on take another's.

    Args:
        here: folder of the benchmark.
        chosen: what :func:`choose` wrote, if it has run.
    """
    found = json.loads(chosen.read_text(encoding="utf-8")) if chosen.is_file() else {}
    same = {task: found[other] for task, other in settings_of(here)["same_as"].items() if other in found}
    return {**found, **same}


def settings_of(here: Path) -> dict[str, Any]:
    """Return what ``settings.toml`` says."""
    return tomllib.loads((here / "settings.toml").read_text(encoding="utf-8"))


def candidates(method: str, values: Mapping[str, list[float]]) -> Iterator[dict[str, float]]:
    """Yield all combinations of the values; options that the method does not have are left out."""
    own = {OPTION + field.name for field in fields(quantiser_class(method).Options)}
    known = {key: each for key, each in values.items() if not key.startswith(OPTION) or key in own}
    for combination in itertools.product(*known.values()):
        yield dict(zip(known, combination, strict=True))


def _trials(here: Path, settings: dict[str, Any]) -> dict[str, Any]:
    sweep = tomllib.loads((here / "sweep.toml").read_text(encoding="utf-8"))
    methods = [
        {
            **{name: value for name, value in method.items() if name != "tasks"},
            "label": f"{method['label']}_{number}",
            "settings": {**method.get("settings", {}), **candidate},
            "reference": False,
        }
        for method in sweep["method"]
        for number, candidate in enumerate(candidates(method["method"], settings["candidates"]))
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


def _best(here: Path, results: list[dict[str, Any]], values: Mapping[str, list[float]]) -> dict[str, Any]:
    """The best candidate of each method and task."""
    sweep = tomllib.loads((here / "sweep.toml").read_text(encoding="utf-8"))
    by_label = {method["label"]: method["method"] for method in sweep["method"]}
    scores: dict[str, dict[str, list[tuple[float, int]]]] = {}
    for result in results:
        label, number = result["method"].rsplit("_", 1)
        sign = 1 if METRICS[result["metric"]].better == "higher" else -1
        value = sign * result["scores"][result["metric"]]
        scores.setdefault(result["task"], {}).setdefault(label, []).append((value, int(number)))
    return {
        task: {
            label: list(candidates(by_label[label], values))[max(found)[1]]
            for label, found in sorted(each.items())
        }
        for task, each in scores.items()
    }
