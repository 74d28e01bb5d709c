"""Results of ``fabdesign tolerance`` as they were computed or as a file has them, checked value by value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from fabdesign.check.tolerance import Allowance, MonteCarlo, Sensitivity, Stage
from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.formats.reading import reading

_LARGEST_FILE = 1 << 28


@dataclass(frozen=True)
class Amount:
    """The size of one error, and where the number stands."""

    name: str
    title: str
    unit: str
    distribution: str
    amount: float
    mark: str
    source: str


@dataclass(frozen=True)
class ModelRecord:
    """The optical model that gave the numbers, and where it holds; as `OpticalModel.to_dict`."""

    name: str
    height_over_pitch: float
    pitch_over_wavelength: float
    verified: bool


@dataclass(frozen=True)
class Results:
    """All answers of one tolerance run; those that were not asked for are empty.

    Attributes:
        design: content hash.
        process: name of the profile.
        built: ``stack`` or ``plates``.
        metric: the headline score.
        nominal: scores as designed.
        data: name of the data set.
        data_hash: of the examples.
        examples: how many were scored.
        samples_per_pixel: samples along each side of a pixel.
        seed: of everything random.
        model: the optical model.
        compensators: what was set after assembly, and by which first steps in µm.
        plan: fingerprint of all that decides the results.
        terms: sizes of the errors, assumed ones first.
        attribution: the score after each stage.
        sensitivity: each error alone, the worst first.
        inverse: what is allowed, the smallest margin first.
        monte_carlo: random copies.
    """

    design: str
    process: str
    built: str
    metric: str
    nominal: dict[str, float]
    data: str
    data_hash: str
    examples: int
    samples_per_pixel: int
    seed: int
    model: ModelRecord
    plan: str
    compensators: dict[str, float]
    terms: tuple[Amount, ...] = ()
    attribution: tuple[Stage, ...] = ()
    sensitivity: tuple[Sensitivity, ...] = ()
    inverse: tuple[Allowance, ...] = ()
    monte_carlo: MonteCarlo | None = None

    @property
    def empty(self) -> bool:
        """Whether no answer is there."""
        return not (self.attribution or self.sensitivity or self.inverse or self.monte_carlo)


_RESULTS = TypeAdapter(Results)


def parse_results(record: Mapping[str, Any], where: str = "The tolerance result") -> Results:
    """Turn the JSON of a tolerance run into checked values.

    Args:
        record: as `Tolerance.to_json` gives it.
        where: what to call it in a message.

    Raises:
        FileFormatError: a value is missing or of another kind.
    """
    try:
        rows = [_bounded(row) for row in record.get("sensitivity", ())]
        return _RESULTS.validate_python({**record, "sensitivity": rows})
    except (ValidationError, TypeError, AttributeError) as error:
        raise FileFormatError(
            f"{where} is no complete result of `fabdesign tolerance`: {_first_fault(error)}.",
            hint="Run `fabdesign tolerance` again.",
        ) from error


def load_results(path: Path, content_hash: str) -> tuple[Results, dict[str, Any]]:
    """Read ``tolerance.json``.

    Args:
        path: the file.
        content_hash: of the design that it must be about.

    Returns:
        The results, and the record they were read from, without the single copies.

    Raises:
        FileFormatError: the file is unreadable or incomplete.
        ConfigError: it is about another design.
    """
    with reading(path):
        if path.stat().st_size > _LARGEST_FILE:
            raise FileFormatError(f"{path} is too large for a result of `fabdesign tolerance`.")
        text = path.read_bytes()
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileFormatError(
            f"{path} is no JSON: {error}.", hint="Run `fabdesign tolerance` again."
        ) from None
    results = parse_results(record, str(path))
    if results.design != content_hash:
        raise ConfigError(
            f"{path} must be about the design {content_hash[:16]}…; it is about {results.design[:16]}….",
            hint="Run `fabdesign tolerance` for this design, or leave them out with --no-tolerance.",
        )
    return results, {key: value for key, value in record.items() if key != "copies"}


def _bounded(row: Mapping[str, Any]) -> dict[str, Any]:
    phase = row.get("phase_rad")
    return {**row, "phase_rad": float("inf") if phase is None else phase}


def _first_fault(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return "it is no table of named values"
    fault = error.errors()[0]
    return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
