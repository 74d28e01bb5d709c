"""What a check has to say: findings with place, value, limit and the source of the limit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

PLACES_SHOWN = 20
"""A finding lists at most this many places; `count` holds how many there are."""


class Severity(StrEnum):
    """How much a finding matters; an error makes a check fail."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Place:
    """A spot in a layer.

    Args:
        x_um: position in the frame of the design, µm.
        y_um: position in the frame of the design, µm.
        pixel: (row, column), where the spot is a pixel.
        layer: index of the layer.
    """

    x_um: float
    y_um: float
    pixel: tuple[int, int] | None = None
    layer: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The place as plain JSON values."""
        pixel = list(self.pixel) if self.pixel else None
        return {"x_um": self.x_um, "y_um": self.y_um, "pixel": pixel, "layer": self.layer}


@dataclass(frozen=True)
class Finding:
    """One thing that a check found.

    Args:
        id: name of the rule, such as ``"heights.perturbed"``; stable from release to release.
        severity: an error makes the check fail.
        message: what was expected and what was found, in one sentence.
        layer: index of the layer, if it concerns one.
        file: the file it was found in.
        places: the first few places.
        count: how many places there are.
        value: the number found.
        limit: the number it was held against.
        unit: unit of value and limit.
        limit_source: where the limit comes from, with its mark (measured, vendor, literature, assumed).
        hint: what to do about it.
        everywhere: all places as (x_um, y_um), [n, 2], for maps; None where they are few or not known.
    """

    id: str
    severity: Severity
    message: str
    layer: int | None = None
    file: str | None = None
    places: tuple[Place, ...] = ()
    count: int = 1
    value: float | None = None
    limit: float | None = None
    unit: str | None = None
    limit_source: str | None = None
    hint: str | None = None
    everywhere: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)

    def at(self, *, file: str | None = None, layer: int | None = None) -> Finding:
        """The same finding with its file and layer filled in where they were open."""
        return replace(
            self,
            file=self.file if file is None else file,
            layer=self.layer if layer is None else layer,
        )

    def renamed(self, names: Mapping[str, str]) -> Finding:
        """The same finding with other names for some paths, in its file and its message."""
        file, message = self.file, self.message
        for path, name in names.items():
            message = message.replace(path, name)
            file = None if file is None else file.replace(path, name)
        return replace(self, file=file, message=message)

    def to_dict(self) -> dict[str, Any]:
        """The finding as plain JSON values; open fields are left out."""
        record: dict[str, Any] = {
            "id": self.id,
            "severity": self.severity.value,
            "message": self.message,
            "count": self.count,
        }
        optional = {
            "layer": self.layer,
            "file": self.file,
            "value": self.value,
            "limit": self.limit,
            "unit": self.unit,
            "limit_source": self.limit_source,
            "hint": self.hint,
            "places": [place.to_dict() for place in self.places] or None,
        }
        return record | {name: value for name, value in optional.items() if value is not None}


def error(rule: str, message: str, **fields: Any) -> Finding:
    """A finding that makes the check fail; fields as in `Finding`."""
    return Finding(rule, Severity.ERROR, message, **fields)


def warning(rule: str, message: str, **fields: Any) -> Finding:
    """A finding to look at; fields as in `Finding`."""
    return Finding(rule, Severity.WARNING, message, **fields)


def note(rule: str, message: str, **fields: Any) -> Finding:
    """A finding for the record; fields as in `Finding`."""
    return Finding(rule, Severity.NOTE, message, **fields)


def passes(findings: Iterable[Finding]) -> bool:
    """Whether no finding is an error."""
    return not any(finding.severity is Severity.ERROR for finding in findings)


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors before warnings before notes, otherwise in the order they came."""
    order = list(Severity)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.severity)))
