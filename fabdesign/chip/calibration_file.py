"""The file that a calibration ends in: tuned phases, and how they were found."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip.design import MeshDesign
from fabdesign.chip.store import load_hashed, save_hashed
from fabdesign.design import Design
from fabdesign.errors import FileFormatError

if TYPE_CHECKING:
    from fabdesign.chip.calibration import Calibrated, Plan

KIND = "calibration"
NAME = "calibration.safetensors"

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CalibrationFile:
    """Tuned settings of one device.

    Args:
        best_rad: the active phases to command, [active phase].
        last_rad: those at the end of learning, [active phase].
        physical: the hashed record: content hash of the design, and the instrument.
        settings: learner, options, budget.
        scores: before, best, last; queries.
        history: all checks, oldest first.
        content_hash: SHA-256 over phases and `physical`.
    """

    best_rad: Floats
    last_rad: Floats
    physical: Mapping[str, Any]
    settings: Mapping[str, Any]
    scores: Mapping[str, Any]
    history: tuple[Mapping[str, Any], ...]
    content_hash: str

    @property
    def design_hash(self) -> str:
        """Content hash of the design that was calibrated."""
        return str(self.physical["design"])


def save_calibration(
    calibrated: Calibrated,
    design: MeshDesign | Design,
    plan: Plan,
    path: str | os.PathLike[str],
    *,
    instrument: Mapping[str, Any],
    scores: Mapping[str, Any],
) -> None:
    """Write tuned settings in one step; equal calibrations give equal bytes.

    Args:
        calibrated: what came out.
        design: what was calibrated.
        plan: how.
        path: the file.
        instrument: on what, as plain JSON.
        scores: further numbers, as plain JSON.

    Raises:
        FileFormatError: the file cannot be written.
    """
    state = calibrated.state
    settings = {key: value for key, value in asdict(plan).items() if key != "save_seconds"}
    record = {
        "physical": {"kind": KIND, "design": design.content_hash, "instrument": dict(instrument)},
        "settings": {**settings, "options": dict(plan.options)},
        "scores": {
            "queries": state.queries,
            "check_queries": state.checks,
            "batches": state.steps,
            "before": asdict(state.history[0]),
            "best": asdict(state.best),
            "last": asdict(state.history[-1]),
            **scores,
        },
        "history": [asdict(checked) for checked in state.history],
    }
    save_hashed(path, KIND, {"best_rad": calibrated.best_rad, "last_rad": calibrated.last_rad}, record)


def load_calibration(path: str | os.PathLike[str]) -> CalibrationFile:
    """Read tuned settings and check every hash in them.

    Raises:
        FileFormatError: the file is missing, truncated, altered, too new, or something else.
    """
    file = Path(path)
    arrays, record = load_hashed(file, KIND)
    try:
        return CalibrationFile(
            best_rad=arrays["best_rad"],
            last_rad=arrays["last_rad"],
            physical={**record["physical"], "design": str(record["physical"]["design"])},
            settings=dict(record["settings"]),
            scores=dict(record["scores"]),
            history=tuple(record["history"]),
            content_hash=str(record["content"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FileFormatError(f"{file} is not a complete calibration: {error!r}.") from error
