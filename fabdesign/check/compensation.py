"""Undoing a compensation: what was written to make good for the print is turned back and then compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from fabdesign.check.finding import Finding, error, note
from fabdesign.check.readers.reading import LayerReading, PlainReading
from fabdesign.check.scale import Scale
from fabdesign.design import Design, Slab
from fabdesign.errors import FileFormatError
from fabdesign.relief.compensation import LARGEST_SHRINKAGE

Floats = NDArray[np.float64]

MOST_BYTES = 1 << 24
_SUFFIX = "-compensation.json"
_TRUSTED = 1e-6


class _Both(BaseModel):
    """A length as designed and as written, µm."""

    model_config = ConfigDict(frozen=True)
    designed: float = Field(ge=0, allow_inf_nan=False)
    written: float = Field(ge=0, allow_inf_nan=False)


class _Heights(BaseModel):
    model_config = ConfigDict(frozen=True)
    designed: tuple[tuple[FiniteFloat, ...], ...]
    written: tuple[tuple[FiniteFloat, ...], ...]


class CompensationRecord(BaseModel):
    """What an export says of its compensation, in the file beside it.

    Attributes:
        format: of the record.
        design: content hash of the design.
        pitch_um: side of a pixel.
        base_um: thickness of the base.
        height_of_level_um: [layer][level].
        edge_shift_um: how far walls are moved in.
        corrections: what was applied, with sources.
        uncertainty: what remains unsure.
        tag: eight digits that the files carry.
        files: names of the files.
    """

    model_config = ConfigDict(frozen=True)
    format: Literal["fabdesign compensation 1"]
    design: str
    pitch_um: _Both
    base_um: _Both
    height_of_level_um: _Heights
    edge_shift_um: FiniteFloat
    corrections: dict[str, Any]
    uncertainty: dict[str, Any]
    tag: str
    files: tuple[str, ...]


def find_record(path: Path) -> CompensationRecord | None:
    """The compensation record of an exported file: beside it, or beside its folder; None where there is none.

    Raises:
        FileFormatError: the record is damaged.
    """
    for folder in (path.parent, path.parent.parent):
        for candidate in sorted(folder.glob(f"*{_SUFFIX}")):
            record = _read(candidate)
            if path.name in record.files:
                return record
    return None


def written_design(design: Design, record: CompensationRecord) -> Design:
    """The design with the lengths that were written, for a reader that has to know them.

    Raises:
        FileFormatError: the record is of another design.
    """
    heights = np.array(record.height_of_level_um.written, np.float64)
    designed = np.array(record.height_of_level_um.designed, np.float64)
    same = designed.shape == design.height_of_level_um.shape and heights.shape == designed.shape
    if not same or np.abs(designed - design.height_of_level_um).max() > _TRUSTED:
        raise FileFormatError(
            f"The compensation record is of a design with other heights ({record.design[:16]}…).",
            hint="Put the record of this export beside its files.",
        )
    spaces = tuple(
        tuple(_written_slab(slab, record, inside=at < design.layers) for slab in space)
        for at, space in enumerate(design.physical.spaces)
    )
    physical = design.physical.model_copy(update={"pitch_um": record.pitch_um.written, "spaces": spaces})
    return replace(design, height_of_level_um=heights, physical=physical)


def _written_slab(slab: Slab, record: CompensationRecord, *, inside: bool) -> Slab:
    """A slab as written: bases and the gaps of a stack are larger, where the solid holds them."""
    if slab.what == "base":
        base = record.base_um
        factor = base.written / base.designed if base.designed else 1.0
    elif inside and slab.what in ("gap", "spacer"):
        factor = 1 / (1 - _shrink_z(record))
    else:
        return slab
    return slab.model_copy(update={"thickness_um": slab.thickness_um * factor})


def _shrink_z(record: CompensationRecord) -> float:
    """The shrinkage in height that was made good.

    Raises:
        FileFormatError: the record has one that cannot be.
    """
    told = record.corrections.get("shrink_z") or {}
    mean = told.get("mean", 0.0) if isinstance(told, dict) else None
    if not isinstance(mean, int | float) or not abs(mean) < LARGEST_SHRINKAGE:
        raise FileFormatError(f"The compensation record has a shrinkage of {str(mean)[:40]} in height.")
    return float(mean)


def undo(read: LayerReading, record: CompensationRecord, layer: int) -> PlainReading:
    """Turn a layer back into the lengths of the design.

    Heights follow the straight lines between the levels as written and as designed; pixels are scaled.

    Args:
        read: the layer as its file has it.
        record: of its compensation.
        layer: which layer it is.
    """
    written, designed = _height_points(record, layer, has_base=read.has_base)
    slopes = np.diff(designed) / np.diff(written)
    factor = record.pitch_um.designed / record.pitch_um.written
    ny, nx = read.thickness_um.shape
    moved_um = 2 * record.edge_shift_um if read.size_um is not None else 0.0
    sides = [(side + moved_um / count) * factor for side, count in zip(read.pixel_um, (nx, ny), strict=True)]
    return PlainReading(
        format=read.format,
        paths=read.paths,
        tag=read.tag,
        thickness_um=_through(read.thickness_um, written, designed),
        pixel_um=(sides[0], sides[1]),
        rounding_um=np.asarray(read.rounding_um) * max(1.0, float(slopes.max())) + 2e-6,
        rounding_source=f"{read.rounding_source}, and whole picometres of the compensation",
        has_base=read.has_base,
        origin_um=read.origin_um,
        size_um=read.size_um,
        upside_down=read.upside_down,
        facts={**read.facts, "compensation": record.corrections},
        findings=tuple(f for f in read.findings if not (record.edge_shift_um and f.id in _OF_MOVED_WALLS)),
    )


_OF_MOVED_WALLS = ("geometry.off-lattice", "geometry.volume")
"""Findings that walls between the borders of pixels bring with them."""


def compensation_findings(
    record: CompensationRecord | None, tag: str | None, scale: Scale, file: str
) -> Iterator[Finding]:
    """What was undone and how sure it is; or that the record does not fit the file.

    Args:
        record: found beside the file.
        tag: the compensation that the file itself names.
        scale: factors that remain after undoing.
        file: its name.
    """
    if record is None:
        if tag is not None:
            yield error(
                "compensation.missing",
                f"The file names a compensation, {tag}, whose record is not beside it.",
                file=file,
                hint="Put the …-compensation.json of its export beside it.",
            )
        return
    if tag is not None and tag != record.tag:
        yield error(
            "compensation.other",
            f"The file names compensation {tag}; the record beside it is {record.tag}.",
            file=file,
            hint="The record belongs to another export.",
        )
    if not scale.none:
        yield error("compensation.wrong", _wrong(record, scale), file=file, hint="Export the design again.")
    sigma = record.uncertainty
    yield note(
        "compensation.undone",
        f"Compensation was undone before comparing ({_words(record)}). Its uncertainty leaves heights of the "
        f"print {sigma.get('largest_height_sigma_nm', 0.0):.3g} nm "
        f"({sigma.get('largest_phase_sigma_rad', 0.0):.2g} rad) unsure, and places at the edge "
        f"{sigma.get('place_sigma_at_the_edge_um', 0.0):.3g} um.",
        file=file,
    )


def _wrong(record: CompensationRecord, scale: Scale) -> str:
    meant = 1 - record.pitch_um.designed / record.pitch_um.written
    found = 1 - record.pitch_um.designed / (record.pitch_um.written * scale.x)
    tallest = max(max(row) for row in record.height_of_level_um.written)
    height = max(max(row) for row in record.height_of_level_um.designed)
    meant_z = 1 - height / tallest if tallest else 0.0
    found_z = 1 - height / (tallest * scale.z) if tallest else 0.0
    return (
        f"The file is compensated for {found:.4%} of shrinkage in the plane and {found_z:.4%} in height; its "
        f"record says {meant:.4%} and {meant_z:.4%}."
    )


def _words(record: CompensationRecord) -> str:
    found = []
    for name, each in record.corrections.items():
        if name == "curve":
            found.append(f"curve {each.get('file')}")
            continue
        sigma = "" if each.get("sigma") is None else f" ± {each['sigma']:g}"
        found.append(f"{name} {each.get('mean')}{sigma}, {each.get('source') or 'given'}")
    return "; ".join(found) or "nothing"


def _height_points(record: CompensationRecord, layer: int, *, has_base: bool) -> tuple[Floats, Floats]:
    """Rising pairs of written and designed thickness; heights above the base where that is not part of it."""
    rows = record.height_of_level_um
    written, designed = (np.array(row[layer]) for row in (rows.written, rows.designed))
    if has_base:
        written = np.append(0.0, record.base_um.written + written)
        designed = np.append(0.0, record.base_um.designed + designed)
    if len(written) < 2:
        written, designed = np.append(written, written[-1] + 1), np.append(designed, designed[-1] + 1)
    if (np.diff(written) <= 0).any() or (np.diff(designed) <= 0).any():
        raise FileFormatError("The compensation record has heights that do not rise.")
    return written, designed


def _through(values: Floats, written: Floats, designed: Floats) -> Floats:
    first = (designed[1] - designed[0]) / (written[1] - written[0])
    last = (designed[-1] - designed[-2]) / (written[-1] - written[-2])
    inside = np.interp(values, written, designed)
    below, above = np.minimum(values - written[0], 0.0), np.maximum(values - written[-1], 0.0)
    return np.asarray(inside + below * first + above * last)


def _read(path: Path) -> CompensationRecord:
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise ValueError(f"it is larger than {MOST_BYTES} bytes")
        record = CompensationRecord.model_validate_json(data)
    except (OSError, ValueError, ValidationError) as damaged:
        reason = str(damaged).splitlines()[0]
        raise FileFormatError(
            f"{path} is no compensation record that can be read: {reason}.", hint="Export the design again."
        ) from damaged
    pitch = record.pitch_um
    if not pitch.designed or not pitch.written or not 4 * abs(record.edge_shift_um) <= pitch.written:
        raise FileFormatError(f"{path} has a pitch of 0, or walls moved by more than a quarter of it.")
    return record
