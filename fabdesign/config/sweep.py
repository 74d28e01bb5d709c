"""What a sweep compares: methods × levels × tasks × seeds, as frozen models of its TOML file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from fabdesign.config.load import parse_toml, read_text
from fabdesign.config.messages import dotted, sentences
from fabdesign.config.models import OptionValue
from fabdesign.errors import ConfigError

LABEL = r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$"

LevelCount = Annotated[int, Field(ge=2, le=256)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]
Setting = OptionValue | list[int] | list[str]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class SweepMethod(_Table):
    """A way of training that is compared."""

    label: str = Field(description="what tables and figures call it", pattern=LABEL)
    method: str = Field(description="quantisation method; one of fabdesign's registry")
    options: dict[str, OptionValue] = Field(default_factory=dict, description="options of the method")
    settings: dict[str, Setting] = Field(
        default_factory=dict, description="settings of the project, such as train.learning_rate"
    )
    task_settings: dict[str, dict[str, Setting]] = Field(
        default_factory=dict, description="settings for single tasks, by their labels"
    )
    tasks: list[str] | None = Field(None, description="labels of the tasks it runs on; left out: all")
    free: bool = Field(
        False, description="score the free phases, once for all levels: the full-precision reference"
    )
    reference: bool = Field(False, description="differences of the others are taken from this method")


class SweepTask(_Table):
    """A project that every method is trained on."""

    label: str = Field(description="what tables and figures call it", pattern=LABEL)
    project: str = Field(description="project file, from the folder of the sweep file")
    levels: list[LevelCount] | None = Field(None, description="level counts in place of the sweep's")
    settings: dict[str, Setting] = Field(
        default_factory=dict, description="settings of the project, such as train.epochs"
    )


class Sweep(_Table):
    """Everything that a sweep file says."""

    name: str = Field(description="name of the sweep; its folder carries it", pattern=LABEL)
    levels: list[LevelCount] = Field(description="numbers of levels", min_length=1)
    seeds: list[Seed] = Field(description="seeds, the same for every method", min_length=1)
    method: list[SweepMethod] = Field(description="what is compared", min_length=1)
    task: list[SweepTask] = Field(description="on what", min_length=1)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        findings = list(_findings(self))
        if findings:
            raise PydanticCustomError("geometry", "does not fit together", {"findings": findings})
        return self


@dataclass(frozen=True)
class LoadedSweep:
    """A sweep with where it came from.

    Args:
        sweep: the checked settings.
        folder: where paths in it start.
        source: the path of the file.
    """

    sweep: Sweep
    folder: Path
    source: str


def load_sweep(path: Path) -> LoadedSweep:
    """Read and check a sweep file.

    Raises:
        ConfigError: the file is missing, is not TOML, or says what cannot be; all findings are told.
    """
    if not path.is_file():
        raise ConfigError(f"there must be a sweep file at {path}; found none.")
    raw = parse_toml(read_text(path), str(path))
    try:
        return LoadedSweep(Sweep.model_validate(raw), path.parent, str(path))
    except ValidationError as error:
        lines = [
            f"{path.name}: {dotted(where)}{': ' if where else ''}{text}"
            for where, text in sentences(error, Sweep, raw)
        ]
        raise ConfigError("\n".join(lines), hint="docs: How to / Compare methods in a sweep.") from None


def _findings(sweep: Sweep) -> Iterator[str]:
    yield from _repeated("method", [method.label for method in sweep.method])
    yield from _repeated("task", [task.label for task in sweep.task])
    yield from _repeated("seeds", list(map(str, sweep.seeds)))
    yield from _repeated("levels", list(map(str, sweep.levels)))
    for task in sweep.task:
        yield from _repeated(f"levels of the task {task.label}", list(map(str, task.levels or ())))
    known = {task.label for task in sweep.task}
    for method in sweep.method:
        for label in sorted({*(method.tasks or ()), *method.task_settings} - known):
            yield f"method {method.label} names the task {label}, which is not there."
    if sum(method.reference for method in sweep.method) > 1:
        yield "only one method may be the reference."


def _repeated(what: str, names: Sequence[str]) -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{what}: {name} is there {count} times."
