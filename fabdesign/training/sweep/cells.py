"""The cells of a sweep: one training each, with everything that decides its result in one text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
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
from fabdesign.tasks import load_dataset
from fabdesign.tasks.soft_labels import with_soft_labels
from fabdesign.tasks.sources import EMBEDDED, GENERATED


@dataclass(frozen=True)
class Cell:
    """One training of a sweep.

    Args:
        task: label of the task.
        method: label of the method.
        levels: number of levels; 0 for free phases, which stand at every number of levels.
        seed: of the training.
        toml: the whole project.
        data: hash of the examples and their soft labels; nothing for those that fabdesign ships or generates.
    """

    task: str
    method: str
    levels: int
    seed: int
    toml: str
    data: str = ""

    @property
    def name(self) -> str:
        """The cell's folder below that of the sweep."""
        return f"{self.task}/{self.method}/{self.levels:03d}-levels/seed-{self.seed}"

    @property
    def key(self) -> str:
        """SHA-256 of the project, all options of its method, its levels, and examples of the user's own.

        Results of a cell with another key are not used. A project with wrong options or levels, which cannot
        be trained, speaks for itself.
        """
        try:
            project = self.project().project
            options = asdict(parsed_options(project.quantise.method, project.quantise.options))
            told = [self.toml, options, process_table(project).height_um.tolist()]
        except FabdesignError:
            told = [self.toml]
        told += [self.data] if self.data else []
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
    sweep, data_hash = loaded.sweep, cache(_data_hash)
    for method in sweep.method:
        quantiser_class(method.method)
    return [
        _cell(loaded, task, method, levels, seed, data_hash=data_hash)
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


def _data_hash(source: str, options: str, soft_labels: str | None) -> str:
    if soft_labels is None and (source == EMBEDDED or source in GENERATED):
        return ""
    try:
        found = load_dataset(source, json.loads(options))
        if soft_labels is not None:
            found = with_soft_labels(found, soft_labels)
    except (OSError, FabdesignError):
        return ""
    return hashlib.sha256((found.train.data_hash + found.test.data_hash).encode()).hexdigest()


def _cell(
    loaded: LoadedSweep,
    task: SweepTask,
    method: SweepMethod,
    levels: int,
    seed: int,
    *,
    data_hash: Callable[[str, str, str | None], str],
) -> Cell:
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
    options = json.dumps(project.task.dataset_options, sort_keys=True)
    examples = data_hash(project.task.dataset, options, project.train.soft_labels)
    return Cell(task.label, method.label, levels, seed, resolved_toml(project), examples)
