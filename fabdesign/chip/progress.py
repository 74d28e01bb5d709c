"""What a calibration has reached, and its checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip.store import load_hashed, save_hashed
from fabdesign.errors import FileFormatError

CHECKPOINT_KIND = "calibration-checkpoint"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Checked:
    """A look at how well it goes, on examples kept for that.

    Args:
        queries: spent for learning so far.
        accuracy: share of right answers.
        loss: cross-entropy.
        power_rad: sum of the commanded phases.
    """

    queries: int
    accuracy: float
    loss: float
    power_rad: float

    def better_than(self, other: Checked) -> bool:
        """Whether the loss is lower; shares of right answers are too coarse to choose by."""
        return self.loss < other.loss


@dataclass(eq=False)
class State:
    """A calibration in progress.

    Args:
        phase_rad: the present active phases.
        best_rad: those with the best check so far.
        steps: batches done.
        queries: spent for learning.
        checks: queries spent on checks.
        history: all checks, oldest first.
        memory: of the learner.
    """

    phase_rad: Floats
    best_rad: Floats
    steps: int = 0
    queries: int = 0
    checks: int = 0
    history: list[Checked] = field(default_factory=list)
    memory: dict[str, NDArray[Any]] = field(default_factory=dict)

    @property
    def best(self) -> Checked:
        """The best check so far."""
        best = self.history[0]
        for checked in self.history:
            if checked.better_than(best):
                best = checked
        return best

    def note(self, checked: Checked) -> None:
        """Add a check of the present phases; keep them if they are the best so far."""
        if not self.history or checked.better_than(self.best):
            self.best_rad = self.phase_rad.copy()
        self.history.append(checked)


def save_state(state: State, identity: Mapping[str, Any], path: Path) -> None:
    """Write a checkpoint in one step over the one before.

    Args:
        state: what to keep.
        identity: what must be equal to go on: design, data, learner, seed.
        path: the file.

    Raises:
        FileFormatError: the file cannot be written.
    """
    arrays = {f"memory.{name}": array for name, array in state.memory.items()}
    arrays |= {"phase_rad": state.phase_rad, "best_rad": state.best_rad}
    record = {
        "physical": dict(identity),
        "steps": state.steps,
        "queries": state.queries,
        "checks": state.checks,
        "history": [asdict(checked) for checked in state.history],
    }
    save_hashed(path, CHECKPOINT_KIND, arrays, record)


def load_state(path: Path, identity: Mapping[str, Any]) -> State:
    """Read a checkpoint of the same calibration.

    Raises:
        FileFormatError: it is missing, damaged, or of another calibration.
    """
    arrays, record = load_hashed(path, CHECKPOINT_KIND)
    differing = sorted(
        name
        for name in {*identity, *record["physical"]}
        if record["physical"].get(name) != identity.get(name)
    )
    if differing:
        raise FileFormatError(
            f"{path} is the checkpoint of another calibration; these differ: {', '.join(differing)}.",
            hint="Go on with the settings it was begun with, or start anew without --resume.",
        )
    try:
        memory = {
            name.removeprefix("memory."): array
            for name, array in arrays.items()
            if name.startswith("memory.")
        }
        history = [Checked(**checked) for checked in record["history"]]
        counts = {name: int(record[name]) for name in ("steps", "queries", "checks")}
        return State(arrays["phase_rad"], arrays["best_rad"], **counts, history=history, memory=memory)
    except (KeyError, TypeError, ValueError) as error:
        raise FileFormatError(f"{path} is not a complete checkpoint: {error!r}.") from error
