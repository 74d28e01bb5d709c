"""The cells of a sweep: one training each, with everything that decides its result in one text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from fabdesign.config import (
    LoadedProject,
    LoadedSweep,
    Sweep,
    SweepMethod,
    SweepTask,
    load_project,
    project_from_text,
    resolved_toml,
)
from fabdesign.errors import ConfigError, FabdesignError
from fabdesign.network import process_table
from fabdesign.quantise import parsed_options, quantiser_class


@dataclass(frozen=True)
class Cell:
    """One training of a sweep.

    Args:
        task: label of the task.
        method: label of the method.
        levels: number of levels; 0 for free phases, which stand at every number of levels.
        seed: of the training.
        toml: the whole project.
    """

    task: str
    method: str
    levels: int
    seed: int
    toml: str

    @property
    def name(self) -> str:
        """The cell's folder below that of the sweep."""
        return f"{self.task}/{self.method}/{self.levels:03d}-levels/seed-{self.seed}"

    @property
    def key(self) -> str:
        """SHA-256 of the project, all options of its method, and its levels.

        Results of a cell with another key are not used. A project without them, which cannot be trained,
        speaks for itself.
        """
        try:
            project = self.project().project
            options = asdict(parsed_options(project.quantise.method, project.quantise.options))
            told = [self.toml, options, process_table(project).height_um.tolist()]
        except FabdesignError:
            told = [self.toml]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def project(self) -> LoadedProject:
        """Return the project that is trained."""
        return project_from_text(self.toml, self.name)

    def to_json(self) -> dict[str, Any]:
        """Return the cell as plain JSON values."""
        return asdict(self)


def cells_of(loaded: LoadedSweep) -> list[Cell]:
    """Return all cells of a sweep, seed by seed, so that an unfinished one can be compared already.

    Raises:
        ConfigError: a project, a method or a setting is not what it has to be.
    """
    sweep = loaded.sweep
    for method in sweep.method:
        quantiser_class(method.method)
    return [
        _cell(loaded, task, method, levels, seed)
        for seed in sweep.seeds
        for task in sweep.task
        for levels, method in _columns(sweep, task)
    ]


def levels_of(sweep: Sweep, task: SweepTask) -> list[int]:
    """Return the numbers of levels that a task is trained with."""
    return list(task.levels or sweep.levels)


def _columns(sweep: Sweep, task: SweepTask) -> Iterator[tuple[int, SweepMethod]]:
    methods = [method for method in sweep.method if method.tasks is None or task.label in method.tasks]
    yield from ((0, method) for method in methods if method.free)
    for levels in levels_of(sweep, task):
        yield from ((levels, method) for method in methods if not method.free)


def _cell(loaded: LoadedSweep, task: SweepTask, method: SweepMethod, levels: int, seed: int) -> Cell:
    told = {
        **task.settings,
        **method.settings,
        **method.task_settings.get(task.label, {}),
        "process.levels": levels or max(levels_of(loaded.sweep, task)),
        "train.seed": seed,
        "train.threads": 1,
        "quantise.method": method.method,
    }
    overrides = ["quantise.options={}", *(f"{key}={json.dumps(value)}" for key, value in told.items())]
    overrides += [f"quantise.options.{key}={json.dumps(value)}" for key, value in method.options.items()]
    try:
        project = load_project(loaded.folder / task.project, overrides).project
    except ConfigError as error:
        raise ConfigError(
            f"{loaded.source}, task {task.label}, method {method.label}: {error.message}", hint=error.hint
        ) from None
    return Cell(task.label, method.label, levels, seed, resolved_toml(project))
